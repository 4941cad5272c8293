"""The two exchanges of this course: nbgrader's own with its gaps closed, and ngshare's.

Both first bring the pairs of a submission together: what is handed in must not hold two different answers.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import course_collect
import course_notes
import course_pairs
from nbgrader.exchange.default import ExchangeList, ExchangeReleaseAssignment, ExchangeSubmit
from nbgrader.utils import find_all_notebooks

NOT_HANDED_IN = [
    ".ipynb_checkpoints", "*-checkpoint.*", "__pycache__", "*.pyc", "outputs", "feedback", ".DS_Store", "Thumbs.db",
]  # fmt: skip
ONLY_OWNER_AND_GRADERS = 0o2770
NOWHERE = Path(os.devnull)  # no release to compare with
DROP_BOX = 0o3733  # sticky, or any student may rename another's submission


def configure(c: Any, settings: dict[str, Any], home: Path) -> None:
    """Set nbgrader's configuration `c` to the exchange that the course's settings name.

    Raises:
        ValueError: if there is no such exchange.
    """
    kind = settings.get("exchange", "shared")
    if kind == "shared":
        c.Exchange.root = str(home / "exchange")
        c.ExchangeFactory.release_assignment = ReleaseWithCare
        c.ExchangeFactory.submit = SubmitInStep
        c.ExchangeFactory.collect = course_collect.CollectWithCare
        c.ExchangeFactory.list = ListWithNotes
    elif kind == "ngshare":
        _configure_ngshare(c, settings)
    else:
        raise ValueError(f'exchange in course.toml must be "shared" or "ngshare", not {kind!r}')


def _configure_ngshare(c: Any, settings: dict[str, Any]) -> None:
    import ngshare_exchange  # only where it is used: importing it needs a user name in the environment

    class SubmitToNgshareInStep(ngshare_exchange.ExchangeSubmit):  # type: ignore[misc]  # no type annotations
        """Hands in after bringing pairs together."""

        def init_src(self) -> None:
            super().init_src()
            prepare(Path(self.src_path), NOWHERE, self.log)

    port = settings.get("ports", {}).get("ngshare", 8900)
    ngshare_exchange.configureExchange(c, f"http://127.0.0.1:{port}/services/ngshare")
    c.ExchangeFactory.submit = SubmitToNgshareInStep


def prepare(folder: Path, release: Path, log: Any) -> None:
    """Bring each pair of a submission to one state, and warn of what will not be graded."""
    said = [course_pairs.bring_pair_together(folder / name) for name in find_all_notebooks(str(folder))]
    for sentence in [*filter(None, said), *course_notes.about(folder, release)]:
        log.warning(sentence)


class ReleaseWithCare(ExchangeReleaseAssignment):  # type: ignore[misc]  # nbgrader has no type annotations
    """Releases into an exchange where nobody can move or remove what another has handed in."""

    def init_dest(self) -> None:
        """Make the course's folders in the exchange."""
        super().init_dest()
        os.chmod(self.inbound_path, DROP_BOX)
        course_notes.tell_due_date(self)


class ListWithNotes(ExchangeList):  # type: ignore[misc]  # nbgrader has no type annotations
    """Lists with what a student asks: until when, how late, which one counts, and is it the right notebook."""

    def parse_assignments(self) -> list[dict[str, Any]]:
        """What the assignment list shows."""
        found: list[dict[str, Any]] = super().parse_assignments()
        for assignment in found:
            if "submissions" in assignment:
                self._annotate_submissions(assignment)
            else:
                self._annotate_notebooks(assignment)
        return found

    def _annotate_submissions(self, assignment: dict[str, Any]) -> None:
        due, submissions = self._due(assignment), assignment["submissions"]
        for number, submission in enumerate(submissions, start=1):
            last = number == len(submissions)
            submission["timestamp"] = course_notes.of_submission(submission["timestamp"], due, last=last)
            if last and not self.inbound:
                sentences = course_notes.about(Path(submission["path"]), self._released(assignment))
                submission["timestamp"] = " ".join([submission["timestamp"], *(f"- {one}" for one in sentences)])

    def _annotate_notebooks(self, assignment: dict[str, Any]) -> None:
        """The main notebook, which others import as a module, comes first, hints last."""
        assignment["notebooks"].sort(key=lambda one: (not Path(one["path"]).with_suffix(".py").exists(), _hints(one)))
        due = self._due(assignment)
        if due is not None and assignment["notebooks"]:
            assignment["notebooks"][0]["notebook_id"] += f" (hand in until {course_notes.local(due)})"

    def _released(self, assignment: dict[str, Any]) -> Path:
        return Path(self.root) / assignment["course_id"] / "outbound" / assignment["assignment_id"]

    def _due(self, assignment: dict[str, Any]) -> datetime | None:
        return course_notes.due_date(Path(self.root), assignment["course_id"], assignment["assignment_id"])


def _hints(notebook: dict[str, Any]) -> bool:
    return str(notebook["notebook_id"]).startswith("HINTS")


class SubmitInStep(ExchangeSubmit):  # type: ignore[misc]  # nbgrader has no type annotations
    """Hands in after bringing pairs together, and leaves the submission to its owner and the graders.

    nbgrader leaves it open to everybody who learns its name. The inbound folder passes the graders' group on.
    """

    def init_src(self) -> None:
        """Find what to hand in."""
        super().init_src()
        self.init_release()
        prepare(Path(self.src_path), Path(self.release_path), self.log)

    def copy_files(self) -> None:
        """Copy it to the exchange."""
        super().copy_files()
        os.chmod(Path(self.inbound_path) / self.assignment_filename, ONLY_OWNER_AND_GRADERS)
