"""The feedback page of one notebook, written within the limits that one submission has."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from judge.grade.result import Result
from judge.machine.guard import FEEDBACK_SECONDS, GRACE, LimitReached, guarded
from judge.reports.exporter import FeedbackExporter
from judge.reports.plain import plain_text

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
        which = (about.get("assignment"), about.get("notebook"))
        if which not in _READY and (lesson := self._lesson(about)) is not None:
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
