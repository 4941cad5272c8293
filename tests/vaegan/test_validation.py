"""Validate says how each check stands, in one line, and takes nothing but an exception for a failure."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from vaegan import validation
from vaegan.validation import FAILED, PASSED

ROOT = Path(__file__).resolve().parents[2]


def hole(source: str) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"nbgrader": {"grade": False, "solution": True, "grade_id": "hole"}})


def check(source: str, name: str = "kl_check", **metadata) -> nbformat.NotebookNode:
    graded = {"grade": True, "solution": False, "grade_id": name, "points": 4}
    return new_code_cell(source, metadata={"nbgrader": graded} | metadata)


def answer(source: str) -> nbformat.NotebookNode:
    graded = {"grade": True, "solution": True, "grade_id": "obs", "points": 1}
    return new_markdown_cell(source, metadata={"nbgrader": graded})


@pytest.fixture
def validated(tmp_path):
    """The outcomes of a notebook of these cells."""

    def validate(*cells):
        nbformat.write(new_notebook(cells=list(cells)), tmp_path / "lesson.ipynb")
        return validation.validate(tmp_path / "lesson.ipynb")

    return validate


def test_each_kind_of_outcome_is_one_line(validated):
    found = validated(
        new_markdown_cell("## 8. The divergence (4 points, about 15 minutes)\n\nText."),
        check("import os, sys; print('red', file=sys.stderr); os.write(2, b'cuInit failed')"),
        new_markdown_cell("## 9. Next"),
        check("assert 1 == 2, 'costs 2 nats,\\nreceived 4.'"),
        new_markdown_cell("## 10. Last"),
        check("from vaegan import ToImplement\nraise ToImplement('f: return x.')", "one_check"),
        check("raise ToImplement('f: return x.')", "two_check"),
        answer("YOUR ANSWER HERE"),
    )
    assert list(map(str, found)) == [
        "✓ 8. The divergence (4 points)",
        "✗ 9. Next (4 points): costs 2 nats, received 4.",
        "○ 10. Last / one (4 points): still to write: f: return x.",
        "○ 10. Last / two (4 points): waits for 10. Last / one (4 points)",
        "○ 10. Last / obs (1 point): your answer is not written yet",
    ]
    assert validation.headline(found) == "1 of 4 checks pass, 0 of 1 answers in words are written."


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("def f(x:\n    return x", "its code stopped with SyntaxError: '(' was never closed (line 1)"),
        ("1 / 0\ndef f(x): return x", "its code stopped with ZeroDivisionError: division by zero"),
    ],
)
def test_the_first_cause_is_named(validated, code, cause):
    [one] = validated(hole(code), check("f(1)"))
    assert (one.mark, one.says) == (FAILED, cause)


def test_what_a_layer_raises_is_quoted_without_keras_wrapping():
    wrapped = "Exception encountered when calling S.call().\n\n\x1b[1mS.call: draw.\x1b[0m\n\nArguments received by S"
    cell = check("")
    cell.outputs = [nbformat.v4.new_output("error", ename="ToImplement", evalue=wrapped, traceback=[])]
    [one] = validation.outcomes(new_notebook(cells=[cell]))
    assert one.says == "still to write: S.call: draw."


def test_long_cells_are_not_run(validated):
    [one] = validated(new_code_cell("raise SystemExit", metadata={"tags": ["long"]}), check("1"))
    assert one.mark == PASSED


def test_a_cell_without_end_is_said_in_a_sentence(validated, monkeypatch):
    monkeypatch.setattr(validation, "CELL_SECONDS", 2)
    first, second = validated(check("while True: pass", "a_check"), check("1", "b_check"))
    assert "a loop without an end" in first.says
    assert second.mark == PASSED


def test_the_kernel_that_the_notebook_names_need_not_be_here(tmp_path):
    notebook = new_notebook(cells=[check("1")], metadata={"kernelspec": {"name": "course", "display_name": "x"}})
    nbformat.write(notebook, tmp_path / "lesson.ipynb")
    assert [one.mark for one in validation.validate(tmp_path / "lesson.ipynb")] == [PASSED]


def test_a_notebook_whose_kernel_dies_or_that_is_none_is_said_in_a_sentence(validated, tmp_path):
    with pytest.raises(ValueError, match="the kernel died"):
        validated(check("import os; os._exit(1)"))
    (tmp_path / "x.ipynb").write_text("{")
    with pytest.raises(ValueError, match=r"x.ipynb cannot be read as a notebook \(.*\). Save it again"):
        validation.validate(tmp_path / "x.ipynb")


@pytest.mark.slow
def test_nbgraders_command_speaks_so_in_the_course_folder():
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", "release/ex03_vae/vae.ipynb"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("0 of 10 checks pass.\n○ 3. The encoder")
    assert len(done.stdout) < 4000


def test_the_button_gets_one_entry_with_a_line_per_check_and_no_html(tmp_path):
    from nbgrader.server_extensions.validate_assignment import handlers

    from vaegan import validation_in_nbgrader

    before = handlers.Validator
    validation_in_nbgrader.use()
    try:
        cells = [check("assert False, '<b>'", "a_check"), check("1", "b_check")]
        nbformat.write(new_notebook(cells=cells), tmp_path / "lesson.ipynb")
        [entry] = json.loads(json.dumps(handlers.Validator().validate(str(tmp_path / "lesson.ipynb"))))["failed"]
        assert entry["source"] == "1 of 2 checks pass."
        assert entry["error"] == "✗ a (4 points): &lt;b&gt;\n✓ b (4 points)"
        nbformat.write(new_notebook(cells=cells[1:]), tmp_path / "lesson.ipynb")
        assert handlers.Validator().validate(str(tmp_path / "lesson.ipynb")) == {}
    finally:
        import nbgrader.apps.validateapp as command

        handlers.Validator = command.Validator = before
