"""The hidden suite of notebook `conditional`: the checks of eight modules, in the order of the notebook."""

from graders.ex06_conditional import (
    checks_acgan,
    checks_auxiliary,
    checks_cgan,
    checks_conditions,
    checks_cvae,
    checks_cvae_training,
    checks_labelled,
    checks_ventricles,
)
from judge.suite import Check

for module in (
    checks_conditions,
    checks_cvae,
    checks_cvae_training,
    checks_ventricles,
    checks_labelled,
    checks_cgan,
    checks_auxiliary,
    checks_acgan,
):
    for name, value in vars(module).items():
        if isinstance(getattr(value, "check", None), Check):
            globals().setdefault(name, value)
