"""The page that `nbgrader generate_feedback` writes, with our template and safe filters."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from judge.grade.result import CheckResult, Result
from judge.reports.feedback import anchor_of
from judge.reports.first import first_of, titles_of
from judge.reports.safe_html import FILTERS, is_judges
from judge.reports.when import handed_in, local
from judge.reports.words import sentence

_LABEL = re.compile(r'<span class="nbgrader-label">Grade cell: <code>([^<>]*)</code></span>')
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


class _Compiled(BytecodeCache):
    """Templates as Jinja compiled them: nbconvert makes a new environment for every page."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what it gave us, if it did."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template; Jinja finds out itself whether its source has changed since."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@lru_cache(maxsize=256)  # most cells of a class are those that everybody was given
def _highlight(source: str, lexer: str | None, magics_language: str | None) -> str:
    metadata = {} if magics_language is None else {"magics_language": magics_language}
    return str(Highlight2HTML(pygments_lexer=lexer)(source, metadata=metadata))


def _with_titles(page: str, titles: dict[str, str]) -> str:
    """The page with sections' titles where nbgrader's template names test cells by their ids.

    No student can write such a label: their HTML keeps no class.
    """

    def titled(label: re.Match[str]) -> str:
        title = titles.get(html.unescape(label[1]), html.unescape(label[1]))
        return f'<span class="nbgrader-label judge-label">Check: {html.escape(title)}</span>'

    return _LABEL.sub(titled, page)


class _Places:
    """Where links to checks lead: to the check; to its cell in a notebook judged before checks had places."""

    def __init__(self, nb: Any) -> None:
        outputs = (output for cell in nb.cells for output in cell.get("outputs", ()) if is_judges(output))
        self._words = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)

    def of(self, check: CheckResult) -> str:
        """The id or name of a place on the page."""
        anchor = anchor_of(check)
        return anchor if f'id="{anchor}"' in self._words else check.cell


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

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[str, Any]:
        """Fill the template.

        `HTMLExporter` would then read the whole page again, with BeautifulSoup, to give pictures a text and
        JupyterLab's cells a place in the order of tabs: two thirds of the time of a page. Our `get_metadata`
        gives the text, and this template has none of JupyterLab's cells.
        """
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name", None))

        def highlight(source: str, metadata: Any) -> str:
            return _highlight(source, lexer, (metadata or {}).get("magics_language"))

        self.register_filter("highlight_code", highlight)
        resources = self._init_resources(resources)
        resources["judge"] = self._opening(nb, resources.get("nbgrader", {}))
        nb.cells = [cell for cell in nb.cells if not cell.metadata.get("judge", {}).get("notes")]
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kw)
        return _with_titles(page, resources["judge"]["titles"]), resources

    def _opening(self, nb: Any, about: Any) -> dict[str, Any]:
        """What the page opens with: titles of cells, notes, and the mistake to mend first."""
        opening: dict[str, Any] = {
            "titles": titles_of(self._lesson(about) or nb),
            "notes": (),
            "first": None,
            "result": None,
            "anchor": _Places(nb).of,
            "sentence": sentence,
            "handed_in": handed_in(about),
            "written": local(datetime.now(UTC)),
        }
        text = nb.metadata.get("judge", {}).get("result")
        if text is None:
            return opening
        result = Result.from_json(text).for_student()
        first = first_of(result, nb) if result.is_judged else None
        return opening | {"notes": result.notes, "first": first, "result": result}

    def _lesson(self, about: Any) -> Any:
        """The released notebook, if this page is made by nbgrader and it is there."""
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is None or "assignment" not in about:
            return None
        folder = coursedir.format_path(coursedir.release_directory, ".", about["assignment"])
        path = Path(folder) / f"{about['notebook']}.ipynb"
        return nbformat.read(path, as_version=4) if path.is_file() else None

    def _create_environment(self) -> Any:
        environment = super()._create_environment()
        environment.bytecode_cache = _COMPILED
        return environment
