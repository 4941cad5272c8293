"""The suite of notebook `vae`: its parts, in the notebook's order."""

from graders.ex03_vae import checks_forward, checks_generating, checks_parts, checks_training, kl, likelihoods
from judge.suite import collect

collect(globals(), checks_parts, likelihoods, kl, checks_forward, checks_training, checks_generating)
