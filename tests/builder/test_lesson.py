"""What authors may write, and the sentence they read when they err."""

import ast

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judge.course.lesson import exercises, lesson_paths, read_lesson
from judge.course.regions import RegionError, find_regions, marker_like, stub_code, stub_prose

HOLE = "def f(x):\n    ### BEGIN SOLUTION: {}\n    return x + 1\n    ### END SOLUTION"


def read(course):
    return read_lesson(course / "solutions/ex_tiny/tiny.py")


def test_headers_become_cells(course):
    lesson = read(course)
    assert (lesson.exercise, lesson.name, lesson.paired) == ("ex_tiny", "tiny", True)
    roles = [(cell.grade_id, cell.role, cell.points) for cell in lesson.cells]
    assert roles == [
        (None, None, None),
        ("imports", "given", None),
        ("kl", "solution", None),
        ("kl_check", "test", 4),
        ("why", "manual", 2.5),
    ]
    assert lesson.cells[2].regions[0].instruction == 'Return the "KL divergence", summed over the latent dimensions.'
    assert lesson.cells[3].source == "kl(np.zeros((2, 3)), np.zeros((2, 3)))"


def test_a_lesson_without_active_code_is_not_paired(course):
    assert not read_lesson(course / "solutions/ex_tiny/use_tiny.py").paired


def test_hints_are_no_exercise_but_belong_to_each(course):
    assert exercises(course) == ["ex_tiny"]
    assert [path.name for path in lesson_paths(course, "ex_tiny")] == [
        "tiny.py",
        "use_tiny.py",
        "HINTS_SWE.py",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('role="given"', 'role="gven"', "cell 2 (imports): unknown role 'gven'. Use one of solution,"),
        (
            'role="given" grade_id="imports"',
            'role="given"',
            "cell 2: a cell with role 'given' needs a grade_id",
        ),
        ('grade_id="imports"', 'grade_id="Imports!"', "received 'Imports!'"),
        ('grade_id="imports"', "grade_id=3", "received 3"),
        ('grade_id="kl_check"', 'grade_id="kl"', "cell 4 (kl): the grade_id is taken by cell 3. Rename one"),
        (
            'grade_id="imports"',
            'grade_id="imports" points=1',
            "points belong to cells with role test or manual",
        ),
        (" points=4", "", "cell 4 (kl_check): a cell with role 'test' needs points"),
        ("points=4", 'points="4"', "received '4'"),
        ("points=4", "points=-1", "received -1"),
        ("points=4", "points=true", "received True"),
        ("points=4", "points=4 pionts=4", "unknown key 'pionts'"),
        ('tags=["active-ipynb"]', 'tags="active-ipynb"', "cannot be read as a py:percent notebook"),
        ('tags=["active-ipynb"] role="test"', 'role="test"', 'Add tags=["active-ipynb"]'),
        ('[markdown] role="manual"', 'role="manual"', "must be markdown, received code"),
        ("    ### END SOLUTION\n", "", "a solution region does not end"),
        ("    ### BEGIN SOLUTION: Return", "    # Return", "'### END SOLUTION' has no beginning"),
        ("    terms =", "    ### BEGIN SOLUTION: Again.\n    terms =", "a solution region begins in another"),
        ("### BEGIN SOLUTION: Return", "## BEGIN SOLUTION: Return", "mistyped"),
        ("### BEGIN SOLUTION: Return", "### BEGIN SOLUTON: Return", "mistyped"),
        ("### BEGIN SOLUTION: Return", "### Begin Solution: Return", "mistyped"),
        (
            "    ### END SOLUTION\n",
            "    ### END SOLUTION\n    ### BEGIN HIDDEN TESTS\n",
            "belong to graders/",
        ),
        ("### BEGIN SOLUTION: Return the", "### BEGIN SOLUTION\n    #", "does not say what to write"),
        ("# kl(np", "# ### BEGIN HIDDEN TESTS\n# kl(np", "hidden tests belong to graders/"),
        ("# # A tiny lesson", "# ### BEGIN SOLUTION\n# A", "stands in a cell that is no hole"),
        ("# ### BEGIN SOLUTION\n# Because", "# Because", "'### END SOLUTION' has no beginning"),
        ("from vaegan import ToImplement", "from vaegan import bases", "which no active cell imports"),
        ("    return 0.5", "        )\n    return 0.5", None),
        ("def kl(z_mean, z_log_var):", "def kl(z_mean, z_log_var:", "not valid Python"),
    ],
)
def test_a_mistake_is_named_with_its_cell_and_remedy(course, edit, old, new, message):
    edit(old, new)
    if message is None:
        read(course)  # what is wrong inside a region alone does not reach students
        return
    with pytest.raises(ValueError, match="solutions/ex_tiny/tiny") as caught:
        read(course)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_solution_cell_without_region_is_refused(course, edit):
    edit(
        '    ### BEGIN SOLUTION: Return the "KL divergence",\n    ### summed over the latent dimensions.\n',
        "",
    )
    edit("    ### END SOLUTION\n", "")
    with pytest.raises(ValueError, match="must hold a solution region"):
        read(course)


