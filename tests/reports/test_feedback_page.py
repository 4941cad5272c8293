"""The feedback page for those who read it on a phone, without a network, or by ear."""

import re

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from result_samples import JUDGED

from judge import reports
from judge.reports.exporter import FeedbackExporter

PNG = "iVBORw0KGgo="


@pytest.fixture(scope="module")
def markup() -> str:
    about = {"grade_id": "kl_check", "grade": True, "solution": False, "points": 4, "score": 1.33}
    judged = new_code_cell("assert kl(0) == 0", metadata={"nbgrader": about})
    judged.outputs = [
        new_output("display_data", data={"image/png": PNG}),
        new_output("display_data", data={"text/latex": "$z \\sim q$"}),
        new_output(
            "display_data",
            data={"text/html": reports.cell_html(JUDGED, "kl_check")},
            metadata={"judge": {"version": 1}},
        ),
    ]
    notebook = new_notebook(cells=[new_markdown_cell("# The KL, $x$"), judged])
    page = {"notebook": "vae", "score": 1.33, "max_score": 4.0, "late_penalty": 0.5}
    text, _ = FeedbackExporter().from_notebook_node(notebook, resources={"nbgrader": page})
    return str(text)


@pytest.fixture(scope="module")
def page(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def test_a_failed_check_says_what_why_with_which_input_and_where_to_read(page):
    check = " ".join(page.find(class_="judge-check-failed").text.split())
    assert check == (
        "✗ Not yet (0 of 2.67) The KL is right. The KL has the wrong value. What shows it: z_mean = [[1. 0.]] "
        "A likely reason: Equation (4) sums over dimensions. Read again: equation (4)"
    )


def test_pictures_are_kept_inside_the_page_and_have_a_text(page):
    (picture,) = page.find("main").find_all("img")
    assert picture["src"].endswith(PNG) and picture["alt"]


def test_formulas_that_a_cell_displays_are_drawn(page):
    assert page.find(class_="output_latex").find("math") is not None


def test_nothing_is_fetched_from_anywhere(markup):
    assert re.findall(r"""(?:src|href)=["']?(?!data:|#)[^"'> ]+""", markup) == []
    assert "@import" not in markup and "<script" not in markup
    assert not re.search(r"url\((?!['\"]?data:)", markup)


def test_the_page_names_its_language_its_title_and_the_heads_of_its_table(page):
    assert page.html["lang"] == "en" and page.title.text == "vae"
    assert page.find("meta", attrs={"name": "viewport"})
    table = page.find("table", class_="scores")
    assert [head.text for head in table.thead.find_all("th", scope="col")] == ["Cell", "Points"]
    assert [head.text for head in table.tbody.find_all("th", scope="row")] == ["The KL, x", "handed in late"]
    assert all(meter["aria-hidden"] == "true" for meter in table.find_all("meter"))


def test_every_link_leads_to_a_place_on_the_page(page):
    places = {tag.get("id") for tag in page.find_all(True)} | {tag.get("name") for tag in page.find_all("a")}
    links = [link["href"] for link in page.find_all("a", href=True)]
    assert "#kl_check" in links
    assert all(link.removeprefix("#") in places for link in links)
