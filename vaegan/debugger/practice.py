"""A small right program to practise on, a way to count how often a breakpoint fires, and tools for fixes."""

import contextlib
import io
import sys
from pathlib import Path

import numpy as np

from vaegan.debugger.editors import write_launch_json
from vaegan.debugger.identity import student_id
from vaegan.debugger.programs import PROGRAM, program

_PRACTICE = '''"""Measures a made-up VAE on made-up slices: a program to practise on, without a mistake."""

import numpy as np

SEED = {seed}


def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of q(z|x), a uniform distribution, from N(0, I), (batch,)."""
    variance = np.exp(z_log_var)
    terms = np.log(6.0 / np.pi) + z_log_var - z_mean**2 - variance
    kl = -0.5 * terms.sum(axis=1)
    return kl


def evaluate_batch(rng):
    """Mean KL of a batch of sixteen."""
    z_mean, z_log_var = rng.normal(size=(2, 16, 4))
    return float(kl_to_standard_normal(z_mean, z_log_var).mean())


def evaluate(num_batches):
    """Mean KL of all batches."""
    rng = np.random.default_rng(SEED)
    total = 0.0
    for batch in range(num_batches):
        total += evaluate_batch(rng)
    return total / num_batches


print(f"mean KL {{evaluate(60):.2f}} nats")
'''


def practice_program(seed=0):
    """The text of the program to practise on; the seed changes its numbers, not its lines."""
    return _PRACTICE.format(seed=int(seed))


def hand_out(student=None, folder="."):
    """Write a student's program to `program.py`, with a launch configuration for VS Code.

    Args:
        student: str, the course's id; default `student_id()`.
        folder: where to write.

    Returns:
        Path of the program. A program that was changed by hand is put back as it was handed out.
    """
    path = Path(folder) / PROGRAM
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(program(student or student_id()), encoding="utf-8")
    write_launch_json(folder)
    return path


def count_stops(function, run):
    """How often a breakpoint on a function's first line fires while something runs.

    Args:
        function: the function or method that the breakpoint is in.
        run: callable without arguments.

    Returns:
        int. Counted as a debugger does: by asking Python to be told whenever it enters that code.
    """
    code = getattr(function, "__code__", None) or function.__func__.__code__
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event == "call" and frame.f_code is code

    before = sys.gettrace()
    sys.settrace(note)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def run_program(text):
    """Run a program; returns what it prints, and the exception it raises, if any, as a last line."""
    return _run(text, {})


def run_repaired(text, name, function):
    """Run a program with one of its functions replaced; returns what `run_program` does.

    Args:
        text: str, the program.
        name: the function's name.
        function: callable that takes its place.

    Raises:
        ValueError: if the program has no such function.
    """
    if f"\ndef {name}(" not in text:
        raise ValueError(f"The program has no function {name!r}. Copy the name from a line that begins with `def`.")
    return _run(text, {name: function})


def _run(text, replaced):
    definitions, rest = _split(text)
    printed = io.StringIO()
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(printed), np.errstate(all="ignore"):
        exec(compile(definitions, PROGRAM, "exec"), names)
        names.update(replaced)
        try:
            exec(compile(rest, PROGRAM, "exec"), names)
        except Exception as error:  # shown to the student as the program's own
            printed.write(f"{type(error).__name__}: {error}\n")
    return printed.getvalue()


def _split(text):
    """The program up to the end of its last function, and what it does with its functions."""
    lines = text.splitlines(keepends=True)
    last = max(number for number, line in enumerate(lines) if line.startswith(" ") and line.strip())
    return "".join(lines[: last + 1]), "".join(lines[last + 1 :])


def call_with_numpy(function, *arguments):
    """Call a function with NumPy arrays in place of tensors, and say what became of them.

    Returns:
        [the result, the arguments after the call].
    """
    arrays = [np.array(argument) for argument in arguments]
    with np.errstate(all="ignore"):
        return [function(*arrays), arrays]
