"""Each hole stands on its own: what another hole holds up is judged with a stand-in for it."""

import ast
import uuid

import pytest

from judge import ROOT
from judge.commands.empty_holes import PAGE, empty_holes, findings, page
from judge.commands.workbench import Workbench
from judge.course.lesson import exercises, read_lesson
from judge.sandbox.session import Code, Session
from judge.suite import engine
from judge.suite.engine import Status
from judge.suite.stand_ins import STAND_INS, defined_by, read_stand_ins
from judge.suite.suites import Suite, suites_of

SUITE = """
import numpy as np

from judge.suite import Student, agree, cell

double, total, pair = cell("double_check"), cell("total_check"), cell("pair_check")
X = np.array([1.0, 3.0], np.float32)


@double.check("double returns twice its input.")
def test_double(student: Student) -> None:
    agree(student.call("double", X), 2 * X, "double(x)")


@total.check("total adds up what double makes of each.", needs=[test_double])
def test_total(student: Student) -> None:
    agree(student.call("total", X), 20.0 if student.stand_in("double") else 8.0, "total(x)")


@total.check("total of nothing is 0.", needs=[test_total])
def test_total_of_nothing(student: Student) -> None:
    agree(student.call("total", X[:0]), 0.0, "total of nothing")


@pair.check("pair gives both.", needs=[test_total])
def test_pair(student: Student) -> None:
    first, second = (student.call(name, X) for name in ("double", "total"))
    found = student.call("pair", X)
    agree(found[0], first, "the first")
    agree(found[1], second, "the second")


@pair.check("pair counts.")
def test_count(student: Student) -> None:
    agree(student.call("count", X), 2.0, "count(x)")


@pair.check("All together.", needs=[test_double, test_total], whole=True)
def test_all(student: Student) -> None:
    agree(student.call("pair", X)[1], 8.0, "all")
"""
STANDING_IN = """# Other formulas.

# %% grade_id="double"
def double(x):
    return 5.0 * x


# %% grade_id="total"
def total(x):
    return 7.0 * sum(x)
"""
RIGHT = {
    "double": "def double(x):\n    return 2 * x",
    "total": "import numpy as np\n\ndef total(x):\n    return np.sum(double(x))",
    "pair": "def pair(x):\n    return double(x), total(x)\n\ndef count(x):\n    return len(x)",
}
TO_WRITE = "from vaegan import ToImplement\n\ndef double(x):\n    raise ToImplement('double: return twice x.')"
DOES_NOTHING = "def double(x):\n    pass"


@pytest.fixture
def judged(tmp_path, parent):
    """The verdicts on the right answers, some of them replaced."""

    def judge(suite: str = SUITE, **answers: str):
        path = tmp_path / f"graders/ex_{uuid.uuid4().hex}/test_{uuid.uuid4().hex}.py"  # pytest imports a suite once
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(suite)
        (path.parent / STAND_INS).write_text(STANDING_IN)
        with Session(parent, Code(tuple((RIGHT | answers).items()))) as session:
            session.load()
            return {v.name: v for v in Suite(path).judge(session).verdicts}

    return judge


def lost(verdicts):
    return {name for name, verdict in verdicts.items() if verdict.status is not Status.PASSED}


@pytest.mark.parametrize(
    "double", [TO_WRITE, DOES_NOTHING, "def double(x) return x", "def double(x):\n    return 3 * x"]
)
def test_a_hole_that_fails_costs_its_own_points_and_those_of_the_whole(judged, double):
    found = judged(double=double)
    assert lost(found) == {"test_double", "test_all"}
    assert found["test_total"].message == found["test_pair"].message == "Judged with a stand-in for your `double`."
    assert found["test_all"].status is Status.NOT_RUN


def test_what_needs_a_hole_through_another_one_is_judged_with_both_stand_ins(judged):
    found = judged(double=DOES_NOTHING, total="def total(x):\n    return 0.5")
    assert lost(found) == {"test_double", "test_total", "test_total_of_nothing", "test_all"}
    assert found["test_pair"].message == "Judged with a stand-in for your `double` and `total`."


def test_a_cell_that_stops_takes_no_check_along_that_names_no_need(judged):
    found = judged(SUITE.replace(", needs=[test_double])", ")"), double="def double(x) return x")
    assert lost(found) == {"test_double", "test_all"}


def test_what_may_do_without_a_hole_is_judged_with_its_stand_in_only_where_it_fails(judged):
    suite = SUITE.replace(", needs=[test_double])", ", uses=[test_double])")
    with_stand_in = "Judged with a stand-in for your `double`."
    assert judged(suite, double=DOES_NOTHING)["test_total"].message == with_stand_in
    alone = judged(suite, double=DOES_NOTHING, total="def total(x):\n    return 2.0 * sum(float(v) for v in x)")
    assert alone["test_total"].status is Status.PASSED and alone["test_total"].message == ""
    wrong = judged(suite, double=DOES_NOTHING, total="def total(x):\n    return 3.0")["test_total"]
    assert wrong.status is Status.FAILED and "stand-in" not in wrong.message


