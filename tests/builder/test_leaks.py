"""Planted leaks: each must be found, and a clean release must pass."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile

import nbformat
import pytest

from judge.course.build import build
from judge.course.leaks import check_notebook, check_release
from judge.course.regions import stub_code, stub_prose
from judge.course.secret_lines import secrets_of

LINE = "terms = np.square(z_mean) + np.exp(z_log_var) - 1.0 - z_log_var"
VALUE = "np.square( z_mean ) + np.exp(z_log_var) - 1.0 - z_log_var"
ANSWER = "the approximate posterior of an unused latent dimension collapses onto the prior."
HIDDEN = 'agree(student.call("kl", np.zeros((4, 3)), np.zeros((4, 3))), np.zeros(4), "the KL of the prior")'


@pytest.fixture
def released(course):
    """The stripped notebook, as nbgrader would have made it from the tiny lesson."""
    build(course)
    notebook = nbformat.read(course / "source/ex_tiny/tiny.ipynb", as_version=4)
    for cell in notebook.cells:
        if "SOLUTION" in cell.source:
            cell.source = (stub_code if cell.cell_type == "code" else stub_prose)(cell.source)
    return notebook


@pytest.fixture
def findings(course, released):
    return lambda: check_notebook("release/ex_tiny/tiny.ipynb", released, secrets_of(course, "ex_tiny"))


@pytest.fixture
def release(course, released):
    """A release folder to plant files in."""
    folder = course / "release/ex_tiny"
    folder.mkdir(parents=True)
    nbformat.write(released, folder / "tiny.ipynb")
    return folder


def plant_in_markdown(nb):
    nb.cells[0].source += f"\nTry `{VALUE}`."


def plant_escaped(nb):
    nb.cells[0].source += "<p>return 0.5 * np.sum(terms,&nbsp;axis&#61;-1)</p>".replace("&nbsp;", " ")


def plant_in_test_cell(nb):
    nb.cells[3].source += f"\n# {LINE}"


def plant_in_docstring(nb):
    nb.cells[2].source = nb.cells[2].source.replace("(batch,).", f"(batch,).\n\n    {VALUE}\n    ")


def plant_in_instruction(nb):
    nb.cells[2].source = nb.cells[2].source.replace("Return", f"Say {VALUE}; return")


def plant_in_output(nb):
    nb.cells[3].outputs = [nbformat.v4.new_output("stream", text="0.0\n")]


def plant_in_metadata(nb):
    nb.cells[1].metadata["old"] = {"sources": [["import numpy", LINE]]}


def plant_in_notebook_metadata(nb):
    nb.metadata["note"] = LINE


def plant_in_attachment(nb):
    nb.cells[0].attachments = {"a.txt": {"text/plain": base64.b64encode(LINE.encode()).decode()}}


def plant_model_answer(nb):
    nb.cells[0].source += f"\n{ANSWER}"


def plant_hidden_check(nb):
    nb.cells[3].source += f"\n{HIDDEN}"


def plant_hidden_signature_across_lines(nb):
    nb.cells[3].source += "\n" + HIDDEN.replace(", np", ",\n    np").replace('"', "'")


def plant_marker(nb):
    nb.cells[3].source += "\n### BEGIN HIDDEN TESTS\nassert True\n### END HIDDEN TESTS"


def plant_mistyped_marker(nb):
    nb.cells[2].source += "\n    ## BEGIN SOLUTON\n    pass"


def plant_execution_count(nb):
    nb.cells[1].execution_count = 1


PLANTS = [
    (plant_in_markdown, "cell 1: holds", "the solution of 'kl' (solutions/ex_tiny/tiny.py)"),
    (plant_escaped, "cell 1: holds", "the solution of 'kl'"),
    (plant_in_test_cell, "cell 4 (kl_check): holds", "the solution of 'kl'"),
    (plant_in_docstring, "cell 3 (kl): holds", "the solution of 'kl'"),
    (plant_in_instruction, "cell 3 (kl): holds", "the solution of 'kl'"),
    (plant_in_output, "cell 4 (kl_check): has outputs", "must not be executed"),
    (plant_execution_count, "cell 2 (imports): has outputs", "must not be executed"),
    (plant_in_metadata, "cell 2 (imports), metadata: holds", "the solution of 'kl'"),
    (plant_in_notebook_metadata, "notebook metadata: holds", "the solution of 'kl'"),
    (plant_in_attachment, "cell 1: has an attachment", "Remove it"),
    (plant_model_answer, "cell 1: holds", "the solution of 'why'"),
    (plant_hidden_check, "cell 4 (kl_check): holds", "the hidden suite graders/ex_tiny/tiny.py"),
    (plant_hidden_signature_across_lines, "cell 4 (kl_check): holds", "the hidden suite"),
    (plant_marker, "cell 4 (kl_check): the marker '### BEGIN HIDDEN TESTS'", "graders/"),
    (plant_mistyped_marker, "cell 3 (kl): the marker '## BEGIN SOLUTON'", "of the lesson"),
]


@pytest.mark.parametrize(("plant", "place", "reason"), PLANTS, ids=[plant.__name__ for plant, *_ in PLANTS])
def test_a_planted_leak_is_found_and_located(released, findings, plant, place, reason):
    assert findings() == []
    plant(released)
    found = findings()
    assert any(place in finding and reason in finding for finding in found), found


def test_the_hidden_suites_name_is_not_told(released, findings):
    released.cells[0].source += "\ndef test_kl_is_zero_at_the_prior(student):"
    assert findings() == []  # a name and one argument are too short to betray anything


def test_lines_shown_outside_regions_are_no_secret(course, edit, released, findings):
    edit(
        "### END SOLUTION\n",
        f"### END SOLUTION\n\n\ndef other(z_mean, z_log_var):\n    {LINE}\n    return terms\n",
    )
    plant_in_markdown(released)
    assert findings() == []


def test_an_instruction_does_not_make_a_line_public(course, edit, released, findings):
    edit('Return the "KL divergence",', f"Return {VALUE},")
    plant_in_markdown(released)
    assert findings() != []


def test_a_clean_release_passes(course, release):
    (release / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert check_release(course, "ex_tiny") == []


def packed(text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt.gz", gzip.compress(text.encode()))
    return buffer.getvalue()


SOLUTION_CELL = json.dumps({"source": f"    {LINE}\n    return terms\n"}).encode()
FILES = [
    ("tiny.py", f"def kl():\n    {LINE}\n".encode(), "the solution of 'kl'"),
    ("deep/notes.txt", ("\n".join(["Hello", f"# {LINE}"])).encode("utf-16"), "the solution of 'kl'"),
    ("cell.json", SOLUTION_CELL, "the solution of 'kl'"),
    ("data.npz", packed(LINE), "the solution of 'kl'"),
    ("bomb.zip", packed(LINE)[:-30], "packed in a way that cannot be checked"),
    ("all.7z", b"7z\xbc\xaf'\x1c rest", "a 7z archive"),
    ("suite.txt", HIDDEN.encode(), "the hidden suite"),
    ("solved.ipynb", b"{}", "no lesson makes this file"),
    ("deep/tiny.ipynb", b"{}", "no lesson makes this file"),
    ("use_tiny.ipynb", b"not json", "is not a notebook"),
    ("readme.md", b"### BEGIN SOLUTION", "the marker"),
]


@pytest.mark.parametrize(("name", "data", "reason"), FILES, ids=[name for name, *_ in FILES])
def test_a_planted_file_is_found_whatever_its_type(course, release, name, data, reason):
    (release / name).parent.mkdir(exist_ok=True)
    (release / name).write_bytes(data)
    (finding,) = check_release(course, "ex_tiny")[:1]
    assert finding.startswith(f"release/ex_tiny/{name}")
    assert reason in finding


def test_a_gradebook_is_found_under_any_name(course, release):
    connection = sqlite3.connect(release / "holiday.jpg")
    connection.execute("create table grade (score float)")
    connection.close()
    assert "SQLite database" in check_release(course, "ex_tiny")[0]


def test_a_link_is_refused(course, release):
    (release / "more.txt").symlink_to(course / "solutions/ex_tiny/tiny.py")
    assert "is a link" in check_release(course, "ex_tiny")[0]


def test_a_missing_release_names_the_command(course):
    assert check_release(course, "ex_tiny") == [
        "release/ex_tiny does not exist. Run `nbgrader generate_assignment ex_tiny`."
    ]


def test_an_exercise_without_lesson_cannot_be_checked(course, release):
    (course / "solutions/ex_tiny/tiny.py").unlink()
    (course / "solutions/ex_tiny/use_tiny.py").unlink()
    with pytest.raises(ValueError, match="solutions/ex_tiny holds no lesson"):
        check_release(course, "ex_tiny")
