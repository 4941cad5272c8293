"""The suite of notebook `debugger`: its parts, in the notebook's order."""

from graders.ex04_debugger import finding, fixing, practice, session
from judge.suite import collect

collect(globals(), practice, finding, session, fixing)
