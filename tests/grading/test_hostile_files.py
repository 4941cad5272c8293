"""Files made to break whatever reads them: each is a result with a sentence, and the next student is graded."""

import json
import os
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from judge.course.build import build
from judge.nbgrader import batch
from judge.sandbox import shared_fork_server as warm
from judge.sandbox.outputs import clean_outputs
from judge.submission.intake import take_in
from judge.suite import suites

STUB = 'raise ToImplement("write it")'
RIGHT = "def double(x):\n    return 2 * x"


def about(grade_id, **more):
    return {"nbgrader": {"grade_id": grade_id, "locked": True, "schema_version": 3, "solution": False, **more}}


def released():
    return new_notebook(
        cells=[
            new_code_cell(f"def double(x):\n    {STUB}", id="a", metadata=about("double", solution=True, grade=False)),
            new_code_cell("double(1)", id="b", metadata=about("double_check", grade=True, points=4)),
            new_code_cell("train()", id="c", metadata={"tags": ["long"]}),
        ]
    )


def text(change=lambda d: None) -> bytes:
    """The solved notebook as JSON after a change to its plain dict."""
    document = json.loads(nbformat.writes(released()))
    document["cells"][0]["source"] = RIGHT
    change(document)
    return json.dumps(document).encode()


def set_in(*path, to):
    """A change that sets what lies at a path."""

    def change(document):
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = to

    return change


DEEP: list = []
for _ in range(500):
    DEEP = [DEEP]

