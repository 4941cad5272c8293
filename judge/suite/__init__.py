"""Everything a suite imports: `from judge.suite import Student, agree, check, ...`.

A suite is a pytest module, `graders/<exercise>/test_<notebook>.py`, which collects its parts: modules with the
checks of some cells, what is right there, and the mistakes to expect. It is never shown to a student.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, TypeVar

from judge.sandbox.outcomes import Died, Outcome, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.suite.expect import (
    Array,
    CheckFailed,
    Evidence,
    Mistake,
    Patch,
    agree,
    expect,
    expect_array,
    expect_pair,
    in_shape,
    is_same,
)
from judge.suite.properties import for_all
from judge.suite.student import Gradients, Remote, Student, unwrap

__all__ = [
    "Array", "Cell", "Check", "CheckFailed", "Died", "Evidence", "Gradients", "Mistake", "OutOfMemory", "Outcome",
    "Raised", "Remote", "Returned", "Student", "TimedOut", "TooMuchOutput", "agree", "cell", "check", "collect",
    "expect", "expect_array", "expect_pair", "for_all", "in_shape", "is_same", "unwrap",
]  # fmt: skip

CheckFunction = TypeVar("CheckFunction", bound=Callable[..., None])


@dataclass(frozen=True)
class Check:
    """What is known of a check without running it.

    Attributes:
        cell: grade_id of the cell whose points it shares.
        says: the sentence a student reads, a statement of fact ("The KL is zero at the prior.").
        weight: its share of the cell's points, relative to the cell's other checks.
        needs: names of the earlier checks that must have passed.
        uses: names of checks of other holes, which it may do without: where it fails, and one of them has not passed,
            it is judged with a stand-in for that hole.
        in_numpy: whether arrays arrive as NumPy's, which can be written into, and not as tensors.
        seconds: its time budget.
        read_again: where to read about it, e.g. "equation (4) of the lesson".
        once: why it is never asked again; "" if it may be.
        changes_inputs: why functions may change the lists, dicts and arrays that they are given; "" if they may not.
        whole: whether it measures all holes together, so that no stand-in takes the place of one.
    """

    cell: str
    says: str
    weight: float
    needs: tuple[str, ...]
    seconds: float
    read_again: str
    once: str = ""
    changes_inputs: str = ""
    whole: bool = False
    uses: tuple[str, ...] = ()
    in_numpy: bool = False


def check(
    *,
    cell: str,
    says: str,
    weight: float = 1.0,
    needs: Sequence[Callable[..., None]] = (),
    seconds: float = 30.0,
    read_again: str = "",
    once: str = "",
    changes_inputs: str = "",
    whole: bool = False,
    uses: Sequence[Callable[..., None]] = (),
    in_numpy: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Make a test function a check; see `Check` for the arguments.

    Raises:
        ValueError: if a weight or budget is not positive, or a needed function is no check.
    """
    if weight <= 0 or seconds <= 0:
        raise ValueError(f"weight and seconds must be positive: received {weight} and {seconds}")
    for needed in (*needs, *uses):
        if not isinstance(getattr(needed, "check", None), Check):
            raise ValueError(f"needs or uses lists {needed!r}, which is not a check; decorate it with @check")
    names, used = (tuple(needed.__name__ for needed in listed) for listed in (needs, uses))
    info = Check(cell, says, weight, names, seconds, read_again, once, changes_inputs, whole, used, in_numpy)

    def attach(function: CheckFunction) -> CheckFunction:
        function.check = info  # type: ignore[attr-defined]
        return function

    return attach


@dataclass
class Cell:
    """A cell with points: its checks share them, and its mistakes are patches to the solution.

    Attributes:
        name: grade_id of the cell with the points.
        hole: grade_id of the solution's cell that it judges.
        read_again: where to read about it, if a check does not say.
        uses, in_numpy: of all its checks; see `Check`.
        mistakes: known-wrong ways to fill the hole.
    """

    name: str
    hole: str
    read_again: str = ""
    uses: Sequence[Callable[..., None]] = ()
    in_numpy: bool = False
    mistakes: list[Mistake] = field(default_factory=list)

    def check(
        self,
        says: str,
        *,
        weight: float = 1.0,
        needs: Sequence[Callable[..., None]] = (),
        seconds: float = 30.0,
        read_again: str | None = None,
        once: str = "",
        changes_inputs: str = "",
        whole: bool = False,
        uses: Sequence[Callable[..., None]] = (),
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Make a test function a check of this cell; see `Check` for the arguments."""
        where = self.read_again if read_again is None else read_again
        attach = check(
            cell=self.name, says=says, weight=weight, needs=needs, seconds=seconds, read_again=where, once=once,
            changes_inputs=changes_inputs, whole=whole, uses=[*self.uses, *uses], in_numpy=self.in_numpy,
        )  # fmt: skip

        def attach_both(function: CheckFunction) -> CheckFunction:
            function.of_cell = self  # type: ignore[attr-defined]
            return attach(function)

        return attach_both

    def mistake(
        self,
        name: str,
        patch: Sequence[str] | Sequence[Sequence[str]],
        hint: str,
        *,
        also: Sequence[Sequence[str] | Sequence[Sequence[str]]] = (),
        recognise: Callable[[Array, Array | None], bool | str] | None = None,
    ) -> Mistake:
        """A known-wrong way to fill the hole, proven and recognised by running it (`python -m judge record`).

        Args:
            name: short, unique in the exercise's hole, e.g. "kl-without-half".
            patch: (old, new), pieces of the solution's cell; or several such pairs.
            hint: what a student who did that should read.
            also: other patches that make the same mistake.
            recognise: see `Mistake`.

        Returns:
            The mistake, for checks that name it themselves.
        """
        if any(known.name == name for known in self.mistakes):
            raise ValueError(f"the cell {self.name} has two mistakes named {name!r}: give the second patch as `also`")
        made = Mistake(name, hint, None, self.hole, tuple(map(_patch, [patch, *also])), recognise)
        self.mistakes.append(made)
        return made


def cell(
    name: str, *, hole: str | None = None, read_again: str = "", uses: Sequence[Callable[..., None]] = (),
    in_numpy: bool = False,
) -> Cell:  # fmt: skip
    """The cell with points of that grade_id; a hole `kl` is judged in `kl_check`, unless `hole` says otherwise."""
    return Cell(name, name.removesuffix("_check") if hole is None else hole, read_again, uses, in_numpy)


def collect(suite: dict[str, Any], *parts: ModuleType) -> None:
    """Put the checks of the parts into the suite's namespace, where pytest finds them, in that order."""
    for part in parts:
        for name, value in vars(part).items():
            if isinstance(getattr(value, "check", None), Check) and value.__module__ == part.__name__:
                suite[name] = value


def _patch(given: Sequence[str] | Sequence[Sequence[str]]) -> Patch:
    pairs = [given] if isinstance(given[0], str) else given
    if not all(len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in pairs):
        raise ValueError(f"a patch is (old, new) or several such pairs: received {given!r}")
    return tuple((str(old), str(new)) for old, new in pairs)
