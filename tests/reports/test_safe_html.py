"""What reaches a reader's browser: the feedback page, and nbgrader's own templates with our filters."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import handlers
from result_samples import ATTACK, JUDGED
from traitlets.config import Config

from judge import reports
from judge.reports.exporter import FeedbackExporter
from judge.reports.safe_html import FILTERS, clean_html, judges_html

BOOTSTRAP = Path(handlers.__file__).parent / "static/node_modules/bootstrap/dist/css"
ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='http://elsewhere.example/seen.png'>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='java&#115;cript:alert(1)'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<form action='http://elsewhere.example'><input name=password></form>",
    "<style>body { display: none }</style>",
    "<div style='position: fixed; top: 0; background: url(http://elsewhere.example)'>x</div>",
    "<details open ontoggle=alert(1)><summary>s</summary></details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "[a](javascript:alert(1))",
    "![a](http://elsewhere.example/seen.png)",
]
SAFE_TAGS_OF_LESSONS = "<h2>h</h2><p>p <em>e</em> <sub>1</sub></p><details><summary>s</summary>d</details>"


def display(markup: str, *, ours: bool = False) -> Any:
    metadata = {"judge": {"version": 1}} if ours else {}
    return new_output("display_data", data={"text/html": markup}, metadata=metadata)


def judged_cell(result: Any, grade_id: str) -> Any:
    about = {"grade": True, "solution": False, "locked": True, "task": False, "schema_version": 3}
    cell = new_code_cell("kl(x)", metadata={"nbgrader": {**about, "grade_id": grade_id, "points": 4, "score": 1.33}})
    cell.metadata.nbgrader.cell_type = "code"
    cell.outputs = [display(reports.cell_html(result, grade_id), ours=True)]
    return cell


def notebook(*cells: Any) -> Any:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=list(cells), metadata=kernel)


def hostile_notebook() -> Any:
    attacks = "\n\n".join(ATTACKS)
    picture = new_output("display_data", data={"image/png": "iVBORw0KGgo="}, metadata={"width": "1 onload=alert(1)"})
    cell = new_code_cell("1", metadata={"tags": ['"><script>alert(1)</script>']})
    cell.outputs = [display(attacks), picture, new_output("display_data", data={"text/markdown": attacks})]
    return notebook(new_markdown_cell(attacks), cell, judged_cell(ATTACK, "kl_check"))


def page(exporter: Any, nb: Any) -> BeautifulSoup:
    about = {"notebook": "vae", "score": 1.33, "max_score": 4, "late_penalty": 0}
    markup, _ = exporter.from_notebook_node(nb, resources={"nbgrader": about, "index": 0, "total": 1})
    return BeautifulSoup(markup, "html.parser")


def nbgraders_exporter(template: str, filters: dict[str, str] = FILTERS) -> HTMLExporter:
    own = Config()
    own.HTMLExporter.sanitize_html = True
    own.HTMLExporter.filters = filters
    own.HTMLExporter.template_name = template
    own.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    own.HTMLExporter.extra_template_paths = [str(BOOTSTRAP)]
    return HTMLExporter(config=own)


def harm(soup: BeautifulSoup) -> list[str]:
    """The tags of a page that could run, load, send or cover something."""
    return [str(tag)[:200] for tag in soup.find_all(True) if is_harmful(tag)]


def is_harmful(tag: Any) -> bool:
    if any(name.startswith("on") or name in ("srcdoc", "action") for name in tag.attrs):
        return True
    match tag.name:
        case "iframe" | "form" | "input" | "svg" | "math" | "object" | "embed" | "base":
            return True
        case "img":
            return not tag.get("src", "data:image/").startswith("data:image/")
        case "a":
            return tag.get("href", "").strip().lower().startswith(("javascript", "data"))
        case "script" | "style":
            return "alert(" in tag.text or tag.text == "body { display: none }"
    return "position" in tag.get("style", "")


@pytest.mark.parametrize("attack", ATTACKS)
def test_our_sanitiser_leaves_nothing_that_runs_loads_or_sends(attack: str) -> None:
    assert harm(BeautifulSoup(clean_html(attack), "html.parser")) == []


def test_our_sanitiser_leaves_a_lessons_markup_alone() -> None:
    assert clean_html(SAFE_TAGS_OF_LESSONS) == SAFE_TAGS_OF_LESSONS


def test_pictures_inside_the_page_stay() -> None:
    picture = '<img alt="a digit" src="data:image/png;base64,iVBORw0KGgo=">'
    assert clean_html(picture) == picture


@pytest.mark.parametrize("exporter", [FeedbackExporter(), nbgraders_exporter("feedback"), nbgraders_exporter("lab")])
def test_a_hostile_notebook_becomes_a_harmless_page(exporter: Any) -> None:
    assert harm(page(exporter, hostile_notebook())) == []


def test_without_our_filters_nbgraders_page_would_run_a_students_script() -> None:
    harmful = harm(page(nbgraders_exporter("feedback", {}), hostile_notebook()))
    assert "<script>alert(1)</script>" in harmful


@pytest.mark.parametrize("sanitise", [judges_html])
def test_feedback_survives_sanitising(sanitise: Any) -> None:
    markup = reports.cell_html(JUDGED, "kl_check")
    soup = BeautifulSoup(sanitise(markup), "html.parser")
    assert "&lt;" not in sanitise(markup)
    assert [str(tag.name) for tag in soup.find_all(True)] == [
        str(tag.name) for tag in BeautifulSoup(markup, "html.parser").find_all(True)
    ]
    assert soup.find("pre", class_="judge-example").text == "z_mean = [[1. 0.]]"
    assert soup.find("li", class_="judge-check-failed") and "✗ Not yet" in soup.text


def test_a_students_words_stay_words() -> None:
    soup = BeautifulSoup(reports.cell_html(ATTACK, "kl_check"), "html.parser")
    assert "<script>alert(1)</script>" in soup.text
    assert soup.find(["script", "img", "a"]) is None


def test_the_page_has_a_score_table_our_style_and_fits_a_phone() -> None:
    soup = page(FeedbackExporter(), notebook(new_markdown_cell("## Title"), judged_cell(JUDGED, "kl_check")))
    assert soup.find("meta", attrs={"name": "viewport"})
    assert "1.33 of 4" in " ".join(soup.find("table", class_="scores").text.split())
    assert ".judge-check" in "".join(style.text for style in soup.find_all("style"))
    assert soup.find("h2") is not None


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own way to add a submission
def test_nbgrader_generates_feedback_through_our_exporter(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(database) as gradebook:
        gradebook.add_assignment("ex03_vae")
        gradebook.add_notebook("vae", "ex03_vae")
        gradebook.add_grade_cell("kl_check", "vae", "ex03_vae", max_score=4, cell_type="code")
        gradebook.add_student("ada")
        gradebook.add_submission("ex03_vae", "ada")
        gradebook.find_grade("kl_check", "vae", "ex03_vae", "ada").auto_score = 1.33
        gradebook.db.commit()
    folder = tmp_path / "autograded/ada/ex03_vae"
    folder.mkdir(parents=True)
    nbformat.write(notebook(judged_cell(JUDGED, "kl_check")), folder / "vae.ipynb")
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.db_url = database
    config.CourseDirectory.assignment_id = "ex03_vae"
    config.GenerateFeedback.exporter_class = "judge.reports.exporter.FeedbackExporter"
    config.HTMLExporter.template_name = "feedback"  # as the formgrader's button sets it
    coursedir = CourseDirectory(config=config)
    GenerateFeedback(coursedir=coursedir, config=config).start()
    markup = (tmp_path / "feedback/ada/ex03_vae/vae.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(markup, "html.parser")
    assert "1.33 of 4 points" in soup.text and "What shows it:" in soup.text
    assert soup.find("table", class_="scores") is not None
