"""The hidden suite of notebook `gan`: the checks of its modules, in the order of the notebook."""

from graders.ex05_gan import (
    checks_batch,
    checks_discriminator_step,
    checks_generator_step,
    checks_losses,
    checks_modes,
    checks_parts,
    checks_saving,
    checks_short_training,
    checks_theory,
    checks_training,
)
from judge.suite import Check

for module in (
    checks_theory,
    checks_parts,
    checks_losses,
    checks_discriminator_step,
    checks_generator_step,
    checks_training,
    checks_short_training,
    checks_saving,
    checks_modes,
    checks_batch,
):
    for name, value in vars(module).items():
        if isinstance(getattr(value, "check", None), Check):
            globals().setdefault(name, value)
