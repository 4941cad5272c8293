"""The hidden suite of notebook `vae`: the checks of five modules, in the order of the notebook."""

from graders.ex03_vae import checks_forward, checks_generating, checks_losses, checks_parts, checks_training
from judge.suite import Check

for module in (checks_parts, checks_losses, checks_forward, checks_training, checks_generating):
    for name, value in vars(module).items():
        if isinstance(getattr(value, "check", None), Check):
            globals().setdefault(name, value)
