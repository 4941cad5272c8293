"""JUnit, Markdown, the terminal's tables, and the feedback under a cell."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from result_samples import ATTACK, BROKEN, FAULT, JUDGED, SECRET, result_of, verdict
from rich.console import Console

from judge import reports
from judge.grade.result import FAULT_FOR_STUDENTS, Result
from judge.suite.engine import Status


def printed(renderable: object, width: int = 200) -> str:
    console = Console(width=width, no_color=True, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    with console.file:
        console.print(renderable)
    return console.export_text()


def test_the_score_table_has_one_line_per_student() -> None:
    text = printed(reports.score_table([JUDGED, FAULT]))
    judged = next(line for line in text.splitlines() if "1.33 / 9" in line)
    assert judged.split() == ["ada", "vae", "1.33", "/", "9", "1", "1", "1", "kl-mean", "2.5"]
    assert "⚠ our fault" in text


def test_details_tell_the_instructor_everything() -> None:
    text = printed(reports.details(JUDGED))
    for part in ("1.33 of 9", "✗ Not yet", "z_mean = [[1. 0.]]", "kl-mean", "restored", "files, network"):
        assert part in text
    assert SECRET in printed(reports.details(FAULT))
    assert SECRET in printed(reports.details(BROKEN))


def test_tables_show_a_students_text_and_do_not_obey_it() -> None:
    for text in (printed(reports.score_table([ATTACK])), printed(reports.details(ATTACK))):
        assert "[red]" in text
        assert "\x1b" not in text


def test_junit_has_one_case_per_check_and_counts_them() -> None:
    root = ElementTree.fromstring(reports.junit_xml([JUDGED, FAULT]).encode())
    assert {name: root.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "5", "failures": "1", "skipped": "1", "errors": "1",
    }  # fmt: skip
    failure = root.find(".//failure")
    assert failure is not None and failure.get("type") == "kl-mean"
    assert "z_mean = [[1. 0.]]" in (failure.text or "")
    suite = root.find("testsuite")
    assert suite is not None and suite.get("failures") == "1"


def test_junit_reports_a_broken_suite_as_an_error() -> None:
    root = ElementTree.fromstring(reports.junit_xml([BROKEN]).encode())
    assert root.get("errors") == "1"


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=80))
def test_junit_parses_whatever_a_student_sends(text: str) -> None:
    result = result_of([verdict("t", status=Status.FAILED, message=text, example=text)], {"kl_check": 1}, student=text)
    ElementTree.fromstring(reports.junit_xml([result]).encode())


def test_markdown_names_points_checks_and_reasons() -> None:
    text = reports.markdown_summary([JUDGED])
    assert text.startswith("## ex03\\_vae, vae (ada): 1.33 of 9 points\n")
    assert "| ✗&nbsp;Not&nbsp;yet | The KL is right. | 0 / 2.67 |" in text
    assert "**A likely reason:** Equation (4) sums over dimensions." in text


def test_markdown_holds_no_live_markup_of_a_student() -> None:
    page = BeautifulSoup(markdown2html_mistune(reports.markdown_summary([ATTACK])), "html.parser")
    assert page.find(["script", "img"]) is None
    assert all(link["href"].startswith("#") for link in page.find_all("a"))
    page.find("pre").decompose()  # in code, nobody is mentioned
    assert "@all" not in page.text
    assert len(page.find("table").find_all("td")) == 3


@pytest.mark.parametrize("result", [FAULT, BROKEN])
def test_no_report_that_students_may_see_holds_our_traceback(result: Result) -> None:
    for text in (
        reports.cell_html(result, "kl_check"), reports.cell_text(result, "kl_check"),
        reports.junit_xml([result]), reports.markdown_summary([result]),
    ):  # fmt: skip
        assert SECRET not in text
        assert FAULT_FOR_STUDENTS in text
        assert "0 of" not in text


def test_feedback_says_why_shows_the_input_hints_and_where_to_read() -> None:
    assert reports.cell_text(JUDGED, "kl_check").splitlines() == [
        "1.33 of 4 points: 1 of 2 checks passed.",
        "✓ Passed (+1.33): The KL has one number per example.",
        "✗ Not yet (0 of 2.67): The KL is right.",
        "    The KL has the wrong value.",
        "    What shows it:",
        "        z_mean = [[1. 0.]]",
        "    A likely reason: Equation (4) sums over dimensions.",
        "    Read again: equation (4)",
    ]


def test_feedback_of_a_waiting_check_says_what_to_make_pass_first() -> None:
    assert reports.cell_text(JUDGED, "step_check").splitlines() == [
        "0 of 5 points: the check has not passed yet.",
        "○ Waiting (0 of 5): test_step holds.",
        "    First make this pass: The KL is right.",
    ]


def test_feedback_praises_a_cell_that_is_right() -> None:
    result = result_of([verdict("a"), verdict("b")], {"kl_check": 4})
    assert reports.cell_text(result, "kl_check").startswith("4 of 4 points: both checks passed. Well done!")


def test_feedback_shows_no_other_cells_checks() -> None:
    assert "The KL is right." not in reports.cell_text(JUDGED, "step_check").splitlines()[1]
    with pytest.raises(KeyError):
        reports.cell_html(JUDGED, "unknown_check")
