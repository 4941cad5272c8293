"""A Markdown cell as HTML that is safe to show, with its formulas, its highlighted code and its pictures."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import Any

from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from judge.reports.aside import put_aside
from judge.reports.mathml import tex_to_mathml
from judge.reports.pictures import with_pictures
from judge.reports.safe_html import Safe, sanitised
from judge.reports.shape import shaped

LONGEST, MOST_OPENINGS = 20_000, 60
_OPENINGS = ("\\begin{", "\\\\[", "\\\\(", "\n#", "[[")  # for each, the parser may look at all that follows
_MOST_FORMULAS = 300


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """A Markdown cell as HTML, sanitised after the conversion.

    Args:
        context: jinja's; its cell holds the pictures that were pasted into it.
        source: the Markdown.
    """
    attachments = (context.get("cell") or {}).get("attachments")
    return _to_html(source, attachments) if attachments else _given_to_html(source)


@lru_cache(maxsize=256)  # most cells of a class are those that everybody was given
def _given_to_html(source: str) -> str:
    return _to_html(source, {})


def _to_html(source: str, attachments: Any) -> str:
    """The cell as HTML; as it was written where the parser would take too long or fails."""
    if len(source) > LONGEST or any(source.count(opening) > MOST_OPENINGS for opening in _OPENINGS):
        return _as_written(source)
    renderer = _Renderer()
    try:
        markup = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # whatever a student wrote, feedback is made: the parser raises many kinds
        return _as_written(source)
    markup, boxes = with_pictures(shaped(markup), attachments)
    return Safe(sanitised(markup, renderer.kept | boxes))


def _as_written(source: str) -> str:
    return Safe(f"<pre>{html.escape(source)}</pre>")


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert has no type annotations
    """nbconvert's own, with a name in place of each formula and each piece of highlighted code."""

    def __init__(self) -> None:
        # an anchor's name would repeat the heading's formulas
        super().__init__(escape=False, exclude_anchor_links=True)
        self.kept: dict[str, str] = {}

    def block_math(self, body: str) -> str:
        return self._formula(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        markup = super().block_code(code, info)
        return put_aside(markup, self.kept) if markup.startswith('<div class="highlight">') else str(markup)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre>{html.escape(code)}</pre>"

    def _embed_image_or_attachment(self, src: str) -> str:
        return src  # judge.reports.pictures does it, for Markdown and HTML alike

    def _formula(self, tex: str, *, block: bool) -> str:
        if len(self.kept) >= _MOST_FORMULAS:
            return f"<code>{html.escape(tex)}</code>"
        return put_aside(tex_to_mathml(tex, block=block), self.kept)
