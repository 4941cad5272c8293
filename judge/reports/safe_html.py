"""What of a notebook's HTML may reach a reader's browser: filters for nbconvert's templates.

nbconvert's own `clean_html` escapes ordinary tags (`p`, `h2`, `details`), so that a sanitised lesson reads
badly, and nbgrader's templates for feedback and formgrader show Markdown cells without it. These filters
take the place of nbconvert's by name (`HTMLExporter.filters`), in the feedback and in the formgrader alike.
"""

from __future__ import annotations

import re
import secrets
from functools import lru_cache
from typing import Any

import bleach  # type: ignore[import-untyped]  # it comes with nbconvert
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters import get_metadata as unsafe_get_metadata
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from judge.reports.mathml import tex_to_mathml

FILTERS = {
    "clean_html": "judge.reports.safe_html.clean_html",
    "markdown2html": "judge.reports.safe_html.markdown2html",
    "get_metadata": "judge.reports.safe_html.get_metadata",
}
_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 "
    "h4 h5 h6 hr i img kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot "
    "th thead tr u ul".split()
)
_ATTRIBUTES = {
    "a": {"title"}, "abbr": {"title"}, "details": {"open"}, "img": {"alt", "title"}, "ol": {"start"},
    "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
}  # fmt: skip
_SIZED = {"img", "td", "th", "col", "table"}
# Pictures come inside the page; one fetched from elsewhere would tell its owner who reads it, and when.
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}(\.\d+)?(px|em|%)?")
# Colours and fonts only: nothing that could cover or move another part of the page.
_STYLES = frozenset("background-color border-collapse color font-style font-weight text-align "
                    "text-decoration vertical-align white-space".split())  # fmt: skip


def clean_html(markup: Any) -> str:
    """The markup with everything escaped or removed that could run, load, send or cover something."""
    text = markup.decode() if isinstance(markup, bytes) else str(markup)
    cleaned: str = bleach.clean(
        text,
        tags=_TAGS,
        attributes=_is_allowed,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
    )
    return cleaned


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """A Markdown cell as HTML with formulas as MathML, sanitised after the conversion.

    Formulas wait aside under names that nobody can guess, since the sanitiser knows no MathML.

    Args:
        context: jinja's; its cell holds the pictures that were pasted into it.
        source: the Markdown.
    """
    attachments = (context.get("cell") or {}).get("attachments")
    return _to_html(source, attachments) if attachments else _given_to_html(source)


@lru_cache(maxsize=256)  # most cells of a class are those that everybody was given
def _given_to_html(source: str) -> str:
    return _to_html(source, {})


def _to_html(source: str, attachments: dict[str, Any]) -> str:
    renderer = _Renderer(
        escape=False, attachments=attachments, exclude_anchor_links=True
    )  # an anchor's name would repeat the heading's formulas
    markup = clean_html(MarkdownWithMath(renderer=renderer).render(source))
    for name, formula in renderer.formulas.items():
        markup = markup.replace(name, formula)
    return markup


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert has no type annotations
    """nbconvert's own, with a name in place of each formula."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.formulas: dict[str, str] = {}

    def block_math(self, body: str) -> str:
        return self._put_aside(tex_to_mathml(body, block=True))

    def inline_math(self, body: str) -> str:
        return self._put_aside(tex_to_mathml(body, block=False))

    def latex_environment(self, name: str, body: str) -> str:
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._put_aside(tex_to_mathml(tex, block=True))

    def _put_aside(self, formula: str) -> str:
        name = f"formula-{secrets.token_hex(16)}"
        self.formulas[name] = formula
        return name


def get_metadata(output: Any, key: str, mimetype: str | None = None) -> Any:
    """nbconvert's filter; a size must be a number, since templates write it without quotation marks.

    A picture without a text of its own gets one, for those who do not see it.
    """
    value = unsafe_get_metadata(output, key, mimetype)
    if key in ("width", "height") and not _SIZE.fullmatch(str(value)):
        return None
    if key == "alt" and mimetype is not None:
        return value or "A picture that the cell above shows."
    return value


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name in ("class", "id", "style") or name in _ATTRIBUTES.get(tag, ()):
        return True
    if name in ("width", "height"):
        return tag in _SIZED and bool(_SIZE.fullmatch(value))
    if tag == "img" and name == "src":
        return bool(_PICTURE.fullmatch(value))
    return tag == "a" and name == "href" and bool(_LINK.match(value))
