"""Properties: checks that hold for every input, tried on inputs that hypothesis draws on the judge's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture.providers import HypothesisProvider
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from judge.suite.expect import CheckFailed, show_example

_MAX_FAILING_EXAMPLES = 120  # shrinking stops here, with the smallest found so far
_SEED = 0  # otherwise it is a hash of the source of the property

# Hypothesis also draws numbers and texts that it reads in the loaded modules of a project: a changed line in any of
# them would change what a submission is judged with. No setting turns that off.
HypothesisProvider._local_constants = Constants()  # type: ignore[assignment]


def for_all(holds: Callable[..., None], *, max_examples: int = 25, **strategies: SearchStrategy[Any]) -> None:
    """Fail with the smallest input found for which `holds(**input)` raises `CheckFailed`.

    Hypothesis draws the inputs here, the same ones every time and whatever else has changed, without deadline or
    database.

    Args:
        holds: the property; it calls the student's code and compares.
        max_examples: how many inputs to try.
        **strategies: one hypothesis strategy for each argument of `holds`.
    """
    failures: list[tuple[CheckFailed, dict[str, Any]]] = []

    def try_one(**example: Any) -> None:
        try:
            holds(**example)
        except CheckFailed as failure:
            failures.append((failure, example))
            if failure.fatal or len(failures) >= _MAX_FAILING_EXAMPLES:
                raise _StopShrinking from failure
            raise

    run = seed(_SEED)(
        settings(
            max_examples=max_examples,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            print_blob=False,
        )(given(**strategies)(try_one))
    )
    try:
        run()
    except (CheckFailed, _StopShrinking, Flaky):  # Flaky: a wrong answer that did not come again
        if not failures:
            raise
        failure, example = failures[-1] if not failures[-1][0].fatal else failures[0]
        raise CheckFailed(
            failure.message,
            failure.mistake,
            example=show_example(example),
            fatal=failure.fatal,
            crashed=failure.crashed,
            evidence=failures[0][0].evidence,  # shrunk inputs differ from one submission to another
        ) from None


class _StopShrinking(BaseException):
    """Leaves hypothesis at once; a BaseException because it shrinks on every Exception."""