# name: (bytes of the notebook, whether the answer is still found)
NOTEBOOKS = {
    "empty": (b"", False),
    "no_json": (b"double = 2", False),
    "truncated": (text()[:-40], False),
    "null": (b"null", False),
    "number": (b"42", False),
    "list": (b"[]", False),
    "cells_are_a_number": (text(set_in("cells", to=3)), False),
    "cells_are_a_dict": (text(set_in("cells", to={"a": {}})), False),
    "no_cells": (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', False),
    "deep": (b"[" * 100_000, False),
    "deep_metadata": (text(set_in("cells", 2, "metadata", to={"a": DEEP})), None),
    "utf16": (text().decode().encode("utf-16"), True),
    "latin1": (text(set_in("cells", 0, "source", to="x")).replace(b'"x"', b'"# \xe4\xf6"'), None),
    "byte_order_mark": (b"\xef\xbb\xbf" + text(), None),
    "zip": (b"PK\x03\x04" + bytes(1000), False),
    "nuls": (bytes(100_000), False),
    "nul_in_source": (text(set_in("cells", 2, "source", to="a\x00b")), True),
    "bidi_in_source": (text(set_in("cells", 2, "source", to="x = 1 #\u202e\u2066 }(")), True),
    "lone_surrogate": (text(set_in("cells", 2, "source", to="x = '\ud800'")), True),
    "nbformat_2": (b'{"nbformat": 2, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": []}', False),
    "nbformat_3": (
        json.dumps(
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "x"}, "worksheets": [{"metadata": {}, "cells": [
                {"cell_type": "code", "input": RIGHT, "language": "python", "outputs": [], "metadata": about("double"),
                 "collapsed": False, "prompt_number": 1}]}]}
        ).encode(),
        True,
    ),
    "nbformat_99": (text(set_in("nbformat", to=99)), None),
    "nbformat_text": (text(set_in("nbformat", to="four")), None),
    "nbformat_minor_huge": (text(set_in("nbformat_minor", to=10**30)), None),
    "nan_points": (text().replace(b'"points": 4', b'"points": NaN'), True),
    "huge_points": (text(set_in("cells", 1, "metadata", "nbgrader", "points", to=6000)), True),
    "negative_points": (text(set_in("cells", 1, "metadata", "nbgrader", "points", to=-1)), True),
    "checksum_forged": (text(set_in("cells", 1, "metadata", "nbgrader", "checksum", to="0" * 32)), True),
    "checksum_is_a_list": (text(set_in("cells", 1, "metadata", "nbgrader", "checksum", to=[])), True),
    "schema_version_99": (text(set_in("cells", 1, "metadata", "nbgrader", "schema_version", to=99)), True),
    "grade_id_is_a_list": (text(set_in("cells", 1, "metadata", "nbgrader", "grade_id", to=["double_check"])), True),
    "grade_id_twice": (text(lambda d: d["cells"].append(d["cells"][1])), True),
    "answer_twice": (text(lambda d: d["cells"].append(d["cells"][0])), True),
    "retyped_check": (text(set_in("cells", 1, "cell_type", to="markdown")), True),
    "retyped_answer": (text(set_in("cells", 0, "cell_type", to="raw")), True),
    "unknown_cell_type": (text(set_in("cells", 1, "cell_type", to="heading")), None),
    "check_removed": (text(lambda d: d["cells"].pop(1)), True),
    "everything_removed": (text(lambda d: d["cells"].clear()), False),
    "own_check": (text(set_in("cells", 1, "source", to="4.0")), True),
    "id_is_a_list": (text(set_in("cells", 2, "id", to=["a"])), None),
    "id_is_a_list_before_ids_were": (
        text(lambda d: (d.pop("nbformat_minor"), d["cells"][2].update(id=[]))),
        True,
    ),
    "id_twice": (text(set_in("cells", 2, "id", to="a")), True),
    "cell_is_null": (text(lambda d: d["cells"].append(None)), None),
    "cell_is_text": (text(lambda d: d["cells"].append("x")), None),
    "metadata_is_a_list": (text(set_in("cells", 2, "metadata", to=[1])), None),
    "metadata_is_null": (text(set_in("metadata", to=None)), None),
    "nbgrader_is_text": (text(set_in("cells", 2, "metadata", to={"nbgrader": "full points"})), None),
    "tags_are_a_number": (text(set_in("cells", 0, "metadata", "tags", to=7)), None),
    "source_is_a_dict": (text(set_in("cells", 2, "source", to={"a": 1})), None),
    "source_is_a_list_of_lists": (text(set_in("cells", 2, "source", to=[["a"], 1])), None),
    "source_is_huge": (text(set_in("cells", 2, "source", to="x" * 5_000_000)), True),
    "outputs_are_a_number": (text(set_in("cells", 2, "outputs", to=5)), None),
    "outputs_are_scripts": (
        text(set_in("cells", 2, "outputs", to=[
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>alert(1)</script>"}},
            {"output_type": "stream", "name": "stdout", "text": "10/10"}])),
        True,
    ),
    "many_outputs": (
        text(set_in("cells", 2, "outputs", to=[{"output_type": "stream", "name": "stdout", "text": "x"}] * 50_000)),
        True,
    ),
    "many_cells": (
        text(lambda d: d["cells"].extend({"cell_type": "code", "source": "1", "id": f"x{i}", "metadata": {},
                                          "outputs": [], "execution_count": None} for i in range(3000))),
        True,
    ),
    "kernel_is_a_program": (
        text(set_in("metadata", "kernelspec", to={"name": "../../bin/sh", "display_name": "x"})), True,
    ),
    "skip_execution": (text(set_in("cells", 1, "metadata", "tags", to=["skip-execution", "long"])), True),
    "attachments": (text(set_in("cells", 2, "attachments", to={"a.png": {"image/png": "x"}})), None),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_becomes_the_released_one_with_answers(tmp_path, name):
    content, found = NOTEBOOKS[name]
    nbformat.write(released(), tmp_path / "release.ipynb")
    (tmp_path / "tiny.ipynb").write_bytes(content)
    taken = take_in(tmp_path / "tiny.ipynb", tmp_path / "release.ipynb")
    nbformat.validate(taken.notebook)
    graded = [c for c in taken.notebook.cells if "nbgrader" in c.metadata]
    assert sorted(c.metadata.nbgrader.grade_id for c in graded) == ["double", "double_check"]
    by_id = {c.metadata.nbgrader.grade_id: c for c in graded}
    assert by_id["double_check"].metadata.nbgrader.points == 4
    assert by_id["double_check"].source == "double(1)"
    if found is not None:
        assert by_id["double"].source == (RIGHT if found else released().cells[0].source)
    if by_id["double"].source != RIGHT and name not in (
        "everything_removed",
        "nbformat_2",
    ):  # sound, but empty
        assert taken.notes
    assert all(len(note) < 500 and "Traceback" not in note for note in taken.notes)
    json.dumps(nbformat.writes(taken.notebook)).encode()


