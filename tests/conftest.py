"""Fixtures shared by all tests of the kit."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from judge.sandbox.fork_server import ForkServer  # noqa: E402  the path above makes it importable

# nbgrader runs `alembic` for a new gradebook, and finds it in an activated environment only.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])

# A busy machine is no failure.
settings.register_profile("kit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kit")


@pytest.fixture(scope="session")
def parent() -> Iterator[ForkServer]:
    """One fork server for all tests: importing TensorFlow takes seconds."""
    with ForkServer() as warm:
        yield warm


@pytest.fixture(scope="session")
def real_mnist() -> Path:
    """The folder of the real MNIST: VAEGAN_DATA, or one beside the repository."""
    from vaegan.data.mnist_places import find_idx, places  # here: few test modules need the course's package

    named = os.environ.get("VAEGAN_DATA")
    for folder in ([Path(named)] if named else []) + [ROOT.parent / "shared" / "data"]:
        if any(path for place in places(folder) for path in find_idx(place)):
            return folder
    pytest.skip("MNIST is not here: set VAEGAN_DATA to the folder of its IDX files")


@pytest.fixture
def keras_registry() -> Iterator[None]:
    """Running a lesson's cells registers their classes under the same names; put back what was there."""
    import keras  # here: few test modules need TensorFlow in their own process

    registered = keras.saving.get_custom_objects()
    before = dict(registered)
    yield
    registered.clear()
    registered.update(before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Make what a test logged fit for pytest-xdist: names of hostile files are no Unicode, and would crash it."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "replace").decode()) for name, text in report.sections]
    return report
