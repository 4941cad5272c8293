"""Source notebooks: the same bytes each time, with nbgrader's metadata and nothing of ours."""

import json
import shutil

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from judge.course.build import build, stale


def load(course, name="tiny"):
    return nbformat.read(course / f"source/ex_tiny/{name}.ipynb", as_version=4)


def relative(course, paths):
    return [path.relative_to(course).as_posix() for path in paths]


def test_the_first_build_writes_each_lesson_and_the_second_nothing(course):
    assert relative(course, build(course)) == [
        "source/ex_tiny/tiny.ipynb",
        "source/ex_tiny/use_tiny.ipynb",
        "source/ex_tiny/HINTS_SWE.ipynb",
    ]
    assert build(course) == []
    assert stale(course) == []


def test_two_builds_are_byte_identical(course):
    first = {path: path.read_bytes() for path in build(course)}
    shutil.rmtree(course / "source")
    assert {path: path.read_bytes() for path in build(course)} == first


def test_headers_become_nbgrader_metadata(course):
    build(course)
    notebook = load(course)
    managed = {cell.id: dict(cell.metadata.nbgrader) for cell in notebook.cells if "nbgrader" in cell.metadata}
    common = {"schema_version": 3, "task": False}
    assert managed == {
        "imports": common
        | {"cell_type": "code", "grade_id": "imports", "grade": False, "solution": False, "locked": True},
        "kl": common | {"cell_type": "code", "grade_id": "kl", "grade": False, "solution": True, "locked": False},
        "kl_check": common
        | {"cell_type": "code", "grade_id": "kl_check", "grade": True, "solution": False, "locked": True}
        | {"points": 4},
        "why": common
        | {"cell_type": "markdown", "grade_id": "why", "grade": True, "solution": True, "locked": False}
        | {"points": 2.5},
    }
    MetadataValidator().validate_nb(notebook)
    keys = {key for cell in notebook.cells for key in cell.metadata}
    assert keys == {"nbgrader", "tags", "jupyter", "cellView"}


def test_built_notebooks_are_valid_clean_and_paired_when_they_define_something(course):
    build(course)
    for name in ("tiny", "use_tiny", "HINTS_SWE"):
        notebook = load(course, name)
        nbformat.validate(notebook)
        assert notebook.metadata.kernelspec.name == "python3"
        assert not any(cell.get("outputs") for cell in notebook.cells)
    assert load(course).metadata.jupytext.formats == "ipynb,py:percent"
    assert "jupytext" not in load(course, "use_tiny").metadata
    assert load(course, "use_tiny").cells[1].source == "%matplotlib inline\nfrom tiny import kl"


def test_only_the_changed_lesson_is_written(course, edit):
    build(course)
    edit("A tiny lesson", "A small lesson")
    (finding,) = stale(course)
    assert finding.startswith("source/ex_tiny/tiny.ipynb differs from its lesson. Run `python -m judge build`")
    assert relative(course, build(course)) == ["source/ex_tiny/tiny.ipynb"]


def test_a_notebook_without_lesson_is_removed(course):
    build(course)
    (course / "solutions/ex_tiny/use_tiny.py").unlink()
    assert "has no lesson" in stale(course)[0]
    assert relative(course, build(course, ["ex_tiny"])) == ["source/ex_tiny/use_tiny.ipynb"]
    assert not (course / "source/ex_tiny/use_tiny.ipynb").exists()


def test_a_missing_notebook_is_stale(course):
    assert "source/ex_tiny/tiny.ipynb is missing." in stale(course)[0]
    assert not (course / "source").exists()


def test_an_executed_or_reformatted_notebook_is_stale(course):
    build(course)
    path = course / "source/ex_tiny/tiny.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert len(stale(course)) == 1


def test_nothing_is_written_when_one_lesson_is_wrong(course, edit):
    edit("points=4", "")
    with pytest.raises(ValueError, match="needs points"):
        build(course)
    assert not (course / "source").exists()


def test_an_unknown_exercise_is_refused_by_name(course):
    with pytest.raises(ValueError, match=r"no exercise 'ex_tinny'. Use one of: ex_tiny"):
        build(course, ["ex_tinny"])


def test_hints_may_not_take_a_lessons_name(course):
    shutil.copy(course / "solutions/hints/HINTS_SWE.py", course / "solutions/hints/tiny.py")
    with pytest.raises(ValueError, match="the name of a hints notebook"):
        build(course)
