"""What runs on the hub for students and for collecting, without a hub."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import jupytext
import pytest

from judge.submission.intake import take_in
from judge.submission.quarantine import aside_of, prepare
from judge.suite import zoo

ROOT = Path(__file__).resolve().parents[2]
EVERYONE = ROOT / "deploy" / "jupyterhub" / "etc" / "everyone"
if str(EVERYONE) not in sys.path:
    sys.path.append(str(EVERYONE))

import course_collect  # noqa: E402  the path above makes it importable
import course_notes  # noqa: E402
import course_pairs  # noqa: E402

RELEASE = ROOT / "release" / "ex03_vae"
SOLVED = zoo.solved_answers(ROOT, "ex03_vae", "vae")
STUB = course_pairs.STUB


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An exercise as fetched."""
    return Path(shutil.copytree(RELEASE, tmp_path / "ex03_vae"))


def solved(path: Path, names: tuple[str, ...] = ("kl",)) -> Path:
    """Put solved holes into a notebook or module."""
    fmt = "ipynb" if path.suffix == ".ipynb" else "py:percent"
    notebook = jupytext.read(path, fmt=fmt)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = SOLVED[name] if name in names else cell.source
    jupytext.write(notebook, path, fmt=fmt)
    return path


def answers(path: Path) -> dict[str, bool]:
    """Which of the two holes are filled."""
    notebook = jupytext.read(path, fmt="ipynb" if path.suffix == ".ipynb" else "py:percent")
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in notebook.cells}
    return {name: STUB not in cells[name] for name in ("kl", "sampling")}


def at(path: Path, seconds: float) -> None:
    os.utime(path, (1_700_000_000 + seconds,) * 2)


@pytest.mark.parametrize("newer", ["vae.ipynb", "vae.py"])
@pytest.mark.parametrize("worked", ["vae.ipynb", "vae.py"])
def test_work_wins_over_the_stub_whatever_the_clocks_say(folder: Path, newer: str, worked: str) -> None:
    solved(folder / worked)
    for name in ("vae.ipynb", "vae.py"):
        at(folder / name, 100 if name == newer else 0)
    assert course_pairs.bring_pair_together(folder / "vae.ipynb") == ""
    assert answers(folder / "vae.ipynb") == answers(folder / "vae.py") == {"kl": True, "sampling": False}


def test_different_holes_filled_in_both_files_are_both_kept(folder: Path) -> None:
    at(solved(folder / "vae.ipynb", ("kl",)), 100)
    at(solved(folder / "vae.py", ("sampling",)), 0)
    course_pairs.bring_pair_together(folder / "vae.ipynb")
    assert answers(folder / "vae.ipynb") == answers(folder / "vae.py") == {"kl": True, "sampling": True}


def test_a_pair_that_says_the_same_is_not_written(folder: Path) -> None:
    before = [(folder / name).stat().st_mtime_ns for name in ("vae.ipynb", "vae.py")]
    course_pairs.bring_pair_together(folder / "vae.ipynb")
    assert [(folder / name).stat().st_mtime_ns for name in ("vae.ipynb", "vae.py")] == before


def test_a_broken_file_stays_as_it_is_and_that_is_said(folder: Path) -> None:
    (folder / "vae.ipynb").write_text("{")
    assert course_pairs.bring_pair_together(folder / "vae.ipynb").startswith("vae.ipynb and vae.py stay as they are")
    assert (folder / "vae.ipynb").read_text() == "{"


async def _opened(folder: Path) -> dict:
    from course_contents import HealingContentsManager

    return await HealingContentsManager(root_dir=str(folder)).get("vae.ipynb")


def test_a_notebook_newer_than_its_module_opens_with_its_own_text(folder: Path) -> None:
    import asyncio

    at(solved(folder / "vae.ipynb"), 100)
    at(folder / "vae.py", 0)
    model = asyncio.run(_opened(folder))
    assert SOLVED["kl"] in [cell["source"] for cell in model["content"]["cells"]]


def test_nothing_is_said_of_a_submission_in_order(folder: Path) -> None:
    assert course_notes.about(folder, RELEASE) == []
    solved(folder / "vae.ipynb")
    assert course_notes.about(folder, RELEASE) == []
    (folder / "vae.ipynb").unlink()
    assert course_notes.about(folder, RELEASE) == []  # the module is enough


