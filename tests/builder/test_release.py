"""`nbgrader generate_assignment` itself, on the tiny course: what students get, and what is refused."""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupytext import TextFileContentsManager
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from traitlets.config import PyFileConfigLoader

from judge.course.build import build
from judge.course.leaks import check_release

KIT = Path(__file__).resolve().parents[2]
LINE = "terms = np.square(z_mean) + np.exp(z_log_var) - 1.0 - z_log_var"


def config(course):
    return PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()


@pytest.fixture(scope="module")
def empty_gradebook(tmp_path_factory):
    """An empty gradebook to copy: making one runs alembic, which takes seconds."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def generate(course, kit_on_path, empty_gradebook):
    """Builds and releases the tiny course in this process; returns what nbgrader reports."""
    shutil.copy(empty_gradebook, course)

    def generate_assignment():
        OLD[course / "release/ex_tiny"] = content(course / "release/ex_tiny")
        return NbGraderAPI(config=config(course)).generate_assignment("ex_tiny")

    build(course)
    return generate_assignment


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_students_get_stubs_a_module_and_the_hints(course, generate):
    result = generate()
    assert result["success"], result["log"]
    release = course / "release/ex_tiny"
    assert list(content(release)) == ["HINTS_SWE.ipynb", "tiny.ipynb", "tiny.py", "use_tiny.ipynb"]
    cells = {cell.id: cell for cell in nbformat.read(release / "tiny.ipynb", as_version=4).cells}
    stub = '    raise ToImplement("Return the \\"KL divergence\\", summed over the latent dimensions.")'
    assert cells["kl"].source.endswith(f'(batch,)."""\n{stub}')
    assert cells["why"].source == "Why does the KL shrink?\n\nYOUR ANSWER HERE"
    assert cells["kl_check"].metadata.editable is False
    assert check_release(course, "ex_tiny") == []


def test_the_released_module_imports_and_its_hole_says_what_to_write(course, generate, monkeypatch):
    generate()
    monkeypatch.syspath_prepend(str(course / "release/ex_tiny"))
    monkeypatch.delitem(sys.modules, "tiny", raising=False)
    tiny = importlib.import_module("tiny")
    with pytest.raises(NotImplementedError, match=r'^Return the "KL divergence", summed'):
        tiny.kl(0.0, 0.0)
    text = Path(tiny.__file__).read_text()
    assert "\n# kl(np.zeros((2, 3)), np.zeros((2, 3)))\n" in text
    assert "formats: ipynb,py:percent" in text


def test_two_releases_are_byte_identical(course, generate):
    generate()
    first = content(course / "release/ex_tiny")
    assert generate()["success"]
    assert content(course / "release/ex_tiny") == first


def test_saving_the_released_notebook_in_jupyterlab_keeps_the_modules_bytes(course, generate):
    generate()
    release = course / "release/ex_tiny"
    first = content(release)
    manager = TextFileContentsManager(root_dir=str(release))
    manager.save(manager.get("tiny.ipynb"), "tiny.ipynb")
    shutil.rmtree(release / ".ipynb_checkpoints")
    assert content(release)["tiny.py"] == first["tiny.py"]


def test_the_gradebook_knows_the_points(course, generate):
    generate()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        notebook = gradebook.find_notebook("tiny", "ex_tiny")
        assert {cell.name: cell.max_score for cell in notebook.grade_cells} == {"kl_check": 4, "why": 2.5}


@pytest.mark.slow
def test_a_fresh_checkout_with_a_committed_release_still_records_the_exercise(course, generate):
    assert generate()["success"]
    (course / "gradebook.db").unlink()
    assert generate()["success"]
    assert (course / "gradebook.db").exists()


