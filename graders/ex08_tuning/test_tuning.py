"""The suite of notebook `tuning`: its parts, in the notebook's order."""

from graders.ex08_tuning import honest, improvement, rates, reading, regret, search, studies, traversal
from judge.suite import collect

collect(globals(), honest, rates, improvement, search, regret, studies, reading, traversal)
