"""What tells holes, checks and pictures apart in an editor."""

import jupytext
import nbformat
import pytest

from judge.course.build import build
from judge.course.lesson import read_lesson
from judge.nbgrader.release import module_bytes

PICTURE = '\n# %% tags=["active-ipynb"] grade_id="kl_picture"\n# kl(np.ones((2, 3)), np.ones((2, 3)))\n'
MARK = '\n# %% [markdown] role="manual"'


@pytest.fixture
def cells(course, edit):
    """The cells of the tiny lesson, with a picture and two sections, by id or text."""
    edit(MARK, PICTURE + "\n# %% [markdown]\n# ```text\n# ## no heading\n# ```\n# ## Why?\n" + MARK)
    edit("# # A tiny lesson", "# # A tiny lesson\n#\n# ## 1. The divergence")
    edit('grade_id="kl"\n', 'grade_id="kl" minutes=15\n')
    build(course)
    notebook = nbformat.read(course / "source/ex_tiny/tiny.ipynb", as_version=4)
    return {cell.get("id") if "nbgrader" in cell.metadata else cell.source: cell for cell in notebook.cells}


def test_headings_say_what_their_section_is_worth(cells):
    texts = [text for text in cells if "##" in text]
    assert texts[0].endswith("## 1. The divergence (4 points, about 15 minutes)")
    assert texts[1] == "```text\n## no heading\n```\n## Why? (2.5 points)"


def test_checks_and_pictures_are_folded_and_begin_with_what_they_are(cells):
    picture = next(text for text in cells if text.startswith("# Picture"))
    for cell in (cells["kl_check"], cells[picture]):
        assert cell.metadata.jupyter.source_hidden
        assert cell.metadata.cellView == "form"
        assert cell.metadata.tags == ["active-ipynb", "raises-exception"]
    assert cells["kl_check"].source.startswith("# Check (4 points)")


def test_holes_and_given_code_stay_open(cells):
    for name in ("imports", "kl"):
        assert not {"jupyter", "tags", "cellView"} & set(cells[name].metadata)


def test_the_look_stays_out_of_the_module_and_survives_a_change_of_it(course, cells):
    notebook = nbformat.read(course / "source/ex_tiny/tiny.ipynb", as_version=4)
    module = module_bytes(notebook).decode()
    assert "source_hidden" not in module.split("# ---", 2)[2]
    changed = jupytext.reads(module.replace("0.5 *", "0.25 *"), fmt="py:percent")
    merged = jupytext.combine.combine_inputs_with_outputs(changed, notebook, {"extension": ".py"})
    [check] = [c for c in merged.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "kl_check"]
    assert check.metadata.jupyter.source_hidden


def test_a_cell_that_begins_with_a_magic_keeps_its_first_line(course, edit):
    edit(MARK, PICTURE.replace("# kl(", "# %%time\n# kl(") + MARK)
    build(course)
    notebook = nbformat.read(course / "source/ex_tiny/tiny.ipynb", as_version=4)
    assert any(cell.source.startswith("%%time") for cell in notebook.cells)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('grade_id="kl"\n', 'grade_id="kl" minutes="ten"\n', "minutes are a whole number"),
        ("points=4", "points=4 minutes=3", "minutes are a whole number"),
        ("points=4", 'points=4 folded="no"', "folded is true or false"),
    ],
)
def test_senseless_headers_are_refused(course, edit, old, new, message):
    edit(old, new)
    with pytest.raises(ValueError, match=message):
        read_lesson(course / "solutions/ex_tiny/tiny.py")