def test_a_wrong_answer_stays_wrong_with_a_stand_in(judged):
    found = judged(double=DOES_NOTHING, total="def total(x):\n    return 3.0")
    assert found["test_total"].status is Status.FAILED
    assert found["test_total"].message.endswith(" Judged with a stand-in for your `double`.")


def test_nothing_changes_where_nothing_fails(judged):
    found = judged()
    assert lost(found) == set() and {v.message for v in found.values()} == {""}


def test_a_check_that_is_our_fault_with_a_stand_in_is_our_fault(judged):
    suite = SUITE.replace("agree(student.call", "student.stand_in('double') and 1 / 0\n    agree(student.call")
    assert judged(suite, double=DOES_NOTHING)["test_total"].status is Status.OUR_FAULT


def test_the_hole_that_stopped_is_blamed_and_not_its_caller(judged):
    suite = SUITE.replace(", needs=[test_double])", ")")
    found = judged(suite, double=TO_WRITE)
    said = "`double` is not written yet: it still raises ToImplement."
    assert found["test_double"].message == said
    assert found["test_total"].message == f"{said} `total` needs it."


def test_who_hangs_is_waited_for_once_and_then_for_less(judged, monkeypatch):
    monkeypatch.setattr(engine, "AFTER_A_HANG", 1.0)
    suite = SUITE
    for says in ("pair gives both.", "pair counts."):
        suite = suite.replace(f'"{says}"', f'"{says}", seconds=3')
    found = judged(suite, pair="def count(x):\n    while True: pass\n\ndef pair(x):\n    return count(x)")
    said = "did not finish within {} seconds and was stopped."
    assert found["test_pair"].message.endswith(said.format(3))
    assert found["test_count"].message.endswith(said.format(1))


SUITES = [suite for exercise in exercises(ROOT) for suite in suites_of(exercise, ROOT)]
WITH_STAND_INS = [suite for suite in SUITES if (suite.folder / STAND_INS).exists()]


@pytest.mark.parametrize("suite", WITH_STAND_INS, ids=lambda suite: suite.exercise)
def test_a_stand_in_defines_what_the_solution_does_and_holds_no_line_of_it(suite):
    lesson = read_lesson(ROOT / "solutions" / suite.exercise / f"{suite.notebook}.py")
    cells = {cell.grade_id: cell for cell in lesson.cells}
    for hole, text in read_stand_ins(suite.folder, suite.version).items():
        lines = cells[hole].source.split("\n")
        solved = {line.strip() for region in cells[hole].regions for line in lines[region.first : region.last + 1]}
        solved = {line for line in solved if len(line) > 12 and not line.startswith("#")}
        assert solved.isdisjoint(line.strip() for line in text.split("\n")), hole
        tree = ast.parse("\n".join(lines))
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        assert names <= set(defined_by(text)), hole


def test_an_empty_hole_costs_its_own_points_and_those_of_the_whole():
    bench = Workbench(suites_of("ex02_autoencoder")[0])
    (cost,) = empty_holes(bench, ["error"])
    assert list(findings("ex02_autoencoder", [cost])) == []
    assert cost.own == bench.worth("error") == 3
    assert 0 < cost.whole < cost.lost == pytest.approx(cost.own + cost.whole)


def test_the_page_knows_every_hole_and_none_that_costs_more_than_it_should():
    rows = [line for line in (ROOT / PAGE).read_text("utf-8").splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == [hole for suite in WITH_STAND_INS for hole in Workbench(suite).stubs]
    assert {row.rsplit("|", 2)[1].strip() for row in rows} == {"0"}


@pytest.mark.full
def test_the_page_says_what_every_empty_hole_costs():
    costs = {suite.exercise: list(empty_holes(Workbench(suite))) for suite in WITH_STAND_INS}
    assert [line for exercise, found in costs.items() for line in findings(exercise, found)] == []
    assert page(costs) == (ROOT / PAGE).read_text("utf-8")


@pytest.mark.full
@pytest.mark.parametrize("suite", WITH_STAND_INS, ids=lambda suite: suite.exercise)
def test_a_stand_in_handed_in_as_an_answer_has_no_full_cell(suite):
    bench = Workbench(suite)
    for hole, text in read_stand_ins(suite.folder, suite.version).items():
        verdicts = bench.judge({hole: text}, bench.concerned(hole)).verdicts
        cells = {cell.name for cell in suite.cells.values() if cell.hole == hole}
        assert any(v.check.cell in cells and v.status is Status.FAILED for v in verdicts), hole
