"""The suite of notebook `conditional`: its parts, in the notebook's order."""

from graders.ex06_conditional import acgan, auxiliary, cgan, conditions, cvae, cvae_training, labelled
from judge.suite import collect

collect(globals(), conditions, cvae, cvae_training, labelled, cgan, auxiliary, acgan)
