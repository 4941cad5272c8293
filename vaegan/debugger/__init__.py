"""The debugger exercise: a program to debug for each student, and a pdb that records what was done with it.

Nothing here needs TensorFlow. Pictures of the call stack are in `vaegan.debugger.pictures`, which loads
matplotlib.
"""

from vaegan.debugger.batches import load_batches
from vaegan.debugger.editors import breakpoints_of, session_script, write_launch_json
from vaegan.debugger.expressions import ScriptError
from vaegan.debugger.identity import student_id, use_student
from vaegan.debugger.practice import (
    call_with_numpy,
    count_stops,
    hand_out,
    practice_program,
    run_program,
    run_repaired,
)
from vaegan.debugger.programs import program
from vaegan.debugger.recorder import replay
from vaegan.debugger.script import read_script
from vaegan.debugger.story import draw_as_text, tell

__all__ = [
    "ScriptError", "breakpoints_of", "call_with_numpy", "count_stops", "draw_as_text", "hand_out", "load_batches",
    "practice_program", "program", "read_script", "replay", "run_program", "run_repaired", "session_script",
    "student_id", "tell", "use_student", "write_launch_json",
]  # fmt: skip
