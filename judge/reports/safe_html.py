"""What of a notebook's HTML may reach a reader's browser: filters for nbconvert's templates.

Whoever reads a submission may be logged in, and nbgrader's formgrader binds what stores a score to elements by
their ids and classes. So nothing of a student's keeps a name, class, style or handler; only what the judge
itself put under a cell does, and that is known by the output's metadata, which no submission can write
(`judge.sandbox.outputs` makes every output anew, without any).

These filters take the place of nbconvert's by name (`HTMLExporter.filters`), in feedback and formgrader alike.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import nh3
from jinja2 import pass_context
from nbconvert.filters import get_metadata as unsafe_get_metadata

from judge.reports import aside
from judge.reports.pictures import PICTURE, with_pictures
from judge.reports.shape import TAGS, shaped

FILTERS = {
    "clean_html": "judge.reports.safe_html.filter_html",
    "markdown2html": "judge.reports.safe_markdown.markdown2html",
    "get_metadata": "judge.reports.safe_html.get_metadata",
    "strip_files_prefix": "judge.reports.safe_html.unchanged",
}
_SIZES = {"width", "height"}
_ATTRIBUTES = {
    "a": {"href", "title"}, "abbr": {"title"}, "details": {"open"}, "img": {"alt", "src", "title", *_SIZES},
    "ol": {"start"}, "td": {"colspan", "rowspan", *_SIZES}, "th": {"colspan", "rowspan", *_SIZES},
    "col": _SIZES, "table": _SIZES,
}  # fmt: skip
_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}(\.\d+)?(px|em|%)?")
_OURS = re.compile(r"judge(-[a-z-]+)?|(tex2jax|mathjax)_ignore")  # every class that the judge's own words have
_PLACE = re.compile(r"judge-\w+")


class Safe(str):
    """Markup that has been sanitised, so that a template's second filter leaves its formulas alone."""


@pass_context
def filter_html(context: Any, markup: Any) -> str:
    """Sanitise what a template is about to show; the judge's own words keep their classes.

    Args:
        context: jinja's; its output says in its metadata whether the judge made it.
        markup: HTML, from whomever.
    """
    if isinstance(markup, Safe):
        return markup
    text = markup.decode() if isinstance(markup, bytes) else str(markup)
    return judges_html(text) if is_judges(context.get("output")) else clean_html(text)


def is_judges(output: Any) -> bool:
    """Whether an output of an autograded notebook holds the judge's words."""
    return bool(isinstance(output, dict) and (output.get("metadata") or {}).get("judge"))


@lru_cache(maxsize=64)  # what is displayed is often the same for a whole class
def clean_html(markup: str) -> str:
    """A student's HTML without anything that could run, load, send, cover, or be taken for ours."""
    return Safe(sanitised(*with_pictures(shaped(markup), {})))


def sanitised(markup: str, kept: dict[str, str]) -> str:
    """Shaped markup reduced to what is known to be harmless.

    Args:
        markup: what `shaped` made.
        kept: pieces of our own making by the names that stand for them (`judge.reports.aside`).
    """
    cleaned = nh3.clean(
        markup, tags=set(TAGS), attributes=_ATTRIBUTES, attribute_filter=_student_attribute,
        url_schemes={"http", "https", "mailto", "data"}, link_rel="noopener noreferrer",
    )  # fmt: skip
    return aside.put_back(cleaned, kept)


def judges_html(markup: str) -> str:
    """The judge's own HTML; every text in it is escaped already, and this looks a second time."""
    attributes = {tag: {"class", "id"} for tag in TAGS}
    attributes["a"] |= {"href"}
    attributes["details"] |= {"open"}
    return Safe(nh3.clean(
        markup, tags=set(TAGS), attributes=attributes, attribute_filter=_judges_attribute, link_rel=None
    ))  # fmt: skip


def get_metadata(output: Any, key: str, mimetype: str | None = None) -> Any:
    """nbconvert's filter; a size must be a number, since templates write it without quotation marks.

    A picture without a text of its own gets one, for those who do not see it.
    """
    value = unsafe_get_metadata(output, key, mimetype)
    if key in _SIZES and not _SIZE.fullmatch(str(value)):
        return None
    if key == "alt" and mimetype is not None:
        return value or "A picture that the cell above shows."
    return value


def unchanged(markup: str) -> str:
    """In place of a filter for links of IPython 1, which looks at all that follows for every bracket."""
    return markup


def _student_attribute(tag: str, name: str, value: str) -> str | None:
    allowed = True
    if name in _SIZES:
        allowed = bool(_SIZE.fullmatch(value))
    elif name == "src":
        allowed = bool(PICTURE.fullmatch(value))
    elif name == "href":
        allowed = bool(_LINK.match(value))
    return aside.NAME.sub("", value) if allowed else None


def _judges_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if _OURS.fullmatch(word)) or None
    if name == "id":
        return value if _PLACE.fullmatch(value) else None
    if name == "href":
        return value if value[:1] == "#" and _PLACE.fullmatch(value[1:]) else None
    return value
