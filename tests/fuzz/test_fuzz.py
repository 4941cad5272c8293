"""No input makes a parser of the trusted side raise; `benchmarks/fuzz.py` tries 100,000 of each."""

import fuzz_targets
import pytest
from hypothesis import HealthCheck, given, settings


@pytest.mark.slow
@pytest.mark.parametrize("name", fuzz_targets.TARGETS)
def test_no_input_makes_a_parser_raise(name):
    target = fuzz_targets.TARGETS[name]

    @settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(target.inputs)
    def attempt(value):
        target.run(value)

    attempt()
