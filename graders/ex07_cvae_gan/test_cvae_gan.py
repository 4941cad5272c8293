"""The suite of notebook `cvae_gan`: its parts, in the notebook's order."""

from graders.ex07_cvae_gan import (
    decoder_step,
    discriminator_step,
    encoder_step,
    features,
    losses,
    networks,
    sharpness,
    whole,
)
from judge.suite import collect

collect(globals(), sharpness, features, networks, losses, discriminator_step, encoder_step, decoder_step, whole)