RENAMED = {
    "vae (1).ipynb": "vae (1).ipynb", "vae-ada.ipynb": "vae-ada.ipynb", "12345_678_vae.ipynb": "12345_678_vae.ipynb",
    "vae Kopie.ipynb": "vae Kopie.ipynb", "VAE.IPYNB": "ex03_vae/VAE.IPYNB", "sub/deep/vae.ipynb": "deep/vae.ipynb",
}  # fmt: skip


def copied(folder: Path, name: str, holes: tuple[str, ...]) -> Path:
    """A copy of the notebook under another name, with other holes solved."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    work = solved(Path(shutil.copy(RELEASE / "vae.ipynb", folder / "x.ipynb")), holes)
    return work.rename(path)


def graded(tmp_path: Path, folder: Path) -> list[str]:
    """What grading notes on the notebook vae of a folder that was collected."""
    course = tmp_path / "course"
    shutil.copytree(folder, course / "submitted" / "ada" / "ex03_vae")
    (course / "release").symlink_to(ROOT / "release")
    prepare(course, "ex03_vae", "ada")
    submitted = course / "submitted" / "ada" / "ex03_vae" / "vae.ipynb"
    return take_in(submitted, RELEASE / "vae.ipynb", aside=aside_of(course, "ex03_vae", "ada")).notes


@pytest.mark.parametrize("name", RENAMED)
def test_of_a_renamed_notebook_submit_says_what_grading_does_with_it(folder: Path, tmp_path: Path, name: str) -> None:
    copied(folder, name, ("kl",))
    said = course_notes.about(folder, RELEASE)
    assert said == [
        f"vae.ipynb holds no work, but {RENAMED[name]} carries its cells and is graded in its place. "
        "Next time hand it in as vae.ipynb."
    ]
    assert said == graded(tmp_path, folder)


HAND_INS = {
    "two copies with different work": lambda f: [
        copied(f, f"vae ({n}).ipynb", (hole,)) for n, hole in enumerate(("kl", "sampling"), 1)],
    "a copy with other work": lambda f: [solved(f / "vae.ipynb"), copied(f, "vae_old.ipynb", ("sampling",))],
    "another exercise": lambda f: [
        shutil.copy(ROOT / "release/ex05_gan/gan.ipynb", f / "vae.ipynb"), (f / "vae.py").unlink()],
    "a broken notebook": lambda f: [(f / "vae.ipynb").write_text("{"), (f / "vae.py").unlink()],
    "an export": lambda f: [(f / "vae.html").write_text("<html>"), *map(Path.unlink, (f / "vae.ipynb", f / "vae.py"))],
    "a screenshot": lambda f: [(f / "Screenshot 2026-11-28.png").write_bytes(b""), (f / "vae.py").unlink()],
}  # fmt: skip
SAID = {
    "two copies with different work": "Several files hold different work on vae.ipynb (vae (1).ipynb, vae (2).ipynb)",
    "a copy with other work": "vae_old.ipynb holds other work on the same cells (1 filled in, 1 in "
    "vae.ipynb). vae.ipynb is graded",
    "another exercise": "vae.ipynb holds the notebook gan of ex05_gan, not vae of ex03_vae",
    "a broken notebook": "vae.ipynb cannot be read as a notebook",
    "an export": "Nothing was found to grade in vae.ipynb, and vae.html is a web page: an export of a notebook",
    "a screenshot": "Nothing was found to grade in vae.ipynb, and Screenshot 2026-11-28.png is a picture",
}  # fmt: skip


@pytest.mark.parametrize("kind", HAND_INS)
def test_submit_and_grading_say_the_same(folder: Path, tmp_path: Path, kind: str) -> None:
    HAND_INS[kind](folder)
    said = course_notes.about(folder, RELEASE)
    assert said[0].startswith(SAID[kind])
    assert said == graded(tmp_path, folder)


def test_another_exercises_notebook_is_named_by_what_the_exchange_holds(folder: Path, tmp_path: Path) -> None:
    outbound = tmp_path / "outbound"
    for name in ("ex03_vae", "ex05_gan"):
        shutil.copytree(ROOT / "release" / name, outbound / name)
    HAND_INS["another exercise"](folder)
    [sentence] = course_notes.about(folder, outbound / "ex03_vae")
    assert sentence.startswith(SAID["another exercise"])


def test_a_missing_notebook_is_named(folder: Path) -> None:
    (folder / "train_vae_ad.ipynb").unlink()
    [missing] = course_notes.about(folder, RELEASE)
    assert missing.startswith("train_vae_ad.ipynb is missing")


@pytest.mark.parametrize(
    "text", ["[]", '{"cells": 3}', '{"cells": [[]]}', '{"cells": [{"metadata": 1}]}', "[" * 100_000]
)
def test_a_senseless_notebook_beside_it_changes_nothing(folder: Path, text: str) -> None:
    (folder / "notes.ipynb").write_text(text)
    assert course_notes.about(folder, RELEASE) == []


def test_a_submission_is_listed_with_local_time_lateness_and_whether_it_counts(monkeypatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        due = datetime(2026, 11, 28, 12, 0)
        stamp = "2026-11-28 14:05:00.000000 UTC"
        assert course_notes.of_submission(stamp, due, last=True) == (
            "2026-11-28 15:05 CET, 2 h 5 min late, this one counts: the last"
        )
        assert course_notes.of_submission("2026-11-28 11:00:00.0 UTC", due, last=False) == (
            "2026-11-28 12:00 CET, replaced by a later one"
        )
        assert course_notes.of_submission("garbage", due, last=True) == "garbage"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_main_notebook_is_listed_first_with_the_due_date_and_hints_last(folder: Path, tmp_path: Path) -> None:
    import course_exchange

    names = ["HINTS_SWE", "train_vae_ad", "train_vae_mnist", "vae"]
    notebooks = [{"notebook_id": name, "path": str(folder / f"{name}.ipynb")} for name in names]
    exchange = course_exchange.ListWithNotes()
    exchange.root = str(tmp_path)
    due = tmp_path / "course" / course_notes.DUE / "ex03_vae"
    due.parent.mkdir(parents=True)
    due.write_text("2026-11-28 12:00:00 UTC")
    exchange._annotate_notebooks({"course_id": "course", "assignment_id": "ex03_vae", "notebooks": notebooks})
    first, *others = [one["notebook_id"] for one in notebooks]
    assert first.startswith("vae (hand in until 2026-11-28 ")
    assert others == ["train_vae_ad", "train_vae_mnist", "HINTS_SWE"]


def nested(folder: Path, depth: int) -> None:
    """Folders in folders, deeper than a path may be long."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_collecting_survives_deep_folders_odd_names_links_and_pipes(tmp_path: Path) -> None:
    source, target = tmp_path / "handed", tmp_path / "collected"
    source.mkdir()
    (source / "vae.ipynb").write_text("{}")
    (source / "sub").mkdir()
    (source / "sub" / "data.txt").write_text("kept")
    for name in (b"bad\xff\nname.txt", b"[x]*?.txt", b"-rf"):
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_text("odd")
    (source / "link").symlink_to("/etc/passwd")
    (source / "folder_link").symlink_to("/etc")
    os.mkfifo(source / "pipe")
    nested(source, 1_500)
    try:
        left_out = course_collect.copy_own_files(source, target, shutil.ignore_patterns("*.pyc"), 1_000_000)
        assert course_collect.last_change(source) > datetime(2020, 1, 1)
    finally:
        os.system(f"rm -rf '{source}'")  # shutil.rmtree recurses and gives up
    assert (target / "vae.ipynb").read_text() == "{}"
    assert (target / "sub" / "data.txt").read_text() == "kept"
    assert {"link", "folder_link", "pipe"} <= set(left_out)
    assert len([path for path in target.iterdir() if path.is_file()]) == 4


def test_collecting_takes_a_stated_number_of_files_and_names_some_of_the_rest(tmp_path: Path) -> None:
    source = tmp_path / "handed"
    source.mkdir()
    for number in range(course_collect.MOST_FILES + 50):
        (source / f"{number:05}.txt").touch()
    left_out = course_collect.copy_own_files(source, tmp_path / "collected", lambda *_: set(), 1000)
    assert len(list((tmp_path / "collected").iterdir())) == course_collect.MOST_FILES
    assert left_out[-1] == "and 30 more"


@pytest.mark.parametrize(
    ("roles", "manager"),
    [(["everyone"], "HealingContentsManager"), (["grader", "everyone"], "AsyncJupytextContentsManager")],
)
def test_only_in_the_grader_s_server_opening_a_pair_changes_nothing(
    tmp_path: Path, roles: list[str], manager: str
) -> None:
    shown = "from jupyter_server.serverapp import ServerApp as S; a = S(); a.load_config_file(); " + (
        "a.update_config(a.config); print(a.contents_manager_class.__name__)"
    )
    path = os.pathsep.join(str(EVERYONE.parent / role) for role in roles)
    environment = os.environ | {"JUPYTER_CONFIG_PATH": path, "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == manager
