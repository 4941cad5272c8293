"""What no program should meet is set aside, said, and never lost; a submission that is a link is refused."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from judge import ROOT
from judge.submission.folders import MAX_FILES, TooManyEntries, shown, walk
from judge.submission.intake import take_in
from judge.submission.quarantine import Refused, aside_of, notes_of, prepare
from judge.submission.submitted import students_with

EXERCISE = "ex"


@pytest.fixture
def course(tmp_path):
    yield make_course(tmp_path)
    subprocess.run(["rm", "-rf", tmp_path / "submitted", tmp_path / ".judge"], check=True)  # Python recurses


def make_course(root: Path) -> Path:
    for name in ("release", "source"):
        (root / name / EXERCISE).mkdir(parents=True)
        nbformat.write(new_notebook(), root / name / EXERCISE / "tiny.ipynb")
    return root


def hand_in(course: Path, student: str = "ada") -> Path:
    folder = course / "submitted" / student / EXERCISE
    folder.mkdir(parents=True)
    nbformat.write(new_notebook(), folder / "tiny.ipynb")
    return folder


def set_aside(course: Path, student: str = "ada") -> set[str]:
    """What was set aside; what lies in it is not counted."""
    place = course / ".judge" / "quarantine" / EXERCISE / student
    return {p.name for p in place.iterdir()} if place.is_dir() else set()


def make_deep(folder: Path, depth: int, name: str = "d") -> None:
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        there = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


@pytest.mark.parametrize(("depth", "name"), [(1500, "d"), (30, "n" * 250)])
def test_a_folder_too_deep_or_with_too_long_a_path_is_moved_whole(course, depth, name):
    make_deep(hand_in(course), depth, name)
    prepare(course, EXERCISE, "ada")
    assert all(not entry.is_too_deep for entry in walk(course / "submitted/ada" / EXERCISE))
    assert "folders deep" in notes_of(course, EXERCISE, "ada")[0]
    subprocess.run(["find", course / ".judge/quarantine", "-name", "bottom"], check=True, capture_output=True)


def test_links_pipes_sockets_and_the_rest_of_a_loop_go(course):
    folder = hand_in(course)
    (folder / "self").symlink_to("/proc/self")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe")
    here = os.getcwd()
    os.chdir(folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
    os.chdir(here)
    prepare(course, EXERCISE, "ada")
    assert set_aside(course) == {"self", "loop", "pipe", "socket"}
    assert [path.name for path in folder.iterdir()] == ["tiny.ipynb"]


def test_what_was_a_folder_is_a_link_now_and_the_reverse(course):
    folder = hand_in(course)
    outside = course / "outside"
    outside.mkdir()
    for make in ("link", "folder with a pipe", "link", "folder with a pipe"):
        if make == "link":
            (folder / "data").symlink_to(outside)
        else:
            (folder / "data").mkdir()
            os.mkfifo(folder / "data" / "pipe")
        prepare(course, EXERCISE, "ada")
        if (folder / "data").is_dir():
            (folder / "data").rmdir()
    assert list(outside.iterdir()) == []
    found = [p for p in (course / ".judge/quarantine").rglob("*") if p.is_symlink() or p.is_fifo()]
    assert len(found) == 4


def test_large_files_and_too_many_are_set_aside_by_their_own_reasons(course):
    folder = hand_in(course)
    with (folder / "big.bin").open("wb") as file:
        file.truncate(3 * 2**30)
    (folder / ".git").mkdir()
    for number in range(MAX_FILES):
        (folder / ".git" / f"{number:04}").write_text("x")
    (folder / "helper.py").write_text("x = 1")
    prepare(course, EXERCISE, "ada")
    assert (folder / "helper.py").exists()
    assert set_aside(course) == {"big.bin", ".git"}
    large, many = sorted(notes_of(course, EXERCISE, "ada"), key=lambda note: "big.bin" not in note)
    assert "big.bin (larger than 8 MiB)" in large
    assert f"beyond the {MAX_FILES} files" in many


def test_more_files_than_anybody_hands_in_are_refused_and_stay(course, monkeypatch):
    folder = hand_in(course)
    monkeypatch.setattr("judge.submission.folders.MAX_ENTRIES", 50)
    for number in range(60):
        (folder / f"{number}").write_text("")
    with pytest.raises(Refused, match="more than 50 files"):
        prepare(course, EXERCISE, "ada")
    assert len(list(folder.iterdir())) == 61
    with pytest.raises(TooManyEntries):
        list(walk(folder))


@pytest.mark.parametrize("target", ["source", "peer", "proc"])
@pytest.mark.parametrize("level", ["student", "exercise"])
def test_a_linked_folder_is_refused_and_nothing_behind_it_moves(course, target, level):
    peer = hand_in(course, "peer")
    os.mkfifo(peer / "pipe")
    behind = {"source": course / "source" / EXERCISE, "peer": peer, "proc": Path("/proc/self")}[target]
    place = course / "submitted" / "eve"
    if level == "exercise":
        place.mkdir()
        (place / EXERCISE).symlink_to(behind)
    else:
        place.symlink_to(behind.parent)
    if level == "student" and not (place / EXERCISE).exists():
        pytest.skip("there is nothing under the link")
    assert "eve" in students_with(course, EXERCISE)
    with pytest.raises(Refused, match="is a link, and nothing behind it was read"):
        prepare(course, EXERCISE, "eve")
    assert (peer / "pipe").is_fifo()


def test_a_dangling_link_and_a_file_in_a_submission_s_place_are_said(course):
    (course / "submitted" / "eve").mkdir(parents=True)
    (course / "submitted" / "eve" / EXERCISE).symlink_to("nowhere")
    (course / "submitted" / "zoe").mkdir()
    (course / "submitted" / "zoe" / EXERCISE).write_bytes(b"PK")
    assert students_with(course, EXERCISE) == ["eve", "zoe"]
    with pytest.raises(Refused, match="is a link"):
        prepare(course, EXERCISE, "eve")
    with pytest.raises(Refused, match="is no folder"):
        prepare(course, EXERCISE, "zoe")


def test_a_hard_link_to_a_file_of_the_course_is_set_aside(course):
    folder = hand_in(course)
    (folder / "tiny.ipynb").unlink()
    os.link(course / "source" / EXERCISE / "tiny.ipynb", folder / "tiny.ipynb")
    prepare(course, EXERCISE, "ada")
    assert set_aside(course) == {"tiny.ipynb"}
    assert "hard link" in notes_of(course, EXERCISE, "ada")[0]


def test_a_hard_link_to_a_peers_file_is_a_copy_that_harms_nobody(course):
    """Who wrote what is not promised; but nothing that is done to the one is done to the other."""
    file, folder = hand_in(course, "bob") / "tiny.ipynb", hand_in(course)
    (folder / "tiny.ipynb").unlink()
    os.link(file, folder / "tiny.ipynb")
    os.link(file, folder / "tiny.result.json")  # in the place of what grading writes: it is moved, by its name alone
    before = file.read_bytes(), file.stat().st_mode, file.stat().st_ino
    prepare(course, EXERCISE, "ada")
    prepare(course, EXERCISE, "bob")
    assert (file.read_bytes(), file.stat().st_mode, file.stat().st_ino) == before
    assert set_aside(course) == {"tiny.result.json"}
    assert (folder / "tiny.ipynb").exists()
    assert notes_of(course, EXERCISE, "bob") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a file to another account")
def test_the_rights_of_a_file_of_another_account_are_not_changed_through_a_link(course):
    file, folder = hand_in(course, "bob") / "tiny.ipynb", hand_in(course)
    os.chown(file, 12345, 12345)
    file.chmod(0o000)
    (folder / "tiny.ipynb").unlink()
    os.link(file, folder / "tiny.ipynb")
    prepare(course, EXERCISE, "ada")
    assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0, 12345)


def test_hard_links_of_a_backup_are_as_good_as_files(course):
    folder = hand_in(course)
    (course / "backup").mkdir()
    os.link(folder / "tiny.ipynb", course / "backup" / "tiny.ipynb")
    prepare(course, EXERCISE, "ada")
    assert set_aside(course) == set()


@pytest.mark.parametrize("name", ["tiny.result.json", "tiny.html", "timestamp.txt"])
def test_a_folder_in_the_place_of_a_file_that_grading_writes_is_set_aside(course, name):
    folder = hand_in(course)
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    (folder / name / "x").write_text("x")
    prepare(course, EXERCISE, "ada")
    assert set_aside(course) == {name}
    assert not (folder / name).exists()


UNREADABLE = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from judge.submission.quarantine import prepare, notes_of
course = Path(sys.argv[2])
os.setgid(65534); os.setuid(65534)
prepare(course, "ex", "ada")
print(notes_of(course, "ex", "ada"))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody whom a mode keeps out")
def test_files_without_the_right_to_read_are_read_or_set_aside_by_whoever_is_not_root():
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        _grade_as_nobody(make_course(Path(name)))


def _grade_as_nobody(course: Path) -> None:
    folder = hand_in(course)
    (folder / "mine.py").write_text("x = 1")
    (folder / "closed").mkdir()
    (folder / "closed" / "inside.py").write_text("y = 1")
    (folder / "others.py").write_text("z = 1")
    for path in [course, *course.rglob("*")]:
        os.chown(path, 65534, 65534)
    os.chown(folder / "others.py", 0, 0)
    for name in ("mine.py", "closed", "others.py"):
        (folder / name).chmod(0)
    root = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", UNREADABLE, root, str(course)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    closed = ("ModuleNotFoundError", "unknown encoding", f"Permission denied: '{root}")
    if any(reason in done.stderr for reason in closed):
        pytest.skip("another account may not read this environment")
    assert done.returncode == 0, done.stderr
    assert "others.py (not readable for this account)" in done.stdout
    assert (folder / "mine.py").read_text() == "x = 1"
    assert (folder / "closed" / "inside.py").exists()


@pytest.mark.parametrize("student", ["a b ", " a", "a\nb", "a\x1b[2Jb", "a\udcffb"])
def test_an_id_that_no_gradebook_can_hold_is_refused(course, student):
    hand_in(course, student)
    with pytest.raises(Refused, match="Rename the folder"):
        prepare(course, EXERCISE, student)


def test_an_id_of_255_bytes_is_taken_in(course):
    student = "k" * 255
    folder = hand_in(course, student)
    (folder / "link").symlink_to("x")
    prepare(course, EXERCISE, student)
    assert set_aside(course, student) == {"link"}
    (folder / "tiny.ipynb").write_text("{}")
    prepare(course, EXERCISE, student)
    assert notes_of(course, EXERCISE, student) == []


TIMES = {
    "Mittwoch, 3. Dezember 2025, 23:59 Uhr": False, "tomorrow": False, "\x00\x01": False, "9" * 400: False,
    "99999-01-01": False, "2025-12-03 23:59:00 UTC": True, "2025-12-03 23:59:00.123456 UTC": True,
    "2025-12-03T23:59:00+01:00": True, "": True,
}  # fmt: skip


@pytest.mark.parametrize("text", TIMES)
def test_a_time_that_cannot_be_read_is_set_aside_with_a_warning(course, text):
    folder = hand_in(course)
    (folder / "timestamp.txt").write_text(text)
    prepare(course, EXERCISE, "ada")
    assert (folder / "timestamp.txt").exists() == TIMES[text]
    assert any("instructor" in note for note in notes_of(course, EXERCISE, "ada")) != TIMES[text]


def test_a_time_in_another_encoding_is_set_aside(course):
    folder = hand_in(course)
    (folder / "timestamp.txt").write_bytes("3. März 2026, 23:59".encode("cp1252"))
    prepare(course, EXERCISE, "ada")
    assert set_aside(course) == {"timestamp.txt"}


def test_what_was_set_aside_is_said_again_until_somebody_hands_in_again(course):
    folder = hand_in(course)
    (folder / "link").symlink_to("x")
    prepare(course, EXERCISE, "ada")
    first = notes_of(course, EXERCISE, "ada")
    prepare(course, EXERCISE, "ada")
    assert notes_of(course, EXERCISE, "ada") == first != []
    (folder / "tiny.ipynb").unlink()
    nbformat.write(new_notebook(metadata={"a": 1}), folder / "tiny.ipynb")
    prepare(course, EXERCISE, "ada")
    assert notes_of(course, EXERCISE, "ada") == []
    assert [p.name for p in (course / ".judge/quarantine/.earlier").rglob("*") if p.is_symlink()] == ["link"]


def test_names_in_sentences_are_printable():
    assert shown("a\x1b[2Jb\n") == "a\\x1b[2Jb\\n"
    assert len(shown("x" * 300)) == 80


@pytest.mark.parametrize("inner", ["tiny.ipynb", "other.ipynb/tiny.ipynb", "a/b.ipynb/tiny.txt"])
def test_a_folder_with_a_notebooks_name_makes_way_and_is_looked_into(course, inner):
    folder = course / "submitted" / "ada" / EXERCISE
    (folder / "tiny.ipynb" / inner).parent.mkdir(parents=True)
    (folder / "tiny.ipynb" / inner).write_text("mine")
    (folder / "tiny.ipynb_folder").write_text("there already")
    for _ in range(2):
        prepare(course, EXERCISE, "ada")
        assert not (folder / "tiny.ipynb").is_dir()
        assert notes_of(course, EXERCISE, "ada")[0] == "tiny.ipynb is a folder, not a notebook; it was looked into."
    assert [p.read_text() for p in folder.rglob("tiny.*") if p.is_file() and p.parent != folder] == ["mine"]
    assert (folder / "tiny.ipynb_folder").read_text() == "there already"
    assert set_aside(course) == set()


@pytest.mark.parametrize("name", ["vae.html", "vae.pdf"])
def test_an_export_is_told_on_top_also_where_it_had_to_be_set_aside(tmp_path, name):
    (tmp_path / "release").symlink_to(ROOT / "release")
    folder = tmp_path / "submitted" / "ada" / "ex03_vae"
    folder.mkdir(parents=True)
    (folder / name).write_text("<!DOCTYPE html><html>")
    for _ in range(2):  # as often as it is graded
        prepare(tmp_path, "ex03_vae", "ada")
        aside = aside_of(tmp_path, "ex03_vae", "ada")
        taken = take_in(folder / "vae.ipynb", ROOT / "release" / "ex03_vae" / "vae.ipynb", aside=aside)
        assert f"and {name} is a " in taken.warning
        assert "an export of a notebook is for reading and cannot be run. Hand in the notebook itself" in taken.warning
    assert aside == (["vae.html"] if name == "vae.html" else [])
