"""Real pushes to a real repository whose hook grades them, through git's own protocol."""

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_course import HOSTILE, RIGHT, SQUARED, commit, git, make_kit, write_notebook

pytestmark = [pytest.mark.slow]
HANGS = RIGHT | {"double": "def double(x):\n    while True:\n        pass"}


@pytest.fixture(scope="module")
def kit(course, tmp_path_factory) -> Path:
    return make_kit(course, tmp_path_factory.mktemp("kit"))


@pytest.fixture
def server(kit, tmp_path):
    """The folder of the students' repositories, with ada's in it."""
    folder = tmp_path / "students"
    folder.mkdir()
    make_repository(kit, folder / "ada.git")
    return folder


def make_repository(kit: Path, repository: Path) -> None:
    subprocess.run([kit / "deploy/git/make-repository", repository], check=True, capture_output=True)
    git(repository, "config", "judge.python", sys.executable)


@pytest.fixture
def work(course, kit, server, tmp_path):
    """Ada's clone; git reaches the server through `serve`, as over ssh with a forced command."""
    ssh = tmp_path / "ssh"
    serve = shlex.join([str(kit / "deploy/git/serve"), "ada", str(server)])
    ssh.write_text(
        '#!/bin/sh\nwhile [ "$1" != course ]; do shift; done; shift\n'
        f'exec env -i HOME=/nonexistent PATH=/usr/bin:/bin SSH_ORIGINAL_COMMAND="$*" {serve}\n'
    )
    ssh.chmod(0o755)
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init")
    git(folder, "config", "core.sshCommand", str(ssh))
    git(folder, "remote", "add", "origin", "course:whatever.git")
    return folder


def hand_in(course: Path, work: Path, answers: dict[str, str]) -> str:
    write_notebook(course, work / "ex_tiny", answers)
    return commit(work)


def push(work: Path, *what: str):
    """Push; returns git's process and what the server said."""
    done = git(work, "push", "origin", *(what or ("HEAD:refs/heads/main",)), check=False)
    said = [line.removeprefix("remote: ").rstrip() for line in done.stderr.split("\n") if line.startswith("remote:")]
    return done, "\n".join(said)


def note_of(work: Path, revision: str) -> str:
    git(work, "fetch", "origin", "+refs/notes/grades:refs/notes/grades")
    return git(work, "notes", "--ref=grades", "show", revision).stdout


def test_a_push_is_graded_on_the_pushers_terminal_and_in_a_note(course, work):
    wrong = hand_in(course, work, SQUARED)
    done, said = push(work)
    assert done.returncode == 0, done.stderr
    assert "ex_tiny, tiny: 4 of 8 points (graded tiny.ipynb)" in said
    assert "You squared the number instead of doubling it." in said
    right = hand_in(course, work, RIGHT)
    assert "8 of 8 points" in push(work)[1]
    assert note_of(work, wrong).endswith("ex_tiny, tiny: 4 of 8 points (graded tiny.ipynb)\n")
    assert note_of(work, right).endswith("ex_tiny, tiny: 8 of 8 points (graded tiny.ipynb)\n")
    for text in (done.stderr, note_of(work, wrong)):
        assert "HIDDEN" not in text and "Traceback" not in text


def test_a_push_that_changes_no_exercise_is_not_graded(course, work):
    hand_in(course, work, {})
    push(work)
    (work / "README.md").write_text("mine")
    commit(work)
    unchanged = push(work)[1]
    commit(work)  # empty
    for said in (unchanged, push(work)[1]):
        assert "no exercise has changed" in said
        assert "Grading" not in said


