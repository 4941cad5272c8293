"""Results to render: one of each state, and strings that a hostile submission would send."""

from judge.grade.result import Result, make_result
from judge.suite import Check
from judge.suite.engine import Status, Verdict

HOSTILE = (
    "</pre><script>alert(1)</script><img src=x onerror=alert(2)> `a|b` [x](javascript:y) @all "
    "http://elsewhere.example \x1b[31m\ud800 [red]"
)
SECRET = "oracle.py line 7: expected 42.125"


def verdict(
    name: str, cell: str = "kl_check", status: Status = Status.PASSED, *, weight: float = 1.0, **about: str
) -> Verdict:
    says = about.pop("says", f"{name} holds.")
    check = Check(cell, says, weight, (), 30.0, about.pop("read_again", ""))
    return Verdict(name, check, status, **about)


def result_of(verdicts: list[Verdict], cell_points: dict[str, float], **about: object) -> Result:
    known = {"exercise": "ex03_vae", "notebook": "vae", "student": "ada", "graded": "vae.ipynb"}
    return make_result(
        **known | {"seconds": 2.5, "suite_hash": "ab12"} | about, verdicts=verdicts, cell_points=cell_points
    )


JUDGED = result_of(
    [
        verdict("test_shape", says="The KL has one number per example."),
        verdict(
            "test_value", status=Status.FAILED, weight=2, message="the KL has the wrong value.",
            example="z_mean = [[1. 0.]]", mistake="kl-mean", hint="Equation (4) sums over dimensions.",
            read_again="equation (4)", says="The KL is right.",
        ),
        verdict("test_step", "step_check", Status.NOT_RUN, message="First make this pass: The KL is right."),
    ],
    {"kl_check": 4, "step_check": 5},
    notes=["The test cell kl_check was restored."],
    walls=["files", "network"],
)  # fmt: skip
FAULT = result_of(
    [verdict("test_shape"), verdict("test_value", status=Status.OUR_FAULT, message=SECRET)], {"kl_check": 4}
)
BROKEN = result_of([], {"kl_check": 4}, fault=SECRET)
ATTACK = result_of(
    [
        verdict(
            "test_value", status=Status.FAILED, message=HOSTILE, example=HOSTILE, hint=HOSTILE,
            mistake=HOSTILE, read_again=HOSTILE, says=HOSTILE,
        ),
    ],
    {"kl_check": 4},
    student=HOSTILE, graded=HOSTILE, notes=[HOSTILE], walls=[HOSTILE],
)  # fmt: skip