def test_the_preprocessors_are_nbgraders_own_in_its_order(course):
    names = config(course).GenerateAssignment.preprocessors
    default = [f"nbgrader.preprocessors.{cls.__name__}" for cls in GenerateAssignment.preprocessors.default_args[0]]
    ours = {"judge.nbgrader.release.StubSolutions": "nbgrader.preprocessors.ClearSolutions"}
    assert [ours.get(name, name) for name in names[: len(default)]] == default
    assert names[len(default) :] == ["judge.nbgrader.release.PairModule", "judge.nbgrader.release.CheckLeaks"]


def leave_the_old_one(course, result, *reasons):
    assert not result["success"]
    message = result["log"] + (result.get("error") or "")
    assert all(reason in message for reason in reasons), message
    assert content(course / "release/ex_tiny") == OLD[course / "release/ex_tiny"]


OLD: dict[Path, dict[str, bytes]] = {}


@pytest.fixture(autouse=True)
def an_old_release(course):
    """Whatever is refused, this stays as it was."""
    folder = course / "release/ex_tiny"
    folder.mkdir(parents=True)
    (folder / "tiny.ipynb").write_text("the release of last week")


def test_a_solution_line_in_a_visible_check_is_refused(course, edit, generate):
    edit("# kl(np", f"# # {LINE}\n# kl(np")
    build(course)
    leave_the_old_one(
        course,
        generate(),
        "release/ex_tiny/tiny.ipynb, cell 4 (kl_check): holds 'np.square(z_mean)",
        "of the solution of 'kl' (solutions/ex_tiny/tiny.py). Remove or reword it.",
    )


def test_a_solution_module_in_the_source_folder_is_refused(course, generate):
    (course / "source/ex_tiny/tiny_solved.py").write_text((course / "solutions/ex_tiny/tiny.py").read_text())
    leave_the_old_one(course, generate(), "release/ex_tiny/tiny_solved.py: ")


def test_a_gradebook_in_the_source_folder_is_refused(course, generate):
    generate()
    (course / "source/ex_tiny/data.bin").write_bytes((course / "gradebook.db").read_bytes())
    leave_the_old_one(course, generate(), "release/ex_tiny/data.bin: holds an SQLite database")


def test_a_notebook_that_no_lesson_makes_is_refused(course, generate):
    source = course / "source/ex_tiny"
    (source / "solved.ipynb").write_bytes((source / "HINTS_SWE.ipynb").read_bytes())
    leave_the_old_one(course, generate(), "release/ex_tiny/solved.ipynb: no lesson makes this file")


def test_a_mistyped_marker_in_an_edited_source_notebook_is_refused(course, generate):
    path = course / "source/ex_tiny/tiny.ipynb"
    path.write_text(path.read_text().replace("### BEGIN SOLUTION: R", "### BEGIN SOLUTON: R"))
    leave_the_old_one(course, generate(), "source/ex_tiny/tiny.ipynb, cell 3 (kl): the marker", "mistyped")


def test_a_region_outside_a_solution_cell_is_refused(course, generate):
    path = course / "source/ex_tiny/tiny.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata.nbgrader.solution = False
    nbformat.write(notebook, path)
    leave_the_old_one(course, generate(), "cell 3 (kl): a solution cell and a solution region belong together")


def test_an_exercise_without_lesson_is_refused(course, generate):
    (course / "solutions/ex_tiny").rename(course / "solutions/ex_other")
    leave_the_old_one(course, generate(), "solutions/ex_tiny holds no lesson")


@pytest.mark.slow
def test_the_command_needs_no_activated_environment(course):
    build(course)
    program = Path(sys.executable).with_name("nbgrader")
    environment = os.environ | {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(KIT)}
    command = [program, "generate_assignment", "ex_tiny"]
    run = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    assert (course / "release/ex_tiny/tiny.py").exists()

    before = content(course / "release/ex_tiny")
    (course / "source/ex_tiny/solved.txt").write_text(f"def kl():\n    {LINE}\n")
    run = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert "release/ex_tiny/solved.txt: holds" in run.stderr
    assert content(course / "release/ex_tiny") == before
