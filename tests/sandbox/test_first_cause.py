"""A missing name is told with what went wrong first: the cell that stopped, its line, and what to do."""

import pytest

from judge.sandbox.outcomes import Raised
from judge.sandbox.session import Code, Session
from judge.suite.expect import CheckFailed
from judge.suite.first_cause import why_not_there
from judge.suite.spelling import look_alike
from judge.suite.student import Student, unwrap

MODULE = {"layers.py": b"def f(x):\n    return (x\n"}
LAYER = """
import keras
class F(keras.Layer):
    def call(self, x):
        return {}
def f(x):
    return F()(keras.ops.ones((1, 1)))
"""
FIRST_CAUSES = {
    "an_open_bracket": (
        ["def f(x):\n    return g(x\n"],
        "`f` is not there because its cell stopped: SyntaxError: '(' was never closed, line 2 of the cell (your line: "
        "`return g(x`)",
    ),
    "an_import_in_another_cell": (
        ["from tensorflow import keras\nx = keras.nothing", "class Base(x.Layer): ...", "class f(Base): ..."],
        "because its cell needs `Base`, which needs `x`, whose cell stopped: AttributeError: module",
    ),
    "a_helper_of_another_cell": (
        ["def helper(x:\n    return 1", "def f(x):\n    return helper(x)"],
        "`f` raised NameError: name 'helper' is not defined (your line: `return helper(x)`). It is not there because "
        "its cell stopped: SyntaxError",
    ),
    "a_name_that_a_layer_needs": (
        [LAYER.format("ops.abs(x)")],
        "raised NameError: name 'ops' is not defined (your line: `return ops.abs(x)`)",
    ),
    "a_name_that_a_layer_needs_of_a_cell_that_stopped": (
        ["def g(x:", LAYER.format("g(x)")],
        "It is not there because its cell stopped: SyntaxError: '(' was never closed, line 1",
    ),
    "a_notebook_that_is_run": (
        ["%run helpers.ipynb"],
        "`f` is not there because the cell that should bring it stopped: Exception: File `'helpers.ipynb'` not found",
    ),
    "names_of_a_module_that_is_not_there": (
        ["from helper import *"],
        "the cell that should bring it stopped: ModuleNotF",
    ),
    "a_cell_magic": (
        ["%%writefile f.py\ndef f(x):\n    return x"],
        "`f` is not there because its cell begins with `%%writefile`, which does something else with it than run it",
    ),
    "a_module_of_the_student": (["from layers import f"], "'(' was never closed, line 2 of layers.py"),
    "a_no_break_space": (
        ["def f(x):\n    return\u00a0x"],
        "no-break space (U+00A0), as pasted from a PDF or a web page: type a",
    ),
    "a_zero_width_space": (
        ["def f(x):\n    return x\u200b"],
        "zero width space (U+200B), as pasted from a PDF or a web page: delete it",
    ),
    "curly_quotes": (
        ["f = \u201cx\u201d"],
        '(U+201C), as pasted from a PDF or a web page: type `"`',
    ),
    "a_minus_sign": (["def f(x):\n    return x \u2212 1"], "type `-`"),
    "tabs_and_spaces": (
        ["def f(x):\n        y = 1\n\treturn x"],
        "TabError: inconsistent use of tabs and spaces",
    ),
    "a_print_statement": (["def f(x):\n    print x"], "Missing parentheses in call to 'print'"),
    "a_breakpoint": (
        ["def f(x):\n    breakpoint()\n    return x"],
        "`f` raised BdbQuit (your line: `return x`); a breakpoint stopped it, so take",
    ),
    "ipython_s_set_trace": (
        ["from IPython.core.debugger import set_trace\ndef f(x):\n    set_trace()\n    return x"],
        "a breakpoint stopped it",
    ),
    "a_question_to_the_keyboard": (["n = input('n?')\ndef f(x): ..."], "take `input()` out"),
    "sys_exit": (["import sys\nsys.exit()\ndef f(x): ..."], "`exit()`, `quit()` or `sys.exit()` ended it"),
    "quit": (["quit()\ndef f(x): ..."], "`exit()`, `quit()` or `sys.exit()` ended it"),
    "a_loop_without_end": (["while True: ...\nf = 1"], "because its cell did not end within 2 seconds"),
    "a_crash": (["import os; os._exit(3)\nf = 1"], "because its cell ended the whole Python process"),
    "a_cyrillic_letter": (
        ["def f(x):\n    return \u0441 * x"],
        "holds the character cyrillic small letter es",
    ),
    "a_function_in_a_class": (
        ["class A:\n    def f(self): ..."],
        "it stands inside another definition",
    ),
    "empty_lines_on_top": (["\n\n\ndef f(x):\n    return 1 +"], "invalid syntax, line 5 of the cell"),
    "a_stub_that_the_cell_calls": (
        ["from vaegan import ToImplement\nraise ToImplement('g')\nf = 1"],
        "something that it needs is not written yet: it still raises ToImplement",
    ),
    "a_name_taken_away": (["def f(x): ...\ndel f"], "because its cell takes it away again"),
    "another_name": (
        ["def F1(x): ..."],
        "`f` is not there: no cell of the notebook defines it. Give it the name",
    ),
}


@pytest.mark.parametrize("name", FIRST_CAUSES)
def test_the_first_cause_is_told(name, parent):
    cells, sentence = FIRST_CAUSES[name]
    with Session(parent, Code(tuple((str(n), c) for n, c in enumerate(cells)), MODULE), cell_seconds=2) as session:
        student = Student(session)
        with pytest.raises(CheckFailed) as failure:
            unwrap(student.attempt("f", 1.0), "f")
    assert sentence in failure.value.message


def test_a_shell_command_does_not_stop_its_cell(parent):
    with Session(parent, Code((("a", "!pip install numpy\n%pip install numpy\ndef f(x): return 2 * x"),))) as session:
        assert Student(session).call("f", 3) == 6
    assert "Not run when it is graded: pip install numpy" in session.outputs["a"][0]["text"]


def test_what_a_shell_command_would_give_is_empty(parent):
    with Session(parent, Code((("a", "files = !ls\ndef f(x): return len(files)"),))) as session:
        assert Student(session).call("f", 3) == 0


def test_a_greek_name_of_a_formula_is_no_slip_and_a_twin_of_a_latin_letter_is():
    assert look_alike("name '\u03c3' is not defined") == ""
    assert "greek capital letter alpha (U+0391)" in look_alike("name '\u0391dam' is not defined")


def test_a_near_name_is_shown():
    assert "there is `encoder`" in why_not_there("Encoder", {"a": "def encoder(x): ..."}, {})


def test_cells_that_need_each_other_end_the_search():
    errors = {
        c: Raised("NameError", ("NameError",), f"name '{n}' is not defined", ()) for c, n in (("a", "g"), ("b", "f"))
    }
    assert "needs `g`, whose cell stopped" in why_not_there("f", {"a": "f = g", "b": "g = f"}, errors)
