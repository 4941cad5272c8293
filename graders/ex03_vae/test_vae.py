"""The suite of notebook `vae`: its parts, in the notebook's order."""

from graders.ex03_vae import encoder_decoder, forward, generating, kl, likelihoods, sampling, saving, steps
from judge.suite import collect

collect(globals(), encoder_decoder, sampling, likelihoods, kl, forward, steps, generating, saving)
