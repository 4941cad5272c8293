"""What people do in the browser, step by step: every step waits for a condition, none for a time."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import trial
from playwright.sync_api import FrameLocator, Locator, Page, expect

EXERCISE = "ex03_vae"
SLOW = 120_000  # milliseconds; TensorFlow is imported by kernels on a machine with two busy cores
expect.set_options(timeout=60_000)
ON_A_CONTROL = "([x, y]) => !!document.elementFromPoint(x, y)?.closest('a, button, input, textarea, .btn')"
ALL_CELLS = {"windowingMode": "none"}
NOTEBOOK_SETTINGS = ".jupyter/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"


def log_in(page: Page, hub: trial.Trial, account: str, next_page: str) -> None:
    """Log in at the hub's form, on the way to another page."""
    page.goto(f"{hub.url}/hub/login?next={next_page}")
    page.locator("input[name=username]").fill(account)
    page.locator("input[name=password]").fill(hub.password)
    page.locator("#login_submit").click()


class Student:
    """A student's JupyterLab."""

    def __init__(self, page: Page, hub: trial.Trial, account: str) -> None:
        self.page, self.hub, self.account = page, hub, account
        self.folder = hub.home_of(account) / trial.COURSE_ID / EXERCISE

    def log_in(self) -> None:
        """Log in and wait for JupyterLab."""
        log_in(self.page, self.hub, self.account, "/hub/user-redirect/lab")
        self.page.wait_for_url(f"**/user/{self.account}/lab*", timeout=SLOW)
        self._wait_for_lab()

    def show_all_cells(self) -> None:
        """Set the user setting before the first login: Lab else draws only the cells in view."""
        path = Path(NOTEBOOK_SETTINGS)
        script = f"mkdir -p '{path.parent}' && echo '{json.dumps(ALL_CELLS)}' > '{path}'"
        self.hub.as_user(self.account, ["sh", "-c", script])

    def read(self, name: str) -> str:
        """One of the student's files of the exercise."""
        return (self.folder / name).read_text(encoding="utf-8")

    def write_on_disk(self, name: str, text: str) -> None:
        """Write one of the student's files without a browser."""
        (self.folder / name).write_text(text, encoding="utf-8")  # it stays the student's own

    def replace_on_disk(self, name: str, old: str, new: str) -> None:
        """Replace what stands once in one of the student's files, as an editor does."""
        text = self.read(name)
        assert text.count(old) == 1, f"{old!r} should be once in {name}, and is {text.count(old)} times"
        self.write_on_disk(name, text.replace(old, new))

    def rename_on_disk(self, name: str, new: str) -> None:
        """Rename one of the student's files; to "", which removes it."""
        (self.folder / name).rename(self.folder / new) if new else (self.folder / name).unlink()

    def open_assignment_list(self) -> None:
        """Open nbgrader's list of assignments, as the menu does."""
        self.page.goto(f"{self.hub.url}/user/{self.account}/lab?reset")
        self._wait_for_lab()
        self.page.locator('#jp-MainMenu .lm-MenuBar-itemLabel:text-is("Nbgrader")').click()
        self.page.locator('.lm-Menu-item[data-command="nbgrader:open-assignment-list"]').click()
        expect(self.page.locator("#released_assignments_list")).to_be_visible()

    def fetch(self) -> None:
        """Fetch the exercise."""
        row = self.page.locator("#released_assignments_list .list_item").filter(has_text=EXERCISE)
        row.get_by_role("button", name="Fetch", exact=True).click()
        expect(self._fetched()).to_be_visible(timeout=SLOW)

    def submit(self) -> None:
        """Hand in, and wait until the list shows it."""
        self._fetched().get_by_role("button", name="Submit").click()
        expect(self._submitted()).to_be_visible(timeout=SLOW)

    def fetch_feedback(self) -> None:
        """Fetch the feedback on what was handed in."""
        self._submitted().get_by_role("button", name="Fetch Feedback").click()
        expect(self._submitted().get_by_text("view feedback").first).to_be_visible(timeout=SLOW)

    def read_feedback(self, notebook: str) -> None:
        """Open the page with the feedback on one notebook."""
        [page] = self.folder.glob(f"feedback/*/{notebook}.html")
        path = page.relative_to(self.hub.home_of(self.account))
        self.page.goto(f"{self.hub.url}/user/{self.account}/files/{path}")

    def view_feedback(self, notebook: str) -> FrameLocator:
        """Open the same page as a click in Lab's file browser does; returns what its viewer shows."""
        [page] = self.folder.glob(f"feedback/*/{notebook}.html")
        path = page.relative_to(self.hub.home_of(self.account))
        self.page.goto(f"{self.hub.url}/user/{self.account}/lab/tree/{path}?reset")
        self._wait_for_lab()
        return self.page.frame_locator(".jp-HTMLViewer iframe")

    def open_notebook(self, name: str) -> None:
        """Open a notebook of the exercise and wait for its kernel."""
        path = f"{trial.COURSE_ID}/{EXERCISE}/{name}"
        self.page.goto(f"{self.hub.url}/user/{self.account}/lab/tree/{path}?reset")
        self._wait_for_lab()
        bar = self.page.locator("#jp-main-statusbar")
        expect(bar).to_contain_text("| Idle", timeout=SLOW)
        expect(bar).not_to_contain_text("No Kernel")

    def cell(self, text: str) -> Locator:
        """The cell whose source contains a text that no other cell contains."""
        cells = self.page.locator(".jp-Notebook .jp-Cell").filter(
            has=self.page.locator(".jp-Cell-inputWrapper").filter(has_text=text)
        )
        expect(cells).to_have_count(1, timeout=SLOW)
        return cells

    def run(self, cell: Locator) -> None:
        """Run a cell and wait until it is done."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=SLOW)

    def run_with_check(self, cell: Locator) -> Locator:
        """Run a cell and the folded check below it; returns the check."""
        check = cell.locator("xpath=following-sibling::*[contains(@class, 'jp-CodeCell')][1]")
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.page.keyboard.press("Control+Enter")
        expect(check.locator(".jp-OutputPrompt, .jp-OutputArea-prompt").first).to_be_attached(timeout=SLOW)
        return check

    def run_all(self) -> None:
        """Run, Run All Cells; wait until the last cell is done."""
        self.page.locator('#jp-MainMenu .lm-MenuBar-itemLabel:text-is("Run")').click()
        self.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        bar = self.page.locator("#jp-main-statusbar")
        expect(bar).to_contain_text("| Busy", timeout=SLOW)
        expect(bar).to_contain_text("| Idle", timeout=SLOW)

    def submissions(self) -> Locator:
        """The rows with what was handed in, oldest first."""
        return self.page.locator("#submitted_assignments_list .nested_list_item")

    def write(self, cell: Locator, source: str) -> None:
        """Replace what stands in a cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def write_prose(self, cell: Locator, text: str) -> None:
        """Replace what stands in a text cell."""
        cell.locator(".jp-MarkdownOutput").dblclick()
        self.write(cell, text)
        self.page.keyboard.press("Shift+Enter")

    def save(self) -> None:
        """Save and wait until Lab says that all is saved."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-current.jp-mod-dirty")).to_have_count(0, timeout=SLOW)

    def validate(self) -> str:
        """Click Validate; returns what nbgrader answers."""
        self.page.locator(".validate-button").click()
        dialog = self.page.locator(".jp-Dialog").filter(has_text=re.compile("Validation|Success"))
        expect(dialog).to_be_visible(timeout=SLOW)
        answer = dialog.inner_text()
        dialog.locator(".jp-mod-accept").click()
        expect(dialog).to_have_count(0)
        return answer

    def reload_from_disk(self) -> None:
        """File, Reload Notebook from Disk."""
        self.page.locator('#jp-MainMenu .lm-MenuBar-itemLabel:text-is("File")').click()
        self.page.locator('.lm-Menu-item[data-command="docmanager:reload"]').click()

    def _fetched(self) -> Locator:
        return self.page.locator("#fetched_assignments_list .list_item").filter(has_text=EXERCISE).first

    def _submitted(self) -> Locator:
        return self.page.locator("#submitted_assignments_list .list_item").filter(has_text=EXERCISE).first

    def _wait_for_lab(self) -> None:
        self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=SLOW)


class Formgrader:
    """The instructor's formgrader."""

    def __init__(self, page: Page, hub: trial.Trial) -> None:
        self.page, self.hub = page, hub
        self.url = f"{hub.url}/services/{trial.COURSE_ID}/formgrader"

    def log_in(self) -> None:
        """Log in as the instructor, who lands in the formgrader."""
        log_in(self.page, self.hub, trial.PROF, "")
        self.page.wait_for_url("**/formgrader/**", timeout=SLOW)

    def open_class_page(self) -> None:
        """Open the exercise's class page by the formgrader's menu."""
        self.page.goto(f"{self.url}/manage_assignments")
        self.page.get_by_role("link", name="Class Page").click()
        self.page.get_by_role("link", name=EXERCISE, exact=True).click()
        self.page.wait_for_url("**/report/*.html", timeout=SLOW)

    def do(self, what: str) -> str:
        """Click one of the assignment's actions, e.g. "collect"; returns the message that follows."""
        self.page.goto(f"{self.url}/manage_assignments")
        return self._click(self._row(EXERCISE).locator(f"td.{what} a"))

    def autograde(self, student: str) -> str:
        """Autograde one student's submission with the button in its row."""
        self.page.goto(f"{self.url}/manage_submissions/{EXERCISE}")
        return self._click(self._row(student).locator("td.autograde a"))

    def score(self, student: str) -> str:
        """The score in the list of submissions, e.g. "4 / 63"."""
        self.page.goto(f"{self.url}/manage_submissions/{EXERCISE}")
        return self._row(student).locator("td.score").inner_text()

    def open_submission(self, student: str, notebook: str) -> None:
        """Open one graded notebook of a student; what is typed before scores and comments are there is lost."""
        self.page.goto(f"{self.url}/manage_students/{student}/{EXERCISE}")
        self._row(notebook).locator("td.name a").click()
        for field in (".extra-credit", ".comment"):  # their placeholders come with what the server knows
            expect(self.page.locator(f"{field}[placeholder]").first).to_be_attached(timeout=SLOW)

    def grade_by_hand(self, grade_id: str, points: str, comment: str) -> None:
        """Give points and a comment in the open submission, and wait until both are stored."""
        for field, text in ((f"#{grade_id}", points), (f"#{grade_id}-comment", comment)):
            with self.page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
                self.page.locator(field).fill(text)
                self.page.keyboard.press("Tab")

    def grades(self) -> list[tuple[object, ...]]:
        """All scores in the gradebook."""
        gradebook = (self.hub.course / "gradebook.db").as_uri()
        with closing(sqlite3.connect(f"{gradebook}?mode=ro", uri=True)) as database:
            return database.execute("select id, auto_score, manual_score, extra_credit from grade").fetchall()

    def click_all_over(self) -> int:
        """Click wherever no control of the formgrader's own is, screen by screen; returns how many clicks."""
        size = self.page.viewport_size or {"width": 1400, "height": 1000}
        height, clicks = int(self.page.evaluate("document.documentElement.scrollHeight")), 0
        for top in range(0, height, size["height"]):
            self.page.evaluate("top => window.scrollTo(0, top)", top)
            for x in range(100, size["width"], 300):
                for y in range(100, size["height"], 300):
                    if not self.page.evaluate(ON_A_CONTROL, [x, y]):
                        self.page.mouse.click(x, y)
                        clicks += 1
        self.page.wait_for_load_state("networkidle")
        return clicks

    def _row(self, text: str) -> Locator:
        row = self.page.locator("#main-table tr").filter(has=self.page.get_by_text(text, exact=True))
        expect(row).to_have_count(1, timeout=SLOW)
        return row

    def _click(self, action: Locator) -> str:
        action.click()
        modal = self.page.locator("#success-modal, #error-modal")
        expect(modal).to_be_visible(timeout=SLOW)
        message = modal.inner_text()
        assert modal.get_attribute("id") == "success-modal", message
        modal.locator("[data-dismiss=modal]").first.click()
        expect(modal).to_have_count(0)
        return message


def keep(page: Page, folder: Path, name: str) -> None:
    """Keep a picture of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")