def test_a_hole_outside_functions_is_refused_in_a_module(course, edit):
    edit(
        '# %% role="solution"',
        '# %% role="solution" grade_id="top"\n### BEGIN SOLUTION: Set x.\nx = 1\n'
        '### END SOLUTION\n\n# %% role="solution"',
    )
    with pytest.raises(ValueError, match="outside every function, so importing the unsolved module"):
        read(course)


def test_a_lesson_needs_an_importable_name(course):
    path = course / "solutions/ex_tiny/tiny.py"
    with pytest.raises(ValueError, match="a file name that Python can import"):
        read_lesson(path.rename(path.with_name("2-tiny.py")))


def test_regions_become_stubs_at_their_indentation():
    assert stub_code(HOLE.format("Return x + 1.")) == 'def f(x):\n    raise ToImplement("Return x + 1.")'


def test_a_long_instruction_is_broken_into_lines():
    stub = stub_code(HOLE.format("word " * 60))
    assert max(map(len, stub.split("\n"))) <= 100
    assert evaluate_instruction(stub) == ("word " * 60).strip()


def test_a_region_in_a_string_is_refused():
    source = HOLE.format("Return x + 1.").replace("    ###", '    """\n    ###', 1) + '\n    """'
    with pytest.raises(RegionError, match="inside a string"):
        stub_code(source)


def test_model_answers_give_way_to_nbgraders_text():
    source = "Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION\nThanks."
    assert stub_prose(source) == "Why?\n\nYOUR ANSWER HERE\nThanks."


MARKERS = """\
### BEGIN SOLUTION
##BEGIN SOLUTION
# begin solution: x
### BEGIN_SOLUTION
### BEGIN SOLUTON
### BEGN SOLUTION
###  END  SOLUTION
### END SOLUTIONS
### END SOLTUION
### EDN SOLUTION
### BEGINSOLUTION
### BEGIN HIDDEN TESTS
### BEGIN HIDEN TESTS
### END HIDDEN TEST
### BEGIN MARK SCHEME
x = 1  ### END SOLUTION
<!-- BEGIN SOLUTION -->"""
NO_MARKERS = """\
### The solution
# and the solution is unique
# begin with the mean
# end of the hidden layer
self.hidden = layers.Dense(3)
## Solving for the mean
# beginning
# hidden layer
# ---
"""


@pytest.mark.parametrize("line", MARKERS.split("\n"))
def test_markers_are_recognised_however_they_are_mistyped(line):
    assert marker_like(line)


@pytest.mark.parametrize("line", NO_MARKERS.split("\n"))
def test_ordinary_lines_are_no_markers(line):
    assert not marker_like(line)


printable = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200)


@settings(deadline=None)  # a loaded machine is no fault
@given(printable)
def test_any_instruction_gives_a_stub_that_raises_with_it(instruction):
    assume(instruction.split())
    assert evaluate_instruction(stub_code(HOLE.format(instruction))) == " ".join(instruction.split())


@settings(deadline=None)  # a loaded machine is no fault
@given(st.lists(st.sampled_from(["BEGIN", "END", "x = 1"]), max_size=8))
def test_regions_are_found_exactly_when_markers_alternate(kinds):
    text = {"BEGIN": "### BEGIN SOLUTION: Write it.", "END": "### END SOLUTION"}
    source = "\n".join(text.get(kind, kind) for kind in kinds)
    markers = [kind for kind in kinds if kind != "x = 1"]
    balanced = markers == ["BEGIN", "END"] * (len(markers) // 2)
    if balanced:
        assert len(find_regions(source, code=True)) == len(markers) // 2
    else:
        with pytest.raises(RegionError):
            find_regions(source, code=True)


def evaluate_instruction(stub):
    (node,) = (node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.Raise))
    return ast.literal_eval(node.exc.args[0])
