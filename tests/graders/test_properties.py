"""What properties are tried on is the same for ever: a student's verdict hangs on it."""

import ast
import hashlib
import os
import subprocess
import sys

from judge import ROOT

DRAW = """
{first}
from hypothesis import strategies as st
from judge.suite.properties import for_all

drawn = []
for_all(lambda n, x, t: drawn.append((n, x, t)), max_examples=60,
        n=st.integers(-10**9, 10**9), x=st.floats(-10, 10), t=st.text(max_size=9))
print(drawn)
"""
PLANTED = f"numbers = {[7654321 + n for n in range(300)]}; x = 6.54321; t = 'planted'\n"
HASH_OF_WHAT_IS_DRAWN = "471019ebf600"  # of this version of hypothesis; with another, record the suites anew


def drawn(folder, first=""):
    """What a process draws that first does something else; by default nothing."""
    (folder / "drawing.py").write_text(DRAW.format(first=first))
    line = [sys.executable, str(folder / "drawing.py")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(line, capture_output=True, text=True, check=True, env=environment).stdout


def test_constants_of_other_modules_change_nothing_that_is_drawn(tmp_path):
    (tmp_path / "planted.py").write_text(PLANTED)
    found = drawn(tmp_path, "import planted")
    assert hashlib.sha256(found.encode()).hexdigest()[:12] == HASH_OF_WHAT_IS_DRAWN
    assert len(set(ast.literal_eval(found))) >= 30
