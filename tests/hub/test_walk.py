"""A walk through a real hub in a real browser: release, solve, hand in, grade, feedback.

The tests are the steps of one walk, in order; when one fails, the rest is skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pages
import pytest
import trial
from pages import EXERCISE, Formgrader, Student
from playwright.sync_api import Browser, Locator, Page, expect

from judge.suite import zoo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EXCHANGE = "shared"
ROOT = Path(__file__).resolve().parents[2]
KL = zoo.solved_answers(ROOT, EXERCISE, "vae")["kl"]
LAST_LINE = "    return -0.5 * ops.sum"
HALF_MISSING = KL.replace("-0.5 * ops.sum", "-ops.sum")
RED = '[data-mime-type="application/vnd.jupyter.stderr"], [data-mime-type="application/vnd.jupyter.error"]'
LATER = "# and in the notebook later"
REMARK = "# added in another editor"
OBSERVATION = "After epoch 1 the reconstructions are **blurred prototypes**."
SAID = "The KL has the value of equation (4)."  # by the suite, of a check of this hole
OVERLAY = (
    '<div class="nbgrader_cell"><span id="obs_fakes"></span><div class="full-credit modal-backdrop fade"></div></div>'
)
COMMENT = "Which digits are taken for others?"


def show(text: Locator) -> None:
    """Wait for a text that is there once, and bring it into view."""
    expect(text).to_have_count(1)
    text.evaluate("element => element.scrollIntoView({block: 'center'})")


@dataclass
class Walk:
    """The people in the walk, each with a browser window of their own."""

    hub: trial.Trial
    ada: Student
    bea: Student
    formgrader: Formgrader
    broken: str = ""
    windows: dict[str, Page] = field(default_factory=dict)

    def keep(self, who: str, name: str) -> None:
        """Keep a picture of somebody's window."""
        pages.keep(self.windows[who], self.hub.home / "screenshots", name)


@pytest.fixture(scope="module")
def walk(hub: trial.Trial, browser: Browser) -> Iterator[Walk]:
    windows = {who: browser.new_page(viewport={"width": 1400, "height": 1000}) for who in ("ada", "bea", "prof")}
    for window in windows.values():
        window.set_default_timeout(60_000)
    ada, bea = Student(windows["ada"], hub, trial.ADA), Student(windows["bea"], hub, trial.BEA)
    ada.show_all_cells()
    yield Walk(hub, ada, bea, Formgrader(windows["prof"], hub), windows=windows)
    for window in windows.values():
        window.context.close()


@pytest.fixture(autouse=True)
def in_order(request: pytest.FixtureRequest, walk: Walk) -> Iterator[None]:
    """Skip what follows a failed step, and keep pictures of how it failed."""
    if walk.broken:
        pytest.skip(f"the walk ended at {walk.broken}")
    failed_before = request.session.testsfailed
    yield
    if request.session.testsfailed > failed_before:
        walk.broken = request.node.name
        for who in walk.windows:
            walk.keep(who, f"failed_{request.node.name}_{who}")


def test_the_instructor_lands_in_the_formgrader_and_releases(walk: Walk) -> None:
    walk.formgrader.log_in()
    assert "Successfully created the student version" in walk.formgrader.do("assign")
    assert "Successfully released" in walk.formgrader.do("release")


def test_the_root_address_is_the_formgrader_with_the_class_page_in_its_menu(walk: Walk) -> None:
    page = walk.formgrader.page
    page.goto(walk.hub.url)
    page.wait_for_url("**/formgrader/**", timeout=pages.SLOW)
    expect(page.get_by_role("link", name="Class Page")).to_be_visible()
    page.get_by_role("link", name="Manual Grading", exact=True).first.click()
    page.get_by_role("link", name="Class Page").click()
    expect(page.locator("body")).to_contain_text("Nothing has been graded yet.")


def test_a_student_fetches_fills_a_hole_and_runs_it(walk: Walk) -> None:
    ada = walk.ada
    ada.log_in()
    ada.open_assignment_list()
    ada.fetch()
    ada.open_notebook("vae.ipynb")
    for given in ("from vaegan.bases import BaseVAE", "def ellipse("):
        ada.run(ada.cell(given))
    expect(ada.page.locator(RED)).to_have_count(0)
    hole = ada.cell("def kl_to_standard_normal(")
    expect(hole).to_contain_text("raise ToImplement(")
    ada.write(hole, KL)
    check = ada.run_with_check(hole)
    expect(check.locator(".jp-OutputArea")).to_contain_text("KL: closed form looks right.")
    walk.keep("ada", "1_notebook")


def test_saving_the_notebook_writes_the_module(walk: Walk) -> None:
    assert LAST_LINE not in walk.ada.read("vae.py")
    walk.ada.save()
    assert KL in walk.ada.read("vae.py")


