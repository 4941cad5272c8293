"""No function of a program to debug is the repair of another, or what another exercise asks for."""

import re

import numpy as np
import pytest

from graders.ex04_debugger.catalogue import BUGS, bug_in
from vaegan.debugger import practice_program, program

SURPRISES = 12


def programs_of_every_kind():
    found = {"practice": practice_program()}
    for number in range(300):
        text = program(f"s{number}")
        found.setdefault(bug_in(text)[0].name, text)
    return found


PROGRAMS = programs_of_every_kind()


def functions_of(text):
    """The functions of a program, made without running it: everything from the first call on is left out."""
    head = re.split(r"^(?:main\(\)|rng = |print\()", text, flags=re.M)[0]
    names = {}
    exec(compile(head, "program.py", "exec"), names)
    return {name: value for name, value in names.items() if getattr(value, "__module__", "") != "vaegan.debugger"
            and callable(value)}  # fmt: skip


def repairs(function, bug):
    """Whether a function gives the right values on inputs that show the mistake."""
    for seed in range(SURPRISES):
        inputs = bug.inputs(np.random.default_rng(seed), True)
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(function(*inputs), np.float64)
        except Exception:  # another function, with other arguments
            return False
        right = bug.right(*inputs)
        if value.shape != np.shape(right) or not np.allclose(value, right, rtol=bug.rtol, atol=1e-6):
            return False
    return True


def test_a_repair_would_be_found():
    for bug in BUGS:
        assert repairs(bug.right, bug) and not repairs(bug.wrong, bug)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_no_program_holds_the_repair_of_a_mistake(bug):
    found = [
        (program_name, name)
        for program_name, text in PROGRAMS.items()
        for name, function in functions_of(text).items()
        if repairs(function, bug)
    ]
    assert found == []
