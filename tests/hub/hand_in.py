"""Steps of a course at the command line, as the people's own accounts, with an exercise of one cell."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import nbformat
import trial
from nbformat.v4 import new_code_cell, new_notebook

EXERCISE = "tiny"
# What an account can do, in Python; prints "done" or the name of the error.
ATTEMPT = """
import os, shutil, sys
try:
    {statement}
    print("done")
except OSError as error:
    print(type(error).__name__)
"""


class Class:
    """The grader and two students of a running hub."""

    def __init__(self, hub: trial.Trial) -> None:
        self.hub = hub
        self.tokens = {account: hub.token_of(account) for account in (trial.PROF, trial.ADA, trial.BEA)}

    def release(self) -> None:
        """Release the exercise."""
        folder = self.hub.course / "release" / EXERCISE
        folder.mkdir()
        nbformat.write(one_cell("answer = None"), folder / f"{EXERCISE}.ipynb")
        self._give(folder, trial.GRADER)
        self.grader("release_assignment", EXERCISE)

    def grader(self, *arguments: str) -> str:
        """Run nbgrader as the grader, who has the rights of an instructor; returns what it logs."""
        return self._nbgrader(trial.GRADER, arguments, trial.PROF, self.hub.course)

    def student(self, account: str, *arguments: str) -> str:
        """Run nbgrader as a student; returns what it logs."""
        return self._nbgrader(account, arguments, account, None)

    def write(self, account: str, source: str) -> None:
        """Put an answer into a student's own folder."""
        folder = self.hub.home_of(account) / trial.COURSE_ID / EXERCISE
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(one_cell(source), folder / f"{EXERCISE}.ipynb")
        self._give(folder.parent, account)

    def hand_in(self, account: str, source: str) -> None:
        """Hand an answer in."""
        self.write(account, source)
        self.student(account, "submit", EXERCISE)

    def collected(self, account: str) -> Path:
        """The folder with a student's collected submission."""
        return self.hub.course / "submitted" / account / EXERCISE

    def answer_of(self, account: str) -> str:
        """What was collected as a student's answer."""
        notebook = nbformat.read(self.collected(account) / f"{EXERCISE}.ipynb", as_version=4)
        return str(notebook.cells[0].source)

    def attempt(self, account: str, statement: str, *arguments: object) -> str:
        """Run a statement of Python as an account, with `sys.argv`; returns "done" or the error's name."""
        command = ["python", "-c", ATTEMPT.format(statement=statement), *map(str, arguments)]
        done = self.hub.as_user(account, command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def give_feedback(self) -> None:
        """Release feedback to both students that says for whom it is."""
        for account in (trial.ADA, trial.BEA):
            folder = self.hub.course / "feedback" / account / EXERCISE
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{EXERCISE}.html").write_text(f"for {account}")
            for name in ("timestamp.txt", "submission_secret.txt"):
                if (self.collected(account) / name).exists():
                    shutil.copy(self.collected(account) / name, folder)
        self._give(self.hub.course / "feedback", trial.GRADER)
        self.grader("release_feedback", EXERCISE)

    def feedback_of(self, account: str) -> set[str]:
        """Everything that a student has as feedback after fetching it."""
        self.student(account, "fetch_feedback", EXERCISE)
        folder = self.hub.home_of(account) / trial.COURSE_ID / EXERCISE / "feedback"
        return {path.read_text() for path in folder.rglob("*.html")}

    def _nbgrader(self, account: str, arguments: tuple[str, ...], hub_user: str, cwd: Path | None) -> str:
        done = self.hub.as_user(
            account, ["nbgrader", *arguments], token=self.tokens[hub_user], hub_user=hub_user, cwd=cwd
        )
        assert done.returncode == 0, done.stderr
        return done.stderr

    def _give(self, folder: Path, account: str) -> None:
        subprocess.run(["chown", "--recursive", f"{account}:{account}", folder], check=True)


def one_cell(source: str) -> nbformat.NotebookNode:
    """A notebook of one cell."""
    return new_notebook(cells=[new_code_cell(source, id="answer")])
