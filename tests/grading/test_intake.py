"""Whatever is handed in becomes a sound notebook with the released structure."""

import copy
import json
import os

import jupytext
import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from judge.machine.sizes import OUTPUT_TEXT
from judge.sandbox.outputs import clean_outputs
from judge.submission.intake import complete, take_in

STUB = 'raise ToImplement("write it")'


def nbgrader(grade_id: str, *, grade=False, solution=False, points=None):
    about = {
        "grade_id": grade_id,
        "grade": grade,
        "solution": solution,
        "locked": not solution,
        "schema_version": 3,
    }
    return {"nbgrader": about | ({"points": points} if points else {})}


def released():
    cells = [
        new_markdown_cell("# Lesson"),
        new_code_cell(f"def f(x):\n    {STUB}", metadata=nbgrader("f", solution=True)),
        new_code_cell("assert f(1) == 2", metadata=nbgrader("f_check", grade=True, points=3)),
        new_code_cell("train()", metadata={"tags": ["long"]}),
        new_markdown_cell("YOUR ANSWER HERE", metadata=nbgrader("why", grade=True, solution=True, points=2)),
    ]
    for position, cell in enumerate(cells):
        cell.id = f"released-{position}"
    return new_notebook(cells=cells)


@pytest.fixture
def folder(tmp_path):
    nbformat.write(released(), tmp_path / "release.ipynb")
    return tmp_path


def hand_in(folder, notebook, **options):
    nbformat.write(notebook, folder / "vae.ipynb")
    return take_in(folder / "vae.ipynb", folder / "release.ipynb", **options)


def ids(intake):
    return [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in intake.notebook.cells]


def test_answers_are_kept_and_course_cells_restored(folder):
    work = released()
    work.cells[1].source = "def f(x):\n    return 2 * x"
    work.cells[2].source = "pass  # tampered"
    work.cells[2].metadata.nbgrader.points = 300
    work.cells[4].source = "Because."
    taken = hand_in(folder, work)
    assert taken.notebook.cells[1].source.endswith("return 2 * x")
    assert taken.notebook.cells[2].source == "assert f(1) == 2"
    assert taken.notebook.cells[2].metadata.nbgrader.points == 3
    assert taken.notebook.cells[4].source == "Because."
    assert taken.notes == []
    assert taken.graded == "vae.ipynb"


def test_a_deleted_cell_comes_back_in_its_place(folder):
    work = released()
    del work.cells[2], work.cells[1]
    taken = hand_in(folder, work)
    assert ids(taken)[:2] == ["f", "f_check"] or ids(taken)[1:3] == ["f", "f_check"]
    assert taken.notes == ["The cells `f`, `f_check` are missing; they are graded as they were handed out."]


def test_of_doubled_cells_the_last_is_graded(folder):
    work = released()
    first = copy.deepcopy(work.cells[1])
    work.cells[1].source = "def f(x):\n    return 2 * x"
    work.cells.insert(1, first)
    work.cells[1].id = "doubled"
    taken = hand_in(folder, work)
    assert ids(taken).count("f") == 1
    assert "more than once" in taken.notes[0]
    assert "return 2" in next(c.source for c, i in zip(taken.notebook.cells, ids(taken), strict=True) if i == "f")


def test_own_cells_stay_where_they_are_without_their_metadata(folder):
    work = released()
    work.cells.insert(1, new_code_cell("helper = 1", metadata={"tags": ["long", "skip-execution"], "x": 1}))
    taken = hand_in(folder, work)
    assert taken.notebook.cells[1].source == "helper = 1"
    assert taken.notebook.cells[1].metadata == {}


def test_only_outputs_of_long_cells_are_kept_unless_nothing_is_run_again(folder):
    work = released()
    shown = new_output("stream", text="seen")
    work.cells[1].outputs = [shown]
    work.cells[3].outputs = [shown]
    assert [len(c.outputs) for c in hand_in(folder, work).notebook.cells[1:4]] == [0, 0, 1]
    assert [len(c.outputs) for c in hand_in(folder, work, keep_all_outputs=True).notebook.cells[1:4]] == [
        1,
        0,
        1,
    ]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"cells": 3}', b'{"nbformat": 99, "cells": []}', b"[" * 99999],
)
def test_what_is_no_notebook_is_graded_as_untouched_and_says_so(folder, content):
    (folder / "vae.ipynb").write_bytes(content)
    taken = take_in(folder / "vae.ipynb", folder / "release.ipynb")
    assert ids(taken).count("f") == 1
    assert STUB in taken.notebook.cells[ids(taken).index("f")].source
    nbformat.validate(taken.notebook)


def test_an_old_notebook_format_is_read(folder):
    old = nbformat.convert(released(), 3)
    (folder / "vae.ipynb").write_text(nbformat.writes(old, version=3))
    assert "f" in ids(take_in(folder / "vae.ipynb", folder / "release.ipynb"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
wild_cells = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "odd"]) | json_values,
        "source": st.text() | json_values,
        "outputs": st.lists(json_values) | json_values,
        "id": json_values,
        "metadata": json_values
        | st.fixed_dictionaries(
            {
                "nbgrader": st.fixed_dictionaries(
                    {"grade_id": st.sampled_from(["f", "f_check", "why", "x"]) | json_values}
                )
            }
        ),
    },
)


