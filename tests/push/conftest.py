"""The tiny course, and one fork server for all pushes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_course import make_course

from judge.sandbox import shared_fork_server as warm
from judge.suite import suites


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("tiny_course")
    patch = pytest.MonkeyPatch()
    patch.setattr(suites, "ROOT", root)
    make_course(root)
    yield root
    patch.undo()


@pytest.fixture(autouse=True)
def one_fork_server(parent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "_parent", parent)
