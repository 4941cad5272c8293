"""Lets the grader's server find nbgrader_class_page.py, which the JSON beside this file switches on.

And opening what a student handed in must not change it, so pairs are not brought to one state here.
"""

import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.append(HERE)

c = get_config()  # noqa: F821  traitlets defines it where it runs this file
c.ServerApp.contents_manager_class = "jupytext.AsyncTextFileContentsManager"