def test_a_hostile_push_costs_its_author_points_and_the_server_nothing(course, work, server):
    before = {path: path.read_bytes() for path in (server / "ada.git").glob("*") if path.is_file()}
    hand_in(course, work, HOSTILE)
    (work / "ex_tiny/numpy.py").write_text("raise SystemExit")
    (work / "ex_tiny/secrets").symlink_to("/etc/passwd")
    (work / ".gitattributes").write_text("* filter=run diff=run merge=run\n")
    commit(work)
    done, said = push(work)
    assert done.returncode == 0
    assert "4 of 8 points" in said
    after = {path: path.read_bytes() for path in (server / "ada.git").glob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before


def test_an_endless_loop_is_stopped_by_the_hooks_own_limit(course, work, server, tmp_path):
    git(server / "ada.git", "config", "judge.seconds", "25")
    hand_in(course, work, HANGS)
    started = time.monotonic()
    done, said = push(work)
    assert done.returncode == 0
    assert "took longer than 25 seconds" in said
    assert time.monotonic() - started < 90
    assert not processes_that_name(str(server / "ada.git"))


def processes_that_name(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if text in line and str(os.getpid()) not in path.parts:
            found.append(line)
    return found


def test_a_huge_file_is_refused_with_its_name_and_what_to_do(course, work, server):
    git(server / "ada.git", "config", "judge.maxFile", "1m")
    (work / "model.keras").write_bytes(b"0" * 3_000_000)  # packs to nothing
    commit(work)
    (work / "model.keras").unlink()
    hand_in(course, work, RIGHT)
    done, said = push(work)
    assert done.returncode != 0
    assert "model.keras (3 MiB) is larger than 1 MiB" in said
    assert "git reset --soft" in said
    assert git(server / "ada.git", "for-each-ref").stdout == ""


def test_deleting_a_branch_grades_nothing(course, work):
    (work / "README.md").write_text("mine")
    commit(work)
    push(work)
    push(work, "HEAD:refs/heads/draft")
    done, said = push(work, ":draft")
    assert done.returncode == 0
    assert "draft is deleted; there is nothing to grade." in said


@pytest.mark.parametrize(
    ("ref", "says"), [("refs/notes/grades", "written by the judge"), ("refs/tags/v1", "Only branches")]
)
def test_only_branches_are_taken(ref, says, work, server):
    (work / "README.md").write_text("mine")
    commit(work)
    done, said = push(work, f"HEAD:{ref}")
    assert done.returncode != 0
    assert says in said
    assert git(server / "ada.git", "for-each-ref").stdout == ""


def test_history_that_was_graded_cannot_be_rewritten(work):
    (work / "README.md").write_text("mine")
    commit(work)
    push(work)
    git(work, "commit", "--amend", "-m", "never happened")
    assert push(work, "+HEAD:refs/heads/main")[0].returncode != 0


def test_an_empty_repository_gets_an_answer(work):
    git(work, "commit", "--allow-empty", "-m", "nothing")
    done, said = push(work)
    assert done.returncode == 0
    assert "There is no exercise in this repository" in said


def test_the_report_is_kept_when_nobody_waits_for_the_answer(course, kit, tmp_path):
    write_notebook(course, tmp_path / "mine/ex_tiny", SQUARED)
    heard, said = os.pipe()
    os.close(heard)
    command = [sys.executable, "-m", "judge", "push", tmp_path / "mine", "--markdown", tmp_path / "report.md"]
    done = subprocess.run(command, cwd=kit, stdout=said, stderr=subprocess.PIPE, text=True)
    os.close(said)
    assert "4 of 8 points" in (tmp_path / "report.md").read_text()
    assert "not your fault" not in done.stderr


def test_two_pushes_at_once_are_both_graded_and_noted(course, work, server):
    git(server / "ada.git", "config", "judge.atMost", "1")
    pushes = {}
    for name, answers in (("right", RIGHT), ("wrong", SQUARED)):
        git(work, "checkout", "-q", "--orphan", name)
        revision = hand_in(course, work, answers)
        pushes[revision] = ("git", "push", "origin", f"{revision}:refs/heads/{name}")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    running = {
        revision: subprocess.Popen(command, cwd=work, env=environment, stderr=subprocess.PIPE, text=True)
        for revision, command in pushes.items()
    }
    said = {revision: process.communicate(timeout=300)[1] for revision, process in running.items()}
    assert all(process.returncode == 0 for process in running.values())
    for revision, points in zip(pushes, ("8 of 8", "4 of 8"), strict=True):
        assert f"tiny: {points} points" in said[revision]
        assert f"{points} points" in note_of(work, revision)


def test_a_key_opens_its_own_repository_only(kit, server, work):
    serve = [str(kit / "deploy/git/serve"), "ada", str(server)]
    for command in ("", "bash", "git-shell", "git-receive-packs x", "cat /etc/passwd"):
        done = subprocess.run(serve, env={"SSH_ORIGINAL_COMMAND": command, "PATH": "/usr/bin:/bin"}, text=True,
                              capture_output=True)  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
    make_repository(kit, server / "bob.git")
    git(work, "remote", "set-url", "origin", "course:../bob.git")
    git(work, "commit", "--allow-empty", "-m", "for bob?")
    push(work)
    assert git(server / "bob.git", "for-each-ref").stdout == ""
    assert git(server / "ada.git", "for-each-ref").stdout != ""
