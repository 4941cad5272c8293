"""The guides' commands, run in their order in a copy of the course; links that lead somewhere.

A block ```sh is run. One that cannot run here is headed by a comment `<!-- not run: the reason -->`.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN_IN_ORDER = ("docs/instructor.md", "docs/operations.md", "docs/student.md")
EXERCISE = "ex03_vae"  # the one that the guides speak of; the copy holds no other
COMMANDS = ("sh", "bash", "console", "powershell")
BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^\n]+?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)\n```", re.DOTALL)
COPIED = ("benchmarks", "deploy", "docs", "graders", "judge", "release", "solutions", "source", "vaegan")
FILES = (
    "nbgrader_config.py",
    "pyproject.toml",
    "requirements.lock",
    "CONTRIBUTING.md",
    "README.md",
    "setup.sh",
)


@dataclass(frozen=True)
class Block:
    """A block of commands: where it is, what it says, and why it is not run, or ""."""

    page: str
    line: int
    language: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("language")) + 1
        yield Block(page, line, match["language"], match["text"], match["reason"] or "")


def commands() -> list[Block]:
    return [block for page in RUN_IN_ORDER for block in blocks(page) if block.language in COMMANDS]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the course with this environment, and git's server name pointing at the copy's repositories."""
    folder = tmp_path_factory.mktemp("docs") / "course"
    folder.mkdir()
    others = [path.name for path in (ROOT / "solutions").glob("ex*") if path.name != EXERCISE]
    for name in COPIED:
        left_out = shutil.ignore_patterns("__pycache__", "outputs", *others)
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    (folder / "tests").symlink_to(ROOT / "tests")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


def run(block: Block, folder: Path, course: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {
        "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}", "TF_CPP_MIN_LOG_LEVEL": "3", "HOME": str(course.parent),
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{course}/students/.insteadOf",
        "GIT_CONFIG_VALUE_0": "judge@course.example.org:", "VAEGAN_CACHE": str(course.parent / "cache"),
    }  # fmt: skip
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
    )  # fmt: skip


@pytest.mark.full
def test_every_command_of_the_guides_does_what_it_says(course):
    said: dict[str, str] = defaultdict(str)
    student = course.parent / "student"
    for block in commands():
        if block.reason:
            continue
        if block.page == "docs/student.md" and not student.exists():
            shutil.copytree(course / "release", student)
        done = run(block, student if block.page == "docs/student.md" else course, course)
        assert done.returncode == 0, f"{block}\n{block.text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        said[block.text.split("\n")[0]] += done.stdout + done.stderr
    _the_guides_promises_hold(course, said, student)


def _the_guides_promises_hold(course: Path, said: dict[str, str], student: Path) -> None:
    assert "the course is in order" in said[". .venv/bin/activate"]
    assert "2 submissions: 1 with full marks, 1 with less" in said["python -m judge grade ex03_vae"]
    assert {path.name for path in (course / "report").iterdir()} == {
        "ex03_vae.html", "ex03_vae.csv", "ex03_vae_checks.csv",
    }  # fmt: skip
    assert "30 of 30 points" in said["python -m judge push submitted/ada --student ada"]
    for table in ("grades.csv", "moodle.csv", "canvas.csv", "brightspace.csv", "restored/grades.csv"):
        assert "ex03_vae" in (course / table).read_text(encoding="utf-8")
    assert "ex03_vae, vae: 0 of 30 points" in said['echo "I worked on this with Bob." > mine/NOTES.md'].replace(
        "remote: ", ""
    )
    notes = said["git -C mine fetch origin '+refs/notes/grades:refs/notes/grades'"]
    assert "Notes (grades):" in notes
    assert (student / "mine/NOTES.md").is_file()


def test_a_block_that_is_not_run_says_why():
    for block in commands():
        if block.language != "sh":
            assert block.reason, f"{block}: run it as sh, or say why it is not run"
        assert not block.reason or len(block.reason.split()) >= 5, f"{block}: a reason is a sentence"
    left_out = [block for block in commands() if block.reason]
    assert len(left_out) < len(commands()) / 3


def pages() -> list[Path]:
    return [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


@pytest.mark.parametrize("page", [ROOT / name for name in RUN_IN_ORDER], ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        name, _, heading = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name} links to {target}"
        if heading:
            titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert heading in anchors, f"{page.name} links to {target}"


@pytest.mark.parametrize("page", [ROOT / name for name in RUN_IN_ORDER], ids=lambda page: page.name)
def test_files_that_a_guide_names_exist(page):
    named = re.findall(r"`((?:deploy|tests|judge|graders|solutions|docs)/[\w./-]+)`", page.read_text("utf-8"))
    for name in named:
        assert (ROOT / name).exists(), f"{page.name} names {name}"
