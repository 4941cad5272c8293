"""A student's markup that names itself like the formgrader's own, hides a picture, or takes long to read."""

import time
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from result_samples import JUDGED
from test_safe_html import FeedbackExporter, judged_cell, nbgraders_exporter, notebook, page

from judge import reports
from judge.reports.safe_html import clean_html
from judge.reports.shape import DEEPEST, MOST_TAGS, shaped
from judge.sandbox.outputs import clean_outputs

OVERLAY = (
    '<div class="nbgrader_cell"><span id="kl_check"></span>'
    '<div class="full-credit modal-backdrop fade" style="position:fixed;inset:0" data-toggle="modal">x</div></div>'
)
NAMES = [
    OVERLAY,
    '<a id="formgrader" name="submission_id" href="#x">x</a>',
    '<img name="body" id="base_url" src="data:image/png;base64,AAAA" alt="x">',
    '<button class="full-credit">x</button><input class="score" id="kl_check" value="4">',
    '<base href="http://elsewhere.example"><meta http-equiv="refresh" content="0"><link rel="stylesheet" href="x">',
    '<a href="http://elsewhere.example" target="_top" onclick="f()" data-commandlinker-command="x">x</a>',
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg><math href='javascript:alert(1)'>x</math>",
    "<li class=judge-check id=judge-test_kl>Passed</li>",
]
ALLOWED = {"href", "title", "alt", "src", "width", "height", "colspan", "rowspan", "start", "open", "rel"}
EXPORTERS = [FeedbackExporter(), nbgraders_exporter("formgrade"), nbgraders_exporter("feedback")]


def shown(exporter: Any, attack: str) -> BeautifulSoup:
    code = new_code_cell("1")
    displays = [{"text/html": f"<i>start</i>{attack}"}, {"text/markdown": f"*start*\n\n{attack}"}]
    code.outputs = clean_outputs(
        {"output_type": "display_data", "data": data, "metadata": {"judge": {"version": 1}}} for data in displays
    )
    return page(exporter, notebook(new_markdown_cell(f"*start*\n\n{attack}"), code))


@pytest.mark.parametrize("attack", NAMES)
@pytest.mark.parametrize("exporter", EXPORTERS)
def test_nothing_of_a_students_carries_a_name_a_class_or_a_handler(exporter: Any, attack: str) -> None:
    soup = shown(exporter, attack)
    starts = [tag for tag in soup.find_all(["i", "em"]) if tag.text == "start"]
    assert len(starts) == 3
    for start in starts:
        around = start.find_parent(class_="rendered_html")
        assert {name for tag in around.find_all(True) for name in tag.attrs} <= ALLOWED


def test_an_output_that_imitates_the_judges_is_not_taken_for_it() -> None:
    forged = {"output_type": "display_data", "data": {"text/html": reports.cell_html(JUDGED, "kl_check")}}
    cell = new_code_cell("1", outputs=clean_outputs([forged | {"metadata": {"judge": {"version": 1}}}]))
    soup = page(FeedbackExporter(), notebook(cell, judged_cell(JUDGED, "kl_check")))
    assert len(soup.find_all("div", class_="judge")) == 1


@given(st.text(st.sampled_from("<>/\"=' abdivpsxhref&;!-?"), max_size=200))
def test_whatever_is_written_only_known_elements_and_attributes_are_left(text: str) -> None:
    soup = BeautifulSoup(clean_html(text), "html.parser")
    assert {name for tag in soup.find_all(True) for name in tag.attrs} <= ALLOWED | {"style"}


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<div></div>", "<", "<!--", "<svg>", "<b title=1>", "&lt;", '<a b="', "<table><tr><td>", "</p>", "<p><b>",
     "\\\\[", "\\begin{a}", "# a\n", "> ", "[[", "$x$ ", "![a](b) "],
)  # fmt: skip
def test_200_kilobytes_of_anything_are_read_at_once(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    clean_html(text)
    page(FeedbackExporter(), notebook(new_markdown_cell(text)))
    assert time.process_time() - started < 8


def test_markup_is_cut_in_depth_and_number_but_its_text_stays() -> None:
    deep = BeautifulSoup(shaped("<div>" * 500 + "deep"), "html.parser")
    assert deep.text == "deep" and len(deep.find_all("div")) == DEEPEST
    assert shaped("<b>x</b>" * MOST_TAGS).count("x") == MOST_TAGS


def test_words_in_angle_brackets_stay_words() -> None:
    assert BeautifulSoup(clean_html("a list<int> & <mine>"), "html.parser").text == "a list<int> & <mine>"


@pytest.mark.parametrize("source", ["![a dot](attachment:dot.png)", "<img src='attachment:dot.png' alt='a dot'>"])
@pytest.mark.parametrize(
    "attachments",
    [None, {}, {"other.png": {}}, {"dot.png": {}}, {"dot.png": {"image/png": "<b>"}},
     {"dot.png": {"image/svg+xml": "PHN2Zz4="}}],
)  # fmt: skip
def test_a_picture_that_is_not_there_is_a_box_with_its_name(source: str, attachments: Any) -> None:
    cell = new_markdown_cell(f"before {source} after")
    if attachments is not None:
        cell["attachments"] = attachments
    for exporter in EXPORTERS:
        text = page(exporter, notebook(cell)).text
        assert "before Picture dot.png: it is missing in this notebook. after" in text


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
@pytest.mark.parametrize("source", ["![a](attachment:my%20dot)", "<img src='attachment:my dot' alt=a>"])
def test_an_attached_picture_is_shown(kind: str, source: str) -> None:
    cell = new_markdown_cell(source, attachments={"my dot": {f"image/{kind}": "iVBORw0KGgo="}})
    for exporter in EXPORTERS:
        (picture,) = [tag for tag in page(exporter, notebook(cell)).find_all("img") if tag.get("alt") == "a"]
        assert picture["src"] == f"data:image/{kind};base64,iVBORw0KGgo="


def test_code_in_markdown_keeps_its_colours_and_formulas_in_outputs_are_drawn() -> None:
    output = new_output("display_data", data={"text/markdown": "the formula $x^2$"})
    cells = notebook(new_markdown_cell("```python\nx = 1\n```"), new_code_cell("1", outputs=[output]))
    soup = page(FeedbackExporter(), cells)
    assert soup.find("main").find("span", class_="n").text == "x"
    assert soup.find(class_="output_markdown").find("math") is not None
