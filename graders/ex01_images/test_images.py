"""The hidden suite of notebook `images`: the checks of five modules, in the order of the notebook."""

from graders.ex01_images import checks_cohort, checks_files, checks_grid, checks_model, checks_volume
from judge.suite import Check

for module in (checks_grid, checks_files, checks_volume, checks_cohort, checks_model):
    for name, value in vars(module).items():
        if isinstance(getattr(value, "check", None), Check):
            globals().setdefault(name, value)
