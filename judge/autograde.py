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

from judge import grading
from judge.folders import MAX_NOTEBOOK
from judge.guard import FEEDBACK_SECONDS, GRACE, SUBMISSION_SECONDS, Clock, LimitReached, guarded
from judge.intake import LONG, Intake, take_in
from judge.quarantine import Refused, notes_of, prepare
from judge.reports import cell_html, cell_text
from judge.reports.exporter import FeedbackExporter
from judge.reports.plain import plain_text
from judge.result import Result, make_result
from judge.store import Store
from judge.suites import Suite, suite_of
from judge.warm import guarded_with_sandboxes, warm_parent

NOT_RUN_AGAIN = "This cell was not run again when grading: what it shows below is what was handed in."


class OurFault(RuntimeError):
    """The judge could not judge: no score is stored, and the instructor must look."""


# Whose grading was stopped on a worker, and why: (exercise, student) -> a sentence. It is not tried again here.
stopped_ahead: dict[tuple[str, str], str] = {}


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]  # nbconvert has no type annotations
    """Reads submissions through `judge.intake`, so that a broken notebook is a result and not a failure."""

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
        submitted = Path(
            coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"])
        )
        if Path(filename).resolve().parent != submitted.resolve():
            converted: tuple[str, Any] = super().from_filename(filename, resources, **kw)
            return converted
        release = Path(coursedir.format_path(coursedir.release_directory, ".", about["assignment"]))
        has_suite = suite_of(about["assignment"], about["notebook"]).exists()
        taken, stopped = take_in_guarded(
            Path(filename), release / f"{about['notebook']}.ipynb", self.clock(about), keep_all_outputs=not has_suite,
            stopped=stopped_ahead.get((about["assignment"], about["student"]), ""),
        )  # fmt: skip
        notes = [*notes_of(Path(coursedir.root), about["assignment"], about["student"]), *taken.notes]
        taken.notebook.metadata["judge"] = {
            "graded": taken.graded, "notes": notes, "warning": taken.warning, "stopped": stopped,
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
        coursedir.format_path(
            coursedir.submitted_directory, "(?P<student>.*)", "(?P<exercise>.*)", escape=True
        )
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


def take_in_guarded(
    notebook: Path, release: Path, clock: Clock, *, keep_all_outputs: bool = False, stopped: str = ""
) -> tuple[Intake, str]:
    """Take a notebook in, within its limits; beyond them it is the release with nothing filled in.

    Args:
        notebook: the submitted .ipynb.
        release: the notebook that students were given.
        clock: what the submission has left of its time.
        keep_all_outputs: see `take_in`.
        stopped: why it is not even tried, or "".

    Returns:
        What was taken in, and why it was stopped, or "".
    """
    if not stopped and (size := notebook.stat().st_size) > MAX_NOTEBOOK:
        stopped = (
            f"{notebook.name} is {size >> 20} MiB large, and at most {MAX_NOTEBOOK >> 20} MiB are read, so nothing "
            "in it was graded. Clear its outputs (Edit, Clear Outputs of All Cells), save, and hand in again."
        )
    if not stopped:
        try:
            return guarded(
                lambda: take_in(notebook, release, keep_all_outputs=keep_all_outputs), clock.left()
            ), ""
        except LimitReached as error:
            stopped = str(error)
    untouched = nbformat.read(release, as_version=4)
    return Intake(untouched, notebook.name, [stopped]), stopped


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
        folder = Path(
            coursedir.format_path(coursedir.submitted_directory, about["student"], about["assignment"])
        )
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


def judge_guarded(
    taken: Intake,
    folder: Path,
    suite: Suite,
    student: str,
    store: Store | None,
    clock: Clock,
    stopped: str = "",
    *,
    show: bool = True,
) -> tuple[Result, grading.Grading]:
    """Judge a lesson within its limits; beyond them no check has passed, and each says why."""
    if not stopped:
        with clock.stopped():
            _ = suite.checks  # read here, once for all who are judged
            warm_parent().start()
        try:
            return guarded_with_sandboxes(
                lambda: judge_lesson(
                    taken,
                    folder,
                    suite,
                    student,
                    store,
                    show=show,
                    beside=show,
                    seconds=clock.left(keep=GRACE),
                ),
                clock.left(),
            )
        except LimitReached as error:
            stopped = str(error)
            taken.notes.append(stopped)
    taken.warning = stopped
    graded = grading.stopped(suite, stopped)
    return _result(taken, suite, student, graded, []), graded


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


def judge_lesson(
    taken: Intake,
    folder: Path,
    suite: Suite,
    student: str,
    store: Store | None,
    *,
    show: bool = True,
    beside: bool = False,
    seconds: float = SUBMISSION_SECONDS,
) -> tuple[Result, grading.Grading]:
    """Grade a lesson with the other files of its folder; raises what `grading.grade` raises."""
    files, file_notes = grading.read_files(folder)
    submission = grading.Submission(taken.notebook, files, student)
    graded = grading.grade(submission, suite, store=store, show=show, beside=beside, seconds=seconds)
    return _result(taken, suite, student, graded, file_notes), graded


def _result(
    taken: Intake, suite: Suite, student: str, graded: grading.Grading, file_notes: list[str]
) -> Result:
    return make_result(
        exercise=suite.exercise, notebook=suite.notebook, student=student,
        graded=taken.graded, verdicts=graded.verdicts, cell_points=autograded_points(taken.notebook),
        notes=[*taken.notes, *file_notes, *graded.notes], walls=graded.walls, seconds=graded.seconds,
        suite_hash=suite.version, warning=taken.warning,
    )  # fmt: skip


def autograded_points(nb: Any) -> dict[str, float]:
    """Points of the cells that the judge scores: graded, and not answered in free text."""
    cells = [cell.metadata.nbgrader for cell in nb.cells if grading.is_test(cell)]
    return {cell.grade_id: float(cell.points) for cell in cells}


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
    """An output of ours: `judge.outputs` drops metadata, so that no submission can hold one like it."""
    data = {"text/html": markup, "text/plain": text}
    return new_output("display_data", data=data, metadata={"judge": {"version": 1}})


_READY: set[tuple[str, str]] = set()  # lessons that this process has rendered


class FeedbackPage(FeedbackExporter):
    """Writes the feedback within its limits; a page that needs more is the verdicts alone, as plain text."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Convert one autograded notebook."""
        self._get_ready((resources or {}).get("nbgrader", {}))
        try:
            page = guarded(
                lambda: super(FeedbackPage, self).from_filename(filename, resources, **kw)[0],
                FEEDBACK_SECONDS - GRACE,
            )
        except LimitReached:
            page = _plain_page(Path(filename))
        return page, self._init_resources(resources)

    def _get_ready(self, about: Any) -> None:
        """Render what was handed out, once: each fork of this process then has all modules and its cells."""
        lesson, which = self._lesson(about), (about.get("assignment"), about.get("notebook"))
        if lesson is not None and which not in _READY:
            nobody = {"score": 0, "max_score": 0, "late_penalty": 0, "student": "", "timestamp": ""}
            for cell in lesson.cells:
                cell.metadata.get("nbgrader", {}).update(score=0.0, comment=None)
            FeedbackExporter(config=self.config).from_notebook_node(lesson, {"nbgrader": about | nobody})
            _READY.add(which)


def _plain_page(notebook: Path) -> str:
    """The verdicts without what the notebook shows."""
    why = (
        f"This notebook is too large or too intricate to show: its page needed more than {FEEDBACK_SECONDS:.0f} "
        "seconds or too much memory. Your grade does not depend on it; the verdicts follow."
    )
    result = notebook.with_suffix(".result.json")
    told = plain_text([Result.from_json(result.read_text(encoding="utf-8"))]) if result.is_file() else ""
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(notebook.stem)}</title></head>'
        f"<body><p>{html.escape(why)}</p><pre>{html.escape(told)}</pre></body></html>"
    )
