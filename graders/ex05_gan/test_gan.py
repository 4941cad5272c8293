"""The suite of notebook `gan`: its parts, in the notebook's order."""

from graders.ex05_gan import (
    batch,
    discriminator_step,
    generator_step,
    losses,
    modes,
    networks,
    saving,
    short_training,
    theory,
    train_step,
)
from judge.suite import collect

collect(globals(), theory, networks, losses, discriminator_step, generator_step, train_step, short_training, saving,
        modes, batch)  # fmt: skip
