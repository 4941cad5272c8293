"""The tiny course, and one warm parent for all pushes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_course import make_course

from judge import suites, warm


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("tiny_course")
    patch = pytest.MonkeyPatch()
    patch.setattr(suites, "ROOT", root)
    make_course(root)
    yield root
    patch.undo()


@pytest.fixture(autouse=True)
def one_warm_parent(parent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "_parent", parent)
