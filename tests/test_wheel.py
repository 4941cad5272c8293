"""What students install: a wheel with `vaegan` alone, which works without the course's checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy, so that no build folder is left in the checkout."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("pyproject.toml", "README.md", "vaegan", "judge", "graders", "solutions"):
        (copy / name).symlink_to(ROOT / name)
    code = "import sys; from setuptools.build_meta import build_wheel; print(build_wheel(sys.argv[1]))"
    run(sys.executable, "-W", "ignore", "-c", code, copy, cwd=copy)
    (built,) = copy.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that holds what pip installs of the wheel."""
    target = tmp_path_factory.mktemp("site")
    pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(sys.executable, *pip, "--target", target, wheel, cwd=target)
    return target


def test_the_wheel_holds_vaegan_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"vaegan", "vaegan-0.1.0.dist-info"}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "vaegan").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources


def test_the_wheel_names_no_file_of_the_judges_side(wheel):
    archive = zipfile.ZipFile(wheel)
    for name in archive.namelist():
        text = archive.read(name).decode("utf-8", "replace")
        assert "import judge" not in text and "from judge" not in text and "graders." not in text, name


def test_the_wheel_runs_on_every_system(wheel):
    assert wheel.name == "vaegan-0.1.0-py3-none-any.whl"


def test_pip_installs_vaegan_alone(installed):
    assert {path.name for path in installed.iterdir()} == {"vaegan", "vaegan-0.1.0.dist-info"}


def test_the_installed_package_works_and_finds_no_judge(installed, tmp_path):
    code = (
        "import importlib.util as u, vaegan, vaegan.doctor, vaegan.data; "
        "print(vaegan.__file__); print(len(vaegan.data.load_images('digits').x_train)); "
        "assert all(u.find_spec(name) is None for name in ('judge', 'graders', 'solutions'))"
    )
    where, images = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=str(installed)).split()
    assert Path(where).is_relative_to(installed)
    assert int(images) == 1433


def test_the_doctor_of_the_installed_package_examines_the_machine(installed, tmp_path):
    printed = run(sys.executable, "-m", "vaegan", "doctor", cwd=tmp_path, PYTHONPATH=str(installed),
                  TF_CPP_MIN_LOG_LEVEL="3")  # fmt: skip
    assert "vaegan 0.1.0 and every package that it needs." in printed