@settings(max_examples=300, deadline=None)
@given(cells=st.lists(wild_cells, max_size=6), extra=st.dictionaries(st.text(), json_values, max_size=2))
def test_any_json_gives_a_valid_notebook_with_every_released_cell_once(tmp_path_factory, cells, extra):
    folder = tmp_path_factory.getbasetemp() / "wild"
    folder.mkdir(exist_ok=True)
    nbformat.write(released(), folder / "release.ipynb")
    wild = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}} | extra | {"cells": cells}
    (folder / "vae.ipynb").write_text(json.dumps(wild))
    taken = take_in(folder / "vae.ipynb", folder / "release.ipynb")
    nbformat.validate(taken.notebook)
    assert sorted(i for i in ids(taken) if i) == ["f", "f_check", "why"]


def test_work_in_the_module_beside_the_notebook_counts(folder):
    module = '# %% grade_id="f" nbgrader={"grade_id": "f", "solution": true}\ndef f(x):\n    return 2 * x\n'
    (folder / "vae.py").write_text(module)
    taken = hand_in(folder, released())
    assert taken.notebook.cells[1].source.endswith("return 2 * x")
    assert (taken.graded, taken.notes) == ("vae.py", [])
    work = released()
    work.cells[4].source = "Because."
    taken = hand_in(folder, work)
    assert taken.graded == "vae.ipynb, vae.py"
    assert "taken from vae.py" in taken.notes[0]


def test_where_both_were_changed_the_later_file_wins(folder):
    work = released()
    work.cells[1].source = "def f(x):\n    return x + x"
    module = '# %% nbgrader={"grade_id": "f", "solution": true}\ndef f(x):\n    return 2 * x\n'
    (folder / "vae.py").write_text(module)
    nbformat.write(work, folder / "vae.ipynb")
    for newer, expected in (("vae.py", "2 * x"), ("vae.ipynb", "x + x")):
        for name in ("vae.py", "vae.ipynb"):
            os.utime(folder / name, (0, 100 if name == newer else 50))
        taken = take_in(folder / "vae.ipynb", folder / "release.ipynb")
        assert taken.notebook.cells[1].source.endswith(expected)


@pytest.fixture
def module_only(tmp_path):
    """A course where a student handed in `vae.py` and no notebook; returns the folder of the submission."""
    release, folder = tmp_path / "release/ex", tmp_path / "submitted/ada/ex"
    release.mkdir(parents=True)
    folder.mkdir(parents=True)
    nbformat.write(released(), release / "vae.ipynb")
    work = released()
    work.cells[1].source = "def f(x):\n    return helper(x)"
    work.cells[4].source = "Because the prior pulls."
    work.cells.insert(1, new_code_cell("def helper(x):\n    return 2 * x"))
    (folder / "vae.py").write_text(jupytext.writes(work, fmt="py:percent"))
    return folder


def test_a_module_alone_is_taken_whole_with_own_cells_and_free_text(module_only, tmp_path):
    assert complete(tmp_path, "ex", "ada") == ["vae.ipynb"]
    assert complete(tmp_path, "ex", "ada") == []
    taken = take_in(module_only / "vae.ipynb", tmp_path / "release/ex/vae.ipynb")
    sources = [cell.source for cell in taken.notebook.cells]
    assert "def helper(x):\n    return 2 * x" in sources
    assert "def f(x):\n    return helper(x)" in sources
    assert "Because the prior pulls." in sources
    assert [i for i in ids(taken) if i] == ["f", "f_check", "why"]


def test_a_module_that_cannot_be_read_is_a_result_too(module_only, tmp_path):
    (module_only / "vae.py").write_bytes(b"\x81\xfc nothing")
    complete(tmp_path, "ex", "ada")
    taken = take_in(module_only / "vae.ipynb", tmp_path / "release/ex/vae.ipynb")
    assert taken.notebook.cells[1].source.endswith(STUB)
    assert "vae.py cannot be read" in taken.notes[0]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        json_values
        | st.fixed_dictionaries(
            {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error"])},
            optional={
                "data": st.dictionaries(
                    st.sampled_from(["text/plain", "text/html", "image/png", "application/javascript"]),
                    json_values,
                ),
                "text": json_values,
                "traceback": json_values,
                "ename": json_values,
            },
        )
    )
)
def test_any_outputs_become_valid_ones(outputs):  # fmt: skip
    cell = new_code_cell("x", outputs=clean_outputs(outputs))
    nbformat.validate(new_notebook(cells=[cell]))
    assert "javascript" not in json.dumps(cell.outputs).replace("javascript:", "") or outputs


def test_scripts_are_dropped_and_floods_cut():
    kept = clean_outputs(
        [
            {"output_type": "display_data", "data": {"application/javascript": "alert(1)"}},
            {"output_type": "stream", "text": "x" * (2 * OUTPUT_TEXT)},
        ]
    )
    assert len(kept) == 1
    assert kept[0].text.endswith("[output cut here]")