def test_an_edit_of_the_module_on_disk_arrives_in_the_notebook(walk: Walk) -> None:
    walk.ada.replace_on_disk("vae.py", LAST_LINE, f"    {REMARK}\n{LAST_LINE}")
    walk.ada.reload_from_disk()
    expect(walk.ada.cell("def kl_to_standard_normal(")).to_contain_text(REMARK)


def test_validate_names_a_hole_that_is_left_and_not_the_one_that_is_filled(walk: Walk) -> None:
    answer = walk.ada.validate()
    walk.keep("ada", "2_validated")
    assert "1 of 10 checks pass." in answer
    assert "○ 3. The encoder: $q(z|x)$ (2 points): still to write: Encoder.__init__: make the layers" in answer
    assert "✓ 8. The KL divergence, in closed form (4 points)" in answer
    assert len(answer) < 3000


def test_run_all_goes_on_behind_open_holes(walk: Walk) -> None:
    walk.ada.open_notebook("vae.ipynb")
    walk.ada.run_all()
    outputs = walk.ada.page.locator(".jp-OutputArea")
    expect(outputs.filter(has_text="Still to write. Encoder.__init__").first).to_be_attached()
    expect(outputs.filter(has_text="KL: closed form looks right.")).to_have_count(1)
    walk.keep("ada", "2b_run_all")


def test_a_notebook_newer_than_its_module_opens(walk: Walk) -> None:
    ada = walk.ada
    ada.replace_on_disk("vae.ipynb", REMARK, LATER)
    os.utime(ada.folder / "vae.py", (0, 0))
    ada.open_notebook("vae.ipynb")
    expect(ada.cell("def kl_to_standard_normal(")).to_contain_text(LATER)
    assert LATER in ada.read("vae.py")


def test_a_student_writes_an_observation_and_hands_in(walk: Walk) -> None:
    ada = walk.ada
    ada.open_notebook("train_vae_mnist.ipynb")
    ada.write_prose(
        ada.page.locator(".jp-MarkdownCell").filter(has_text=re.compile("YOUR ANSWER HERE")).first,
        f"{OBSERVATION}\n\n{OVERLAY}",
    )
    ada.save()
    ada.open_assignment_list()
    ada.submit()
    walk.keep("ada", "3_submitted")
    expect(ada.submissions().last).to_contain_text("this one counts: the last")
    assert LATER in ada.read("vae.ipynb"), "handing in brings both files of a pair together"


def test_a_completely_right_notebook_is_validated_with_success(walk: Walk) -> None:
    bea = walk.bea
    bea.log_in()
    bea.open_assignment_list()
    bea.fetch()
    released = bea.read("vae.ipynb")
    right = zoo.submission(nbformat.reads(released, as_version=4), zoo.solved_answers(ROOT, EXERCISE, "vae"))
    bea.write_on_disk("vae.ipynb", nbformat.writes(right))
    bea.open_notebook("vae.ipynb")
    answer = bea.validate()
    walk.keep("bea", "3b_right")
    assert "Success! Your notebook passes all the tests." in answer


def test_a_renamed_notebook_is_told_when_it_is_handed_in(walk: Walk) -> None:
    bea = walk.bea
    bea.page.goto("about:blank")
    for name in ("vae.ipynb", "vae.py"):
        bea.rename_on_disk(name, f"{name[:3]} (1){name[3:]}" if name.endswith("ipynb") else "")
    shutil.copy(ROOT / "release" / EXERCISE / "vae.ipynb", bea.folder)
    shutil.copy(ROOT / "release" / EXERCISE / "vae.py", bea.folder)
    for name in ("vae.ipynb", "vae.py"):
        shutil.chown(bea.folder / name, trial.BEA, trial.BEA)
    bea.open_assignment_list()
    bea.submit()
    expect(bea.submissions().last).to_contain_text(
        "vae.ipynb holds no work, but vae (1).ipynb carries its cells and is graded in its place."
    )
    walk.keep("bea", "3c_renamed")
    bea.rename_on_disk("vae (1).ipynb", "")


def test_a_student_who_edits_the_module_only_hands_in(walk: Walk) -> None:
    """The notebook beside it holds an older, wrong answer."""
    bea = walk.bea
    notebook = nbformat.reads(bea.read("vae.ipynb"), as_version=4)
    [hole] = [cell for cell in notebook.cells if "def kl_to_standard_normal(" in cell.source]
    stub, hole.source = hole.source, HALF_MISSING
    bea.write_on_disk("vae.ipynb", nbformat.writes(notebook))
    bea.replace_on_disk("vae.py", stub, KL)
    bea.open_assignment_list()
    bea.submit()
    expect(bea.submissions()).to_have_count(2, timeout=pages.SLOW)
    expect(bea.submissions().first).to_contain_text("replaced by a later one")


