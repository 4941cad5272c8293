"""Known ways to go wrong in the debugger exercise, and what a student who did that should read."""

from __future__ import annotations

from judge.suite import Mistake


def _mistake(name: str, hint: str) -> Mistake:
    return Mistake(name, hint, None)


# Where breakpoints fire

GRAPH_IS_NOT_PYTHON = _mistake(
    "graph-is-not-python",
    "`fit` runs train_step once or twice as Python, to write down the graph; the steps of training then "
    "run the graph, and no Python line is passed. Count the stops in section 2.",
)
AUTOGRAPH_REWRITES = _mistake(
    "autograph-rewrites",
    "What runs in a @tf.function is a rewritten copy of your code, made by AutoGraph: your own lines, "
    "where the breakpoint stands, are never run. Count the stops in section 2.",
)
EAGER_RUNS_PYTHON = _mistake(
    "eager-runs-python",
    "Run eagerly, every line runs as Python for every batch, so a breakpoint fires each time.",
)
CALLBACKS_ARE_PYTHON = _mistake(
    "callbacks-are-python",
    "Only the step itself is compiled. Callbacks are called by Python after every batch, so a breakpoint "
    "in one fires each time.",
)

# The warm-up

WARMUP_OFF_BY_ONE = _mistake(
    "warmup-off-by-one",
    "`ignore 1 N` passes N calls by and stops at the next: to stop at the 40th, pass 39 by.",
)
WARMUP_STOPS_EARLIER = _mistake(
    "warmup-stops-on-the-way",
    "The breakpoint fired before the 40th call. Give it a count with `ignore` before the first `c`.",
)

# Finding

COUNTED_FROM_ONE = _mistake(
    "batch-counted-from-one",
    "Batches are counted from 0, as the program counts them: print the loop's own variable.",
)
SYMPTOM_NOT_CAUSE = _mistake(
    "symptom-for-cause",
    "In the function you name, the number is already wrong when it arrives: it came back from a function "
    "that this one calls. Follow it down to where it is born.",
)
DEFINITION_FOR_LINE = _mistake(
    "definition-for-line",
    "That is the line on which the function begins; wanted is the line inside that computes the wrong "
    "number.",
)
USE_FOR_LINE = _mistake(
    "use-for-line",
    "That line only hands the wrong number on. Wanted is the line on which it is computed.",
)
EDITED_COPY = _mistake(
    "edited-copy",
    "Your numbers of lines seem to belong to a copy that you edited. Call hand_out() again, which puts "
    "the program back as it was, and count there.",
)
ARGUMENT_FOR_RESULT = _mistake(
    "argument-for-result",
    "What you name is what the guilty line receives, and it is as it should be. Wanted is the variable "
    "that the line makes.",
)
OTHER_PROGRAM = _mistake(
    "another-students-program",
    "Your answers belong to another program than yours. Call hand_out with the id under which the course "
    "knows you.",
)

# The session

NO_CONDITION = _mistake(
    "no-condition",
    "None of your breakpoints has a condition. Write one behind a comma, `b 63, (z > 9).any()`, or with "
    "`condition 1 ...`.",
)
CONDITION_RAISES = _mistake(
    "condition-raises",
    "Your condition raised an error, and then pdb stops without a word. A name can be used only on the "
    "lines below the one that makes it: put the breakpoint there.",
)
CONDITION_IS_AN_ARRAY = _mistake(
    "condition-is-an-array",
    "Your condition is an array of yes and no, and Python cannot tell which counts. Say `.any()` or "
    "`.all()`.",
)
CONDITION_ON_COUNTER = _mistake(
    "condition-on-a-counter",
    "Your condition asks for the number of the batch. On other data it is another batch: ask what is "
    "wrong with the numbers instead.",
)
ALWAYS_TRUE = _mistake(
    "condition-always-true",
    "Your condition was true each time, so it chooses nothing. Let it be true only when the number is wrong.",
)
HARD_CODED = _mistake(
    "session-hard-coded",
    "Your session works on your own data and on no other. Something in it holds for your data alone: a "
    "number of a batch, an `ignore` count, a threshold that is too close.",
)
STOP_IN_THE_CALLER = _mistake(
    "stop-in-the-caller",
    "You stopped on the right batch, but in a function from which the wrong number can only be seen "
    "coming back. Stop in the function that computes it.",
)
STOPS_TOO_LATE = _mistake(
    "stops-too-late",
    "You stopped in the right function, on a later batch: by then the wrong number has spread. The first "
    "is wanted.",
)
MANY_STOPS = _mistake(
    "many-stops",
    "You pressed `c` again and again. A condition lets pdb do the waiting: it should be false until the "
    "number is wrong.",
)
NOT_UP = _mistake(
    "no-up",
    "Your session never goes `up`: the number of the batch is known only to a caller.",
)
UP_TOO_FAR = _mistake(
    "up-passes-the-loop",
    "You went up, but not to the function with the loop over the batches. `w` shows who called whom.",
)
NOT_COMPUTED_YET = _mistake(
    "looked-too-early",
    "At your stop the variable does not exist yet: pdb stops *before* it runs a line. Take one step with "
    "`n`, or stop one line further down.",
)
WRONG_FRAME = _mistake(
    "looked-in-another-frame",
    "You looked at a variable of that name, but in another function's frame. Go back `down` first.",
)
ONLY_ITS_TYPE = _mistake(
    "looked-at-the-type-only",
    "`whatis` tells what kind of thing it is. Print its value, with `p`.",
)
MARATHON = _mistake(
    "stepping-marathon",
    "So many single steps are slower than the program. Let breakpoints do the walking.",
)
NEVER_QUIT = _mistake(
    "never-quit",
    "Your session stops talking while the program waits. End it with `q`.",
)

# The fix

STILL_THERE = _mistake(
    "fix-changes-nothing",
    "Your function still computes what the guilty one does: the mistake is there as before.",
)
SWEPT_UNDER = _mistake(
    "fix-sweeps-under-the-rug",
    "Your function computes the wrong number as before and then hides it (nan_to_num or the like). Read "
    "the docstring: what should it have been?",
)
MUTATES = _mistake(
    "fix-changes-its-arguments",
    "Your function writes into an array that it was given, which belongs to the caller. Make a new one.",
)
