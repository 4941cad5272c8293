"""The pages under axe-core, in light and dark: nothing serious or critical."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbformat.v4 import new_output
from playwright.sync_api import Browser, sync_playwright
from test_class_report import NUMBERS
from test_first import ABOUT, RESULT, lesson

from judge import reports
from judge.reports.class_page import class_page
from judge.reports.exporter import FeedbackExporter

pytestmark = pytest.mark.browser


def feedback() -> str:
    """A page with a failed, a waiting and a passed check below coloured code."""
    notebook = lesson()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.source = "import numpy  # why\n\n\ndef f(x: int = 1) -> str:\n    return f'{x!r}' + str(None)"
            markup = reports.cell_html(RESULT, cell.metadata["nbgrader"]["grade_id"])
            marked = {"judge": {"version": 1}}
            cell.outputs = [
                new_output("display_data", data={"text/html": markup}, metadata=marked),
                new_output("stream", name="stderr", text="a warning"),
            ]
    return str(FeedbackExporter().from_notebook_node(notebook, resources={"nbgrader": ABOUT})[0])


PAGES = {
    "feedback": feedback(),
    "class": class_page(NUMBERS, []),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_or_critical(browser: Browser, name: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.set_content(PAGES[name])
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    page.close()
    bad = [(one["id"], [(node["target"], node["failureSummary"]) for node in one["nodes"]][:3]) for one in found
           if one["impact"] in ("serious", "critical")]  # fmt: skip
    assert bad == []