MODULES = {
    "empty": b"", "nuls": b"\0" * 1000, "latin1": b"# \xe4\xf6", "only_headers": b"# %%\n" * 20_000,
    "unclosed": b"'''" * 9999, "deep": b"(" * 10_000,
    "broken_header": b'# %% role="solution" grade_id="double" {"a": [1,\n',
    "yaml_bomb": b"# ---\n# a: &a [x, x]\n# b: &b [*a, *a]\n# c: [*b, *b]\n# ---\n",
    "yaml_object": b"# ---\n# jupyter: !!python/object/apply:os.system ['exit 1']\n# ---\n",
    "long_line": b"x = 1;" * 1_000_000, "bidi": "x = '\u202e'".encode(), "carriage_returns": b"# %%\r\r\n\rx",
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_every_module_is_read_or_left_out(tmp_path, name):
    nbformat.write(released(), tmp_path / "release.ipynb")
    (tmp_path / "tiny.ipynb").write_bytes(text())
    (tmp_path / "tiny.py").write_bytes(MODULES[name])
    taken = take_in(tmp_path / "tiny.ipynb", tmp_path / "release.ipynb")
    assert RIGHT in [c.source for c in taken.notebook.cells]


def test_outputs_of_any_form_become_outputs_or_nothing():
    import numpy as np

    strange = [{"output_type": np.ones(3)}, {"output_type": "stream", "name": np.ones(3), "text": np.ones(3)}]
    strange += [
        {"output_type": "display_data", "data": {"text/html": 3, "image/png": "%"}},
        {"output_type": ["error"]},
    ]
    strange += [{"output_type": "error", "traceback": {"a": 1}, "ename": 3}, 7, None, {}]
    for output in clean_outputs(strange):
        nbformat.validate(output, ref=output.output_type, version=4)
    assert len(clean_outputs([new_output("stream", text="x")] * 50_000)) <= 1000


LESSON = """\
# %% [markdown]
# # A tiny lesson

# %% role="given" grade_id="imports"
from vaegan import ToImplement

# %% role="solution" grade_id="double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return x + x
    ### END SOLUTION

# %% tags=["active-ipynb"] role="test" grade_id="double_check" points=4
# double(1)
"""
SUITE = '''\
"""The tiny suite."""

from judge.suite import Student, agree, check


@check(cell="double_check", says="double returns twice its input.")
def test_double(student: Student) -> None:
    agree(student.call("double", 7), 14, "double(7)")
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    for name, content in {
        "solutions/ex_hostile/tiny.py": LESSON,
        "graders/ex_hostile/test_tiny.py": SUITE,
    }.items():
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suites, "ROOT", root)
        build(root)
        assert batch.nbgrader_api(root).generate_assignment("ex_hostile")["success"]
        yield root


def plant_fifo(folder):
    (folder / "tiny.ipynb").unlink()
    os.mkfifo(folder / "tiny.ipynb")


def plant_link(folder):
    (folder / "tiny.ipynb").unlink()
    (folder / "tiny.ipynb").symlink_to(folder.parents[2] / "source" / "ex_hostile" / "tiny.ipynb")


def plant_linked_folder(folder):
    (folder / "data").symlink_to(folder.parents[2])


def plant_loop(folder):
    (folder / "loop").symlink_to(".")


def plant_deep_folders(folder):
    here = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("deep", dir_fd=here)
        there = os.open("deep", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = there
    os.close(here)


def plant_sparse_file(folder):
    with (folder / "big.bin").open("wb") as file:
        file.truncate(2**27)


def plant_sparse_notebook(folder):
    with (folder / "tiny.ipynb").open("r+b") as file:
        file.truncate(2**29)


def plant_strange_names(folder):
    for name in (
        b"\xff\xfe.py",
        b"line\nbreak.py",
        b"\x1b[2J",
        b"<script>.py",
        b"tiny.py ",
        b"-rf",
        b"a" * 255,
    ):
        with open(os.fsencode(folder) + b"/" + name, "wb") as file:
            file.write(b"raise SystemExit")


def plant_bombs(folder):
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(50 * 2**20))
    (folder / "tiny.py").write_text("import os; os._exit(0)")
    for name in ("conftest.py", "sitecustomize.py", "numpy.py", "nbgrader_config.py", "judge.py"):
        (folder / name).write_text("raise SystemExit(0)")


def plant_database(folder):
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0" + bytes(1000))
    (folder / "tiny.result.json").write_text(
        '{"state": "judged", "cells": [{"grade_id": "double_check", "points": 6000}]}'
    )


def plant_unreadable(folder):
    (folder / "closed").mkdir()
    (folder / "closed" / "x").write_text("x")
    (folder / "closed").chmod(0)


PLANTS = [
    plant_fifo, plant_link, plant_linked_folder, plant_loop, plant_deep_folders, plant_sparse_file,
    plant_sparse_notebook, plant_strange_names, plant_bombs, plant_database, plant_unreadable,
]  # fmt: skip


@pytest.mark.slow
def test_a_batch_of_hostile_folders_completes_and_honest_students_are_graded(course, parent, monkeypatch):
    monkeypatch.setattr(warm, "_parent", parent)
    names = [plant.__name__.removeprefix("plant_") for plant in PLANTS]
    broken = ["empty", "deep", "nbformat_99", "id_is_a_list", "outputs_are_a_number", "cells_are_a_number"]
    students = {}
    for name in [*names, *broken, "honest"]:
        folder = course / "submitted" / name / "ex_hostile"
        folder.mkdir(parents=True)
        notebook = nbformat.read(course / "release/ex_hostile/tiny.ipynb", as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "double":
                cell.source = RIGHT
        nbformat.write(notebook, folder / "tiny.ipynb")
        students[name] = folder
    for plant, name in zip(PLANTS, names, strict=True):
        plant(students[name])
    for name in broken:
        (students[name] / "tiny.ipynb").write_bytes(NOTEBOOKS[name][0])
    before = {p: p.read_bytes() for p in sorted(course.glob("s*/ex_hostile/*.*"))}
    graded = {one.student: one for one in batch.grade_all(course, "ex_hostile", sorted(students))}
    assert before == {p: p.read_bytes() for p in sorted(course.glob("s*/ex_hostile/*.*"))}
    assert sorted(graded) == sorted(students)
    told = {name: one.problem or one.results[0].points for name, one in graded.items()}
    assert told["honest"] == 4
    for name in (
        "linked_folder",
        "loop",
        "deep_folders",
        "sparse_file",
        "strange_names",
        "bombs",
        "database",
    ):
        assert told[name] == 4, told
    for name in broken:  # what can be mended is graded; nothing can be read in the others
        assert told[name] == 0 or (NOTEBOOKS[name][1] is None and told[name] == 4), told
    for name in ("fifo", "link", "sparse_notebook"):
        assert told[name] == 0 or 10 < len(str(told[name])) < 300, told
    assert {name: told[name] for name, one in graded.items() if one.ours} == {}
