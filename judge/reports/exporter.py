"""The page that `nbgrader generate_feedback` writes, with our template and safe filters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from judge.reports.safe_html import FILTERS

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]  # nbconvert has no type annotations
    """nbgrader's feedback template, dressed and made safe by templates/judge_feedback."""

    @property
    def default_config(self) -> Any:
        """Settings under this class's own name: nbgrader's, under `HTMLExporter`, yield to them."""
        own = Config()
        own.FeedbackExporter.template_name = "judge_feedback"
        own.FeedbackExporter.extra_template_basedirs = [str(TEMPLATES)]
        own.FeedbackExporter.extra_template_paths = [handlers.template_path]  # where nbgrader's own one is
        own.FeedbackExporter.sanitize_html = True
        own.FeedbackExporter.filters = FILTERS
        inherited = super().default_config
        inherited.merge(own)
        return inherited