def test_the_judge_grades_both_the_same_behind_walls_and_without_root(walk: Walk) -> None:
    assert "Successfully collected" in walk.formgrader.do("collect")
    for student in (trial.ADA, trial.BEA):
        assert "Successfully autograded" in walk.formgrader.autograde(student)
    ada, bea = (walk.formgrader.score(student) for student in (trial.ADA, trial.BEA))
    walk.keep("prof", "4_scores")
    assert ada == bea
    assert ada.startswith("4 / ")
    folder = walk.hub.course / "autograded" / trial.BEA / EXERCISE
    assert folder.owner() == trial.GRADER
    result = json.loads((folder / "vae.result.json").read_text())
    assert {"processes", "files", "network", "privileges"} <= set(result["walls"])


def test_the_instructor_sees_judged_scores_and_grades_an_observation_by_hand(walk: Walk) -> None:
    formgrader = walk.formgrader
    formgrader.open_submission(trial.ADA, "vae")
    check = formgrader.page.locator("#kl_check")
    expect(check).to_have_attribute("placeholder", "4")
    show(formgrader.page.get_by_text(SAID))
    walk.keep("prof", "5_judged")
    formgrader.open_submission(trial.ADA, "train_vae_mnist")
    expect(formgrader.page.get_by_text("blurred prototypes")).to_be_visible()
    formgrader.grade_by_hand("obs_reconstructions", "1.5", COMMENT)
    walk.keep("prof", "6_by_hand")
    assert formgrader.score(trial.ADA).startswith("5.5 / ")


def test_clicks_all_over_a_page_that_a_student_covered_change_no_grade(walk: Walk) -> None:
    """The student's invisible layer names itself like the formgrader's own button for full credit."""
    formgrader = walk.formgrader
    for student, notebook in ((trial.ADA, "train_vae_mnist"), (trial.ADA, "vae")):
        formgrader.open_submission(student, notebook)
        before = formgrader.grades()
        assert formgrader.click_all_over() > 20
        assert formgrader.grades() == before
    [submitted] = (walk.hub.course / "submitted" / trial.ADA / EXERCISE).glob("train_vae_mnist.ipynb")
    assert "full-credit modal-backdrop" in submitted.read_text(encoding="utf-8")


def test_the_class_page_opens_from_the_menu(walk: Walk) -> None:
    walk.formgrader.open_class_page()
    body = walk.formgrader.page.locator("body")
    for student in (trial.ADA, trial.BEA):
        expect(body).to_contain_text(student)
    walk.keep("prof", "6b_class_page")
    answer = walk.ada.page.request.get(f"{walk.hub.url}/services/{trial.COURSE_ID}/class/{EXERCISE}")
    assert answer.status == 403


def test_a_name_on_the_class_page_opens_that_students_judged_notebook(walk: Walk) -> None:
    page = walk.formgrader.page
    page.get_by_role("link", name=trial.ADA, exact=True).first.click()
    page.wait_for_url("**/formgrader/submissions/**", timeout=pages.SLOW)
    expect(page.locator("body")).to_contain_text(trial.ADA)
    expect(page.locator("#kl_check")).to_have_attribute("placeholder", "4", timeout=pages.SLOW)
    show(page.get_by_text(SAID))
    walk.keep("prof", "6c_from_the_class_page")


def test_the_instructor_releases_feedback(walk: Walk) -> None:
    assert "Successfully generated feedback" in walk.formgrader.do("generate-feedback")
    assert "Successfully released feedback" in walk.formgrader.do("release-feedback")


def test_the_student_reads_the_feedback(walk: Walk) -> None:
    ada = walk.ada
    ada.open_assignment_list()
    ada.fetch_feedback()
    walk.keep("ada", "7_feedback_is_there")
    ada.read_feedback("train_vae_mnist")
    expect(ada.page.locator("body")).to_contain_text(COMMENT)
    ada.read_feedback("vae")
    link = ada.page.locator("a[href^='#']").first
    link.click()
    expect(ada.page.locator(str(link.get_attribute("href")))).to_be_in_viewport()
    show(ada.page.get_by_text(SAID))
    walk.keep("ada", "8_feedback")


def test_feedback_opens_in_jupyterlabs_own_viewer_which_says_where_its_links_work(walk: Walk) -> None:
    """The hub forbids frames of its pages, and Lab's viewer leads every link through one."""
    feedback = walk.ada.view_feedback("vae")
    expect(feedback.get_by_text(SAID)).to_be_attached(timeout=pages.SLOW)
    expect(feedback.get_by_role("heading", name="Fix this first")).to_be_in_viewport()
    expect(feedback.get_by_text("Open in New Browser Tab")).to_be_in_viewport()
    walk.keep("ada", "9_feedback_in_lab")


def test_students_reach_neither_the_formgrader_nor_each_other(walk: Walk) -> None:
    answers = [
        walk.ada.page.goto(f"{walk.hub.url}{path}")
        for path in (
            f"/services/{trial.COURSE_ID}/formgrader",
            f"/user/{trial.ADA}/formgrader",
            f"/user/{trial.BEA}/lab",
        )
    ]
    assert [answer.status for answer in answers if answer] == [403, 404, 403]
