"""A repository is data: no program in it runs, no link in it is followed, and no date or name in it breaks."""

import os
import subprocess
import sys
from pathlib import Path

import hostile_git
import pytest
from tiny_course import RIGHT, commit, git, write_notebook

from judge.__main__ import main
from judge.push.checkout import Commit, Folder
from judge.push.git import GitError


@pytest.fixture
def work(course, tmp_path) -> Path:
    folder = tmp_path / "work"
    write_notebook(course, folder / "ex_tiny", RIGHT)
    commit(folder)
    return folder


def looked_at_in_every_way(folder: Path) -> None:
    """What `judge push` asks of a checkout, as a folder and as a commit."""
    for make in (lambda: Folder(folder), lambda: Commit(folder, "HEAD")):
        try:
            checkout = make()
            for path in checkout.sizes:
                checkout.time(path)
                checkout.read(path)
            checkout.changed_since("HEAD")
        except Exception:  # whatever is answered: only what ran is asked here
            continue


@pytest.mark.parametrize("attack", hostile_git.PROGRAMS)
def test_no_program_of_a_repository_runs(attack, work, tmp_path):
    marker = tmp_path / "marker"
    looked_at_in_every_way(hostile_git.PROGRAMS[attack](work, marker))
    assert not marker.exists()


def test_the_settings_of_the_account_that_grades_do_not_matter_either(work, tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    hostile_git.signature(work, marker)
    (tmp_path / ".gitconfig").write_text((work / ".git/config").read_text())
    for name, value in {
        "HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": str(tmp_path / ".gitconfig"),
        "GIT_TRACE2_EVENT": str(marker), "GIT_DIR": "/nonexistent",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert Folder(work).time("ex_tiny/tiny.ipynb") > 0
    looked_at_in_every_way(work)
    assert not marker.exists()


@pytest.mark.parametrize("attack", ["signature", "promisor", "embedded"])
def test_hostile_repositories_are_graded_all_the_same(attack, work, course, tmp_path):
    folder = hostile_git.PROGRAMS[attack](work, tmp_path / "marker")
    assert main(["push", str(folder), "--course", str(course)]) == 0
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize(
    "date", [f"{2**63} +0000", f"{2**64} +0000", "-1 +0000", "9" * 400, "soon", "99999999999 +9999", ""]
)
def test_a_commit_of_any_date_is_graded(date, work, course, capsys):
    top = git(work, "rev-parse", "HEAD^{tree}").stdout.strip()
    hostile_git.commit_of(work, top, date)
    for where in (["push", str(work)], ["push", "--repository", str(work)]):
        assert main([*where, "--course", str(course)]) == 0
        assert "8 of 8 points" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["{outside}", "../outside", "..", ""])
def test_no_name_in_a_tree_leads_out_of_the_folder(name, work, course, tmp_path):
    outside = tmp_path / "outside"
    (blob,) = git(work, "rev-parse", "HEAD:ex_tiny/tiny.ipynb").stdout.split()
    evil = hostile_git.write_object(
        work,
        "tree",
        hostile_git.tree(("100644", name.format(outside=outside), blob), ("100644", "tiny.ipynb", blob)),
    )
    hostile_git.commit_of(work, hostile_git.write_object(work, "tree", hostile_git.tree(("40000", "ex_tiny", evil))))
    main(["push", "--repository", str(work), "--course", str(course), "--student", "out", "--collect"])
    assert not outside.exists()
    assert not list((course / "submitted").rglob("outside"))


def test_a_tree_of_trees_without_end_is_one_sentence(work, course, capsys):
    blob = git(work, "rev-parse", "HEAD:ex_tiny/tiny.ipynb").stdout.strip()
    name = hostile_git.write_object(work, "tree", hostile_git.tree(*(("100644", f"{i}", blob) for i in range(10))))
    for _ in range(9):
        name = hostile_git.write_object(work, "tree", hostile_git.tree(*(("40000", f"{i}", name) for i in range(10))))
    hostile_git.commit_of(work, name)
    assert main(["push", "--repository", str(work), "--course", str(course)]) == 1
    said = capsys.readouterr()
    assert "cannot be read" in said.out + said.err or "more than" in said.out
    assert "Traceback" not in said.err


def borrowed(git_folder: Path, elsewhere: Path) -> None:
    (git_folder / "objects/info/alternates").write_text(f"{elsewhere}/.git/objects\n")


def linked(git_folder: Path, elsewhere: Path) -> None:
    (git_folder / "objects/ff").symlink_to(elsewhere)


def linked_pack(git_folder: Path, elsewhere: Path) -> None:
    (git_folder / "objects/pack/pack-1.idx").symlink_to(elsewhere / ".git/HEAD")


def piped(git_folder: Path, elsewhere: Path) -> None:
    os.mkfifo(git_folder / "objects/pack/pack-1.idx")


def piped_head(git_folder: Path, elsewhere: Path) -> None:
    (git_folder / "HEAD").unlink()
    os.mkfifo(git_folder / "HEAD")


def piped_shallow(git_folder: Path, elsewhere: Path) -> None:
    os.mkfifo(git_folder / "shallow")


@pytest.mark.parametrize("spoil", [borrowed, linked, linked_pack, piped, piped_head])
def test_objects_elsewhere_and_pipes_cost_the_history_and_no_points(spoil, work, course, tmp_path, capsys):
    spoil(work / ".git", tmp_path)
    with pytest.raises(GitError):
        Folder(work).changed_since("HEAD")
    assert main(["push", str(work), "--course", str(course), "--changed-since", "HEAD"]) == 0
    assert "cannot be said" in capsys.readouterr().out
    assert main(["push", "--repository", str(work), "--course", str(course)]) == 1
    assert "cannot be read" in capsys.readouterr().out


def test_a_pipe_that_git_does_not_need_is_not_opened(work, course, tmp_path):
    piped_shallow(work / ".git", tmp_path)
    assert Folder(work).changed_since("HEAD") == set()


def test_a_shallow_clone_has_times_and_what_changed_since_its_last_commit(course, work, tmp_path):
    git(tmp_path, "clone", "--depth=1", f"file://{work}", "clone")
    assert Folder(tmp_path / "clone").changed_since("HEAD") == set()
    assert Folder(tmp_path / "clone").time("ex_tiny/tiny.ipynb") == 1767268800


def test_a_repository_of_the_longer_hash_is_read(course, tmp_path):
    folder = tmp_path / "work"
    write_notebook(course, folder / "ex_tiny", RIGHT)
    git(folder, "init", "--object-format=sha256")
    revision = commit(folder)
    assert len(revision) == 64
    assert Folder(folder).time("ex_tiny/tiny.ipynb") == 1767268800
    assert Folder(folder).changed_since(revision) == set()
    assert set(Commit(folder, "main").sizes) == {"ex_tiny/tiny.ipynb"}


def test_a_packed_repository_and_its_tags_are_read(work):
    git(work, "tag", "-a", "-m", "done", "v1")
    git(work, "gc")
    for revision in (
        "HEAD",
        "main",
        "v1",
        "refs/heads/main",
        git(work, "rev-parse", "HEAD").stdout.strip()[:9],
    ):
        assert set(Commit(work, revision).sizes) == {"ex_tiny/tiny.ipynb"}


def test_a_folder_inside_a_repository_has_its_times(work):
    assert Folder(work / "ex_tiny").time("tiny.ipynb") == 1767268800
    assert Folder(work / "ex_tiny").changed_since("HEAD") == set()


def test_a_file_that_became_a_link_since_it_was_listed_is_not_followed(work, tmp_path):
    (tmp_path / "secret").write_bytes(b"x" * (work / "ex_tiny/tiny.ipynb").stat().st_size)
    folder = Folder(work)
    assert folder.sizes
    (work / "ex_tiny/tiny.ipynb").unlink()
    (work / "ex_tiny/tiny.ipynb").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        folder.read("ex_tiny/tiny.ipynb")


def test_folders_without_end_are_passed_over_with_a_note(work, course, capsys):
    where = os.open(work, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("deeper", dir_fd=where)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = inner
    os.close(where)
    assert main(["push", str(work), "--course", str(course)]) == 0
    assert "40 folders deep" in " ".join(capsys.readouterr().out.split())
    subprocess.run(["rm", "-rf", work / "deeper"], check=True)


def test_too_many_files_are_one_sentence(work, course, capsys, monkeypatch):
    monkeypatch.setattr("judge.push.checkout._MOST_FILES", 3)
    for number in range(4):
        (work / f"{number}.txt").touch()
    commit(work)
    for where in (["push", str(work)], ["push", "--repository", str(work)]):
        assert main([*where, "--course", str(course)]) == 1
        assert "more than 3 files" in capsys.readouterr().out


@pytest.mark.parametrize("name", [b"\xff\xfe.txt", b"\x1b[2J\x1b]0;owned\x07.txt", b"a\nb.txt", "\u202etxt.a".encode()])
def test_a_file_of_any_name_is_graded_around_and_shown_without_harm(name, work, course, tmp_path):
    Path(os.fsdecode(os.fsencode(work / "ex_tiny") + b"/" + name)).write_bytes(b"x" * (9 * 2**20))
    command = [
        sys.executable,
        "-m",
        "judge",
        "push",
        work,
        "--course",
        course,
        "--markdown",
        tmp_path / "s.md",
    ]
    script = (
        "import sys; from pathlib import Path; from judge.suite import suites; from judge.__main__ import main; "
        f"suites.ROOT = Path({str(course)!r}); sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, command[3:])], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert b"Left out: " in done.stdout
    for harm in (b"\x1b", b"\x07", b"\xff", b"\xe2\x80\xae"):
        assert harm not in done.stdout + done.stderr
