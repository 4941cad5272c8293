"""`python -m vaegan doctor`: plain sentences, a status that says the same, and nothing that only Linux has."""

import ast
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from vaegan import doctor
from vaegan.doctor import GIB, NOTE, OK, PROBLEM
from vaegan.machine import memory_size

PACKAGE = Path(doctor.__file__).parent
ONLY_ON_UNIX = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog", "posix", "crypt"}


def found(part, *arguments, **more):
    return [(finding.kind, finding.says) for finding in part(*arguments, **more)]


@pytest.mark.slow
def test_this_machine_is_examined_and_found_fit(tmp_path):
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "VAEGAN_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "vaegan", "doctor"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("This machine is fit for the course.\n")
    for part in ("Python 3.", "GiB of memory", "GiB are free in", "TensorFlow 2.", "training steps take"):
        assert part in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_one_problem_makes_the_machine_unfit(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "examine", lambda: doctor.python((3, 9, 1)))
    assert doctor.main() == 1
    printed = capsys.readouterr().out
    assert printed.startswith("PROBLEM  Python 3.9.1 runs here; the course needs 3.11 or 3.12.")
    assert "not fit yet" in printed


@pytest.mark.parametrize(("version", "kind"), [((3, 10, 0), PROBLEM), ((3, 13, 0), PROBLEM), ((3, 12, 4), OK)])
def test_only_tested_versions_of_python_are_fit(version, kind):
    assert found(doctor.python, version)[0][0] == kind


@pytest.mark.parametrize(
    ("name", "machine", "kind"),
    [
        ("Linux", "x86_64", OK),
        ("Linux", "aarch64", OK),
        ("Darwin", "arm64", OK),
        ("Darwin", "x86_64", PROBLEM),
        ("Windows", "AMD64", OK),
        ("Windows", "ARM64", PROBLEM),
    ],
)
def test_windows_and_macs_are_fit_where_tensorflow_is_made_for_them(name, machine, kind):
    ((said, sentence),) = found(doctor.system, name, machine)
    assert said == kind
    assert (kind == PROBLEM) == ("JupyterHub" in sentence)


def test_a_package_that_is_too_old_is_named_with_both_versions(monkeypatch):
    versions = {"numpy": "1.26.4"}
    monkeypatch.setattr(doctor.metadata, "version", lambda name, ask=metadata.version: versions.get(name) or ask(name))
    ((kind, says),) = found(doctor.packages)
    assert kind == PROBLEM
    assert "numpy (needed: ==2.4.*, found: 1.26.4)" in says


def test_little_memory_and_a_full_disk_are_problems(tmp_path):
    assert found(doctor.memory, 2 * GIB)[0][0] == PROBLEM
    assert found(doctor.memory, 16 * GIB) == [(OK, "16 GiB of memory.")]
    assert {kind for kind, _ in found(doctor.disk, tmp_path, free=GIB)} == {PROBLEM}


def test_the_memory_of_this_machine_is_known():
    assert memory_size() > GIB


def test_data_that_is_named_but_not_there_is_a_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("VAEGAN_DATA", str(tmp_path / "missing"))
    assert found(doctor.digits)[0][0] == PROBLEM
    monkeypatch.delenv("VAEGAN_DATA")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert found(doctor.digits)[0][0] == NOTE
    monkeypatch.setenv("VAEGAN_AD", str(tmp_path / "missing"))
    assert found(doctor.brains)[0][0] == PROBLEM
    monkeypatch.setenv("VAEGAN_AD", str(tmp_path))
    kind, says = found(doctor.brains)[0]
    assert kind == PROBLEM
    assert "holds no cohort" in says
    (tmp_path / "sub-01").mkdir()
    kind, says = found(doctor.brains)[0]
    assert (kind, "(bids)" in says) == (OK, True)


def test_a_tensorflow_that_does_not_start_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    ((kind, says),) = found(doctor.tensorflow)
    assert kind == PROBLEM
    assert says.startswith("TensorFlow does not start: ModuleNotFoundError")
    assert "\n" not in says


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_in_the_package_is_for_unix_alone(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & ONLY_ON_UNIX
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in ONLY_ON_UNIX
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "os":
            assert not node.attr.startswith(("fork", "getuid", "geteuid", "setsid", "kill", "mkfifo", "symlink"))
    for call in calls(tree):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in ("read_text", "write_text"):
            assert any(word.arg == "encoding" for word in call.keywords), f"line {call.lineno}: name the encoding"
