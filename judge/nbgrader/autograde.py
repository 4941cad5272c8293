"""The judge inside `nbgrader autograde`: it takes the place of nbgrader's Execute and SaveAutoGrades.

nbgrader_config.py puts these classes in through nbgrader's own configuration. Scores come from the judge
alone; where there is no verdict there is no score, an exception, and nbgrader's own report of a failed
submission, while the rest of the batch goes on.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool

from judge.grade.lesson_grading import judge_guarded, take_in_guarded
from judge.grade.result import Result
from judge.grade.store import Store
from judge.machine.guard import FEEDBACK_SECONDS, GRACE, SUBMISSION_SECONDS, Clock
from judge.reports import cell_html, cell_text
from judge.submission.intake import LONG, Intake
from judge.submission.quarantine import Refused, aside_of, notes_of, prepare
from judge.suite.suites import Suite, suite_of

NOT_RUN_AGAIN = "This cell was not run again when grading: what it shows below is what was handed in."


class OurFault(RuntimeError):
    """The judge could not judge: no score is stored, and the instructor must look."""


# Whose grading was stopped on a worker, and why: (exercise, student) -> a sentence. It is not tried again here.
stopped_ahead: dict[tuple[str, str], str] = {}


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert has no type annotations
    """Reads submissions through `judge.submission.intake`, so that a broken notebook is a result and not a failure."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """nbgrader has found the submissions by now, and copied none: those that cannot be taken in go."""
        super().__init__(*arguments, **more)
        self._clocks: dict[tuple[str, str], Clock] = {}
        if self.parent is not None and hasattr(self.parent, "assignments"):
            _take_all_in(self.parent)

    def clock(self, about: Any) -> Clock:
        """What the submission has left; it starts with its first notebook."""
        clock = Clock(SUBMISSION_SECONDS - FEEDBACK_SECONDS - GRACE)
        return self._clocks.setdefault((about["assignment"], about["student"]), clock)

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Convert one notebook; those that come from the submitted folder are taken in first."""
        coursedir, about = self.parent.coursedir, resources["nbgrader"]
        submitted = Path(coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"]))
        if Path(filename).resolve().parent != submitted.resolve():
            converted: tuple[str, Any] = super().from_filename(filename, resources, **kw)
            return converted
        release = Path(coursedir.format_path(coursedir.release_directory, ".", about["assignment"]))
        has_suite = suite_of(about["assignment"], about["notebook"]).exists()
        who = Path(coursedir.root), about["assignment"], about["student"]
        taken, stopped = take_in_guarded(
            Path(filename), release / f"{about['notebook']}.ipynb", self.clock(about), keep_all_outputs=not has_suite,
            aside=aside_of(*who), stopped=stopped_ahead.get((about["assignment"], about["student"]), ""),
        )  # fmt: skip
        notes = [*filter(None, [taken.warning]), *notes_of(*who), *taken.notes]
        taken.notebook.metadata["judge"] = {
            "graded": taken.graded, "notes": list(dict.fromkeys(notes)), "warning": taken.warning, "stopped": stopped,
        }  # fmt: skip
        converted = self.from_notebook_node(taken.notebook, resources, **kw)
        return converted


def _take_all_in(converter: Any) -> None:
    """Prepare every submission that nbgrader has found; one that is refused costs the others nothing.

    Raises:
        Refused: if none is left.
    """
    coursedir, refused = converter.coursedir, []
    pattern = re.compile(
        coursedir.format_path(coursedir.submitted_directory, "(?P<student>.*)", "(?P<exercise>.*)", escape=True)
    )
    for place in sorted(converter.assignments):
        found = pattern.fullmatch(place)
        if found is None:
            continue  # autograded papers, which are ours
        try:
            prepare(Path(coursedir.root), found["exercise"], found["student"])
        except (Refused, OSError) as error:
            refused.append(f"{found['student']}: {error}")
            converter.log.error(refused[-1])
            del converter.assignments[place]
    if refused and not converter.assignments:
        raise Refused(" ".join(refused))


class JudgeNotebook(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader has no type annotations
    """Runs the notebook in a sandbox, judges it, and leaves scores in `resources["judge"]`."""

    use_store = Bool(True, help="Take over verdicts on an unchanged submission from .judge/").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Judge one notebook; one without a suite keeps the outputs it was handed in with."""
        about = resources["nbgrader"]
        suite = suite_of(about["assignment"], about["notebook"])
        if suite.exists():
            result = self._judge(nb, about, suite)
            resources["judge"] = {cell.grade_id: cell.points for cell in result.cells}
            outputs = resources.get("outputs") or {}
            resources["outputs"] = outputs | {f"{about['notebook']}.result.json": result.to_json().encode()}
        else:
            nb.metadata.pop("judge", None)  # what intake said of a notebook that nobody judges
        _mark_kept_outputs(nb)
        return nb, resources

    def _judge(self, nb: Any, about: Any, suite: Suite) -> Result:
        coursedir = self.parent.parent.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"]))
        meant = nb.metadata.pop("judge", {"graded": f"{about['notebook']}.ipynb", "notes": []})
        stopped = meant.pop("stopped", "")
        store = Store(Path(coursedir.root) / ".judge") if self.use_store else None
        result, graded = judge_guarded(
            Intake(nb, **meant), folder, suite, about["student"], store, self.parent.clock(about), stopped
        )
        if result.state != "judged":
            faults = [v for v in graded.verdicts if v.status == "our_fault"]
            raise OurFault(f"the check {faults[0].name} of {suite} broke:\n{faults[0].message}")
        _show(nb, graded.outputs, result)
        return result


class SaveJudgedGrades(SaveAutoGrades):  # type: ignore[misc]  # nbgrader has no type annotations
    """Stores the judge's scores; free-text answers stay for the instructor, as nbgrader has it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Store all scores of a notebook or, if anything fails or the process is killed, none."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id, self.db_url = about["student"], about["db_url"]
        with Gradebook(self.db_url) as self.gradebook:
            session = self.gradebook.db
            commit, session.commit = session.commit, session.flush  # nbgrader commits after every cell
            try:
                nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            finally:
                session.commit = commit
            commit()
        return nb, resources

    def _add_score(self, cell: Any, resources: Any) -> None:
        if utils.is_solution(cell):
            super()._add_score(cell, resources)
            return
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if grade_id not in resources.get("judge", {}):
            raise OurFault(f"no verdict was reached for the cell {grade_id}; nothing was stored for it")
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = resources["judge"][grade_id]
        grade.needs_manual_grade = grade.manual_score is not None
        self.gradebook.db.commit()


def _show(nb: Any, outputs: dict[str, list[Any]], result: Result) -> None:
    """Put each cell's outputs and, under the test cells, what the judge says, into the notebook."""
    nb.metadata["judge"] = {"result": result.for_student().to_json()}  # what the feedback page opens with
    judged = {cell.grade_id for cell in result.cells}
    for cell in nb.cells:
        if cell.cell_type != "code" or LONG in cell.metadata.get("tags", []):
            continue
        cell.outputs = outputs.get(cell.id, [])
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in judged:
            cell.outputs.append(_display(cell_html(result, grade_id), cell_text(result, grade_id)))
    if result.notes:
        text = "\n".join(f"- {html.escape(note)}" for note in result.notes)
        about = nbformat.v4.new_markdown_cell(f"**About this submission**\n\n{text}")
        about.metadata["judge"] = {"notes": True}
        nb.cells.insert(0, about)


def _mark_kept_outputs(nb: Any) -> None:
    """Say which outputs are the student's own."""
    for cell in nb.cells:
        if cell.cell_type == "code" and cell.outputs and LONG in cell.metadata.get("tags", []):
            cell.outputs.insert(0, _display(f"<p><em>{NOT_RUN_AGAIN}</em></p>", NOT_RUN_AGAIN))


def _display(markup: str, text: str) -> Any:
    """An output of ours: `judge.sandbox.outputs` drops metadata, so that no submission can hold one like it."""
    data = {"text/html": markup, "text/plain": text}
    return new_output("display_data", data=data, metadata={"judge": {"version": 1}})
