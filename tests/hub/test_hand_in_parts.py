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
    assert course_pairs.bring_pair_together(folder / "vae.ipynb").startswith(
        "vae.ipynb and vae.py stay as they are"
    )
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


@pytest.mark.parametrize(
    "name",
    [
        "vae (1).ipynb",
        "vae-ada.ipynb",
        "12345_678_vae.ipynb",
        "vae Kopie.ipynb",
        "VAE.IPYNB",
        "sub/deep/vae.ipynb",
    ],
)
@pytest.mark.parametrize("kept", [True, False], ids=["beside the untouched one", "in place of it"])
def test_a_renamed_notebook_is_told_in_one_sentence(folder: Path, name: str, kept: bool) -> None:
    other = folder / name
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(solved(Path(shutil.copy(folder / "vae.ipynb", folder / "x.ipynb"))).read_bytes())
    (folder / "x.ipynb").unlink()
    if not kept:
        (folder / "vae.ipynb").unlink()
    assert course_notes.about(folder, RELEASE) == [
        f"{name} seems to be your vae.ipynb: rename it to vae.ipynb and submit again."
    ]


def test_several_candidates_are_listed(folder: Path) -> None:
    for name in ("vae (1).ipynb", "vae (2).ipynb"):
        solved(Path(shutil.copy(folder / "vae.ipynb", folder / name)))
    [sentence] = course_notes.about(folder, RELEASE)
    assert sentence.startswith("Which one counts? vae (1).ipynb, vae (2).ipynb all hold vae.ipynb")


def test_a_copy_beside_the_work_does_not_count_and_that_is_said(folder: Path) -> None:
    shutil.copy(folder / "vae.ipynb", folder / "vae_old.ipynb")
    solved(folder / "vae.ipynb")
    [sentence] = course_notes.about(folder, RELEASE)
    assert sentence.startswith("vae.ipynb counts, and vae_old.ipynb does not")


def test_another_exercises_notebook_and_a_missing_or_broken_one_are_named(folder: Path) -> None:
    shutil.copy(ROOT / "release" / "ex05_gan" / "gan.ipynb", folder / "vae.ipynb")
    (folder / "train_vae_ad.ipynb").unlink()
    (folder / "train_vae_mnist.ipynb").write_text("{")
    missing, broken, other = course_notes.about(folder, RELEASE)
    assert missing.startswith("train_vae_ad.ipynb is missing")
    assert broken.startswith("train_vae_mnist.ipynb cannot be read as a notebook")
    assert other.startswith("vae.ipynb is the notebook of another exercise")


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


def test_the_main_notebook_is_listed_first_with_the_due_date_and_hints_last(
    folder: Path, tmp_path: Path
) -> None:
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
    done = subprocess.run(
        [sys.executable, "-c", shown], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == manager
