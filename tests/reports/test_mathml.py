"""Formulas in feedback: MathML that a browser draws by itself, and nothing of a student's that could harm."""

import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell, new_notebook

from judge.reports.exporter import FeedbackExporter
from judge.reports.mathml import tex_to_mathml

ROOT = Path(__file__).resolve().parents[2]
ABOUT = {"nbgrader": {"notebook": "vae", "score": 1.0, "max_score": 4.0, "late_penalty": 0}}


def page(*cells: str) -> BeautifulSoup:
    notebook = new_notebook(cells=[new_markdown_cell(cell) for cell in cells])
    return BeautifulSoup(FeedbackExporter().from_notebook_node(notebook, resources=ABOUT)[0], "html.parser")


def test_a_formula_becomes_mathml_with_its_letters_and_number() -> None:
    text = ElementTree.fromstring(tex_to_mathml(r"z \sim \mathcal N(0, I). \tag{1}", block=True))
    assert text.get("display") == "block"
    assert "".join(text.itertext()).replace("\u2003", "").replace(" ", "").endswith("\U0001d4a9(0,I).(1)")


def test_names_of_functions_stay_upright() -> None:
    formula = ElementTree.fromstring(tex_to_mathml(r"\mathrm{KL}(q)", block=False))
    space = "{http://www.w3.org/1998/Math/MathML}"
    assert [(mi.text, mi.get("mathvariant")) for mi in formula.iter(f"{space}mi")] == [
        ("K", "normal"), ("L", "normal"), ("q", None),
    ]  # fmt: skip


def test_every_formula_of_the_lessons_is_converted() -> None:
    cells = [
        cell.source
        for path in sorted(ROOT.glob("release/*/*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if cell.cell_type == "markdown" and "$" in cell.source
    ]
    soup = page(*cells)
    assert len(soup.find_all("math")) > 100
    left = [text for text in soup.find("main").find_all(string=re.compile(r"\\[a-z]{2,}|\$\$"))
            if not text.find_parent(["code", "pre"])]  # fmt: skip
    assert left == []


def test_a_formula_in_a_heading_stays_in_the_heading() -> None:
    heading = page("## 3. The encoder: $q(z|x)$").find("h2")
    assert heading.find("math") is not None
    assert heading.text.startswith("3. The encoder: ")
    assert not re.search(r"aside-|[<>\"]", heading.text)


def test_the_page_asks_no_other_machine_for_anything() -> None:
    soup = page("$x$")
    assert soup.find(["script", "link", "iframe"]) is None
    assert [tag["src"] for tag in soup.find_all(src=True) if not tag["src"].startswith("data:")] == []


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
        r"\style{position:fixed;inset:0}{x}",
        r"\class{page}{x}",
        r"\color{red\" onclick=\"alert(1)}{x}",
        r"\rule{9000em}{9000em}",
        r"</math><img src=x onerror=alert(1)>",
        r"\def\a{\b\b\b\b}\def\b{\c\c\c\c}\a",
        "{" * 2000,
        "x^{" * 900,
        "x" * 100_000,
    ],
)
def test_no_formula_of_a_students_runs_loads_or_covers_anything(tex: str) -> None:
    soup = page(f"$${tex}$$", f"a ${tex}$ b")
    for tag in soup.find("main").find_all(True):
        assert tag.name not in (
            "script",
            "img",
            "iframe",
            "style",
            "link",
            "a",
            "maction",
            "mglyph",
            "annotation-xml",
        )
        assert not {"href", "style", "onclick", "onerror", "xlink:href"} & tag.attrs.keys()
        assert tag.find_parent("math") is None or not {"class", "id"} & tag.attrs.keys()
        assert "9000" not in str(tag.attrs)


def test_what_is_no_formula_is_shown_as_it_was_written() -> None:
    assert tex_to_mathml(r"\begin{array}{c} 1 < 2", block=True) == r"<code>\begin{array}{c} 1 &lt; 2</code>"


def test_a_picture_pasted_into_an_answer_is_kept() -> None:
    cell = new_markdown_cell("![a dot](attachment:dot.png)", attachments={"dot.png": {"image/png": "iVBORw0KGgo="}})
    markup, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=[cell]), resources=ABOUT)
    picture = BeautifulSoup(markup, "html.parser").find("main").find("img")
    assert picture["src"] == "data:image/png;base64,iVBORw0KGgo=" and picture["alt"] == "a dot"
