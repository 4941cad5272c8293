"""The solved debugger lesson runs as students will run it, and its stubs say what is missing."""

from pathlib import Path

import pytest

from graders.ex04_debugger.catalogue import bug_in
from judge.course.lesson import read_lesson
from judge.course.regions import stub_code
from vaegan import ToImplement
from vaegan.debugger import identity, program, use_student

LESSON = Path(__file__).parents[2] / "solutions" / "ex04_debugger" / "debugger.py"


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    """hand_out writes into the working directory, and use_student is remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(identity, "_chosen", [])


def code_cells():
    return [cell for cell in read_lesson(LESSON).cells if cell.kind == "code"]


def run(cells, namespace):
    for cell in cells:
        exec(compile(cell.source, f"<{cell.grade_id}>", "exec"), namespace)


@pytest.mark.slow
def test_every_cell_runs():
    use_student("ada")
    run(code_cells(), {"__name__": "__main__"})


def one_student_for_each_bug():
    found = {}
    for number in range(300):
        found.setdefault(bug_in(program(f"s{number}"))[0].name, f"s{number}")
    return found


@pytest.mark.parametrize("name, student", sorted(one_student_for_each_bug().items()))
def test_the_model_answer_passes_the_visible_checks_of_every_program(name, student, capsys):
    use_student(student)
    namespace = {"__name__": "__main__"}
    exec("from vaegan.debugger import *\nfrom vaegan.debugger.pictures import draw_stack", namespace)
    run([cell for cell in code_cells() if cell.active], namespace)
    run(
        [cell for cell in code_cells() if cell.grade_id in ("answers_check", "session_check", "fix_check")],
        namespace,
    )
    assert "The repaired program runs" in capsys.readouterr().out
    assert namespace["answers"]()["line"] == bug_in(program(student))[1]


def test_every_visible_check_meets_the_hole_of_an_unsolved_notebook():
    namespace, met = {"__name__": "__main__"}, []
    exec("from vaegan.debugger import *", namespace)
    for cell in code_cells():
        if cell.role == "test":
            namespace |= {"practice": namespace["practice_program"]()}
            with pytest.raises(ToImplement):
                exec(cell.source, namespace)
            met.append(cell.grade_id)
        elif cell.active:
            exec(stub_code(cell.source) if cell.regions else cell.source, namespace)
    assert len(met) == 5


def test_the_lesson_is_worth_30_points():
    assert sum(cell.points or 0 for cell in read_lesson(LESSON).cells) == 30
