"""Optuna: what is asked of a trial, when it is given up, and a study that goes on. Checks and mistakes."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from graders.common.objects import expect_object, make
from judge.suite import (
    CheckFailed,
    Raised,
    Remote,
    Returned,
    Student,
    agree,
    cell,
    expect,
    expect_array,
    is_same,
    unwrap,
)

suggest = cell("suggest_check", read_again="the table of section 6")
pruning = cell("pruning_check", read_again="section 6")
study = cell("study_check", read_again="section 6")

# fmt: off
RATE = '"rate", 1e-4, 1e-1, log=True'
LATENT = '"latent_dim", 2, 32, log=True'
suggest.mistake("rate-not-by-logarithm", (RATE, '"rate", 1e-4, 1e-1'),
    "The rate is drawn in equal steps, so nearly all trials try large ones: log=True.")
suggest.mistake("rate-range-shifted", (RATE, '"rate", 1e-5, 1.0, log=True'), "The range of the rate is another one.")
suggest.mistake("latent-not-by-logarithm", (LATENT, '"latent_dim", 2, 32'), "latent_dim goes by its logarithm, too.")
suggest.mistake("latent-dim-float", (f"trial.suggest_int({LATENT})", f"trial.suggest_float({LATENT})"),
    "latent_dim is a whole number: suggest_int.")
suggest.mistake("units-by-number", ('trial.suggest_categorical("hidden_units", [64, 128, 256, 512])',
    'trial.suggest_int("hidden_units", 64, 512)'), "hidden_units is one of four values: suggest_categorical.")
suggest.mistake("units-missing-one", ("[64, 128, 256, 512]", "[64, 128, 256]"),
    "One of the choices of hidden_units is missing.")
REPORT, RAISE = "trial.report(loss, epoch)", 'raise optuna.TrialPruned(f"hopeless after epoch {epoch}")'
pruning.mistake("never-reports", (REPORT, "pass"), "The trial hears nothing of your losses: trial.report(loss, epoch).")
pruning.mistake("never-prunes", (RAISE, "pass"),
    "You never give up: raise optuna.TrialPruned where should_prune says so.")
pruning.mistake("epochs-from-zero", ("start=1", "start=0"), "Epochs are counted from 1.")
pruning.mistake("all-losses-first", ("enumerate(losses, start=1)", "enumerate(list(losses), start=1)"),
    "You ask for all losses before you report the first: then all epochs are trained, and pruning saves nothing.")
pruning.mistake("prunes-too-late",
    [("    for epoch, loss in enumerate", "    hopeless = False\n    for epoch, loss in enumerate"),
    (f"if trial.should_prune():\n            {RAISE}", "if hopeless:\n            raise optuna.TrialPruned\n"
     "        hopeless = trial.should_prune()")],
    "You train an epoch more after the trial said that it is hopeless.")
pruning.mistake("returns-when-hopeless", (RAISE, "return float(loss)"),
    "A hopeless trial returns a loss in yours, and counts as complete: raise optuna.TrialPruned.")
pruning.mistake("reports-the-best",
    (REPORT, "best = min(loss, best) if epoch > 1 else loss\n        trial.report(best, epoch)"),
    "You report the best loss so far; report each epoch's own.")
pruning.mistake("returns-the-best", [("    for epoch, loss in", "    seen = []\n    for epoch, loss in"),
    (REPORT, f"seen.append(loss)\n        {REPORT}"), ("return float(loss)", "return float(min(seen))")],
    "You return the best epoch's loss. The best of many noisy numbers is optimistic (section 2): return the last.")
pruning.mistake("reports-the-end-alone",
    ("        trial.report(loss, epoch)\n        if trial.should_prune():\n            " + RAISE,
     "        pass\n    trial.report(loss, epoch)\n    if trial.should_prune():\n        " + RAISE),
    "You report once, after the training: each epoch must be reported as soon as it is known.")
CREATE = "load_if_exists=True"
study.mistake("study-in-memory", ("storage=storage", "storage=None"),
    "Your study is kept nowhere: hand the storage on.")
study.mistake("study-under-another-name", ("study_name=name", 'study_name="study"'),
    "Your study does not carry the name that it was given.")
study.mistake("study-anew", (CREATE, "load_if_exists=False"),
    "A study that exists already cannot be opened in yours: load_if_exists=True.")
study.mistake("study-maximises", ('direction="minimize"', 'direction="maximize"'), "Losses are to be small: minimize.")
study.mistake("study-random-sampler", ("TPESampler", "RandomSampler"), "The sampler is to be TPESampler.")
study.mistake("study-without-seed", ("TPESampler(seed=seed)", "TPESampler()"), "The sampler has no seed: hand it on.")
study.mistake("study-fixed-seed", ("TPESampler(seed=seed)", "TPESampler(seed=0)"),
    "The sampler's seed is fixed: hand it on.")
study.mistake("study-without-pruner", ("pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=3)",
    "pruner=optuna.pruners.NopPruner()"), "Your study never prunes: MedianPruner.")
study.mistake("study-pruner-defaults", ("MedianPruner(n_startup_trials=4, n_warmup_steps=3)", "MedianPruner()"),
    "Your pruner has other settings: n_startup_trials=4, n_warmup_steps=3.")
MISSING = "num_trials - len(study.get_trials(states=states))"
study.mistake("always-all-trials", (MISSING, "num_trials"),
    "You run num_trials more whatever the study holds already: run those that are missing.")
study.mistake("counts-cut-off-trials", (MISSING, "num_trials - len(study.trials)"),
    "A trial that the crash cut off counts in yours: count complete and pruned ones.")
study.mistake("pruned-do-not-count", ("(optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)",
    "(optuna.trial.TrialState.COMPLETE,)"), "Pruned trials came to an end, too: count them.")
study.mistake("finish-without-stop", ("    if missing > 0:\n        study.optimize(objective, n_trials=missing)",
    "    study.optimize(objective, n_trials=max(missing, 1))"),
    "A study that has enough trials gets one more in yours.")
# fmt: on
FORGED = "Optuna itself does not answer as it should: leave the library as it is."


def quiet_study(student: Student, **settings: Any) -> Remote:
    """An Optuna study in memory, of the library's own making."""
    return make(student, "optuna.create_study", **settings)


def number(value: Any, what: str) -> float:
    """One number, whatever kind of number it is."""
    return float(expect_array(value, what, ()))


def kind(value: Any) -> str:
    """The name of an object's class."""
    return value.type_name if isinstance(value, Remote) else type(value).__name__


def limits_of(distribution: Remote) -> list[float]:
    """Low, high, and whether it goes by the logarithm."""
    return [number(distribution.get(name), f"the {name} of a distribution") for name in ("low", "high", "log")]


@suggest.check("The trial is asked for the three hyperparameters of the table, each in its range.", seconds=20)
def test_suggest(student: Student) -> None:
    """What is returned is what the trial gave; and a trial with fixed values gives those."""
    trial = expect_object(quiet_study(student).call("ask"), "a trial")
    found = student.call("suggest", trial)
    expect(is_same(found, trial.get("params")), f"suggest must return what the trial gave, received {found!r:.120}.")
    asked = trial.get("distributions")
    expect(isinstance(asked, dict) and all(isinstance(one, Remote) for one in asked.values()), FORGED)
    expect(set(asked) == {"rate", "latent_dim", "hidden_units"}, f"the trial was asked for {', '.join(sorted(asked))}.")
    kinds = {"rate": "FloatDistribution", "latent_dim": "IntDistribution", "hidden_units": "CategoricalDistribution"}
    right = [float(asked[name].type_name == kind) for name, kind in kinds.items()]
    ranged = [name for name in ("rate", "latent_dim") if asked[name].type_name != "CategoricalDistribution"]
    limits = [value for name in ranged for value in limits_of(asked[name])]
    listed = asked["hidden_units"].get("choices") if right[2] else (0, 0, 0, 0)
    expect(isinstance(listed, list | tuple), FORGED)
    choices = sorted(number(choice, "a choice of hidden_units") for choice in listed)
    found = np.array([*right, *limits, *choices])
    expected = [1, 1, 1, 1e-4, 1e-1, 1, 2, 32, 1, 64, 128, 256, 512]
    what = (
        "whether each kind is right (1 is yes); low, high, log of rate and of latent_dim; the choices of hidden_units"
    )
    agree(found, expected, what, rtol=1e-6, atol=0.0, known_by=found)


def reported(student: Student, losses: list[float], upper: float) -> tuple[Any, int, Remote]:
    """What became of report_epochs, how many losses were left, and the trial as the study keeps it."""
    library = make(student, "optuna.pruners.ThresholdPruner", upper=upper)
    kept = quiet_study(student, pruner=library)
    remaining = make(student, "vaegan.search.Epochs", losses)
    outcome = student.attempt("report_epochs", kept.call("ask"), remaining)
    if not (isinstance(outcome, Raised) and outcome.kind == "TrialPruned"):
        unwrap(outcome, "report_epochs")
    left, trials = remaining.call("left"), kept.get("trials")
    expect(isinstance(left, list) and isinstance(trials, list) and len(trials) == 1, FORGED)
    expect_object(trials[0], "a trial")
    return outcome, len(left), trials[0]


def values_reported(trial: Remote, most: int) -> list[float]:
    """The intermediate values of epochs 0, 1, ...; -1 where there is none."""
    values = trial.get("intermediate_values")
    if not isinstance(values, Remote):  # an empty dict is data
        return [-1.0] * most
    return [number(values.call("get", epoch, -1.0), "a reported loss") for epoch in range(most)]


@pruning.check("Each epoch's loss is reported, and the last is returned.")
def test_report(student: Student) -> None:
    """Four epochs, none of them hopeless; the last is not the best."""
    outcome, left, trial = reported(student, [50.0, 30.0, 20.0, 25.0], 100.0)
    if not isinstance(outcome, Returned):
        raise CheckFailed("report_epochs must return the last loss of a trial that is not hopeless; it did not return.")
    found = np.array([*values_reported(trial, 6), float(expect_array(outcome.value, "the result", ())), left])
    what = (
        "the losses reported for epochs 0 to 5 (-1 is none), what is returned, and how many epochs were left untrained"
    )
    agree(found, [-1, 50, 30, 20, 25, -1, 25, 0], what, known_by=found)


@pruning.check("A hopeless trial is given up at once: no further epoch is trained.", weight=2)
def test_prune(student: Student) -> None:
    """After the third of five epochs, and after the first."""
    for losses, epoch in (([50.0, 40.0, 300.0, 20.0, 10.0], 3), ([500.0, 1.0, 1.0], 1)):
        outcome, left, trial = reported(student, losses, 100.0)
        pruned = isinstance(outcome, Raised) and outcome.kind == "TrialPruned"
        found = np.array([float(pruned), len(losses) - left, *values_reported(trial, 7)])
        reports = [losses[e - 1] if 1 <= e <= epoch else -1.0 for e in range(7)]
        what = "whether TrialPruned was raised, how many epochs were trained, and the losses reported"
        agree(found, [1.0, epoch, *reports], what, known_by=found)


def fresh_storage() -> str:
    """A file that no earlier asking has used."""
    return f"sqlite:///file:hidden-{secrets.token_hex(6)}.db?nolock=1&uri=true"


def counts(student: Student, kept: Remote) -> list[int]:
    """How many trials are there, complete, pruned."""
    found = student.call("vaegan.search.tally", kept)
    expect(isinstance(found, dict), FORGED)
    return [int(number(found.get(name), f"the number of {name} trials")) for name in ("trials", "complete", "pruned")]


@study.check("A study is made with name, storage, sampler and pruner, and makes losses small.", seconds=40)
def test_study(student: Student) -> None:
    """In memory, to be quick; the same seed proposes the same, another seed another value."""
    made = [student.call("open_study", "hidden", None, seed=seed) for seed in (3, 3, 4)]
    kept, *_ = [expect_object(one, "what open_study returns") for one in made]
    tallied = student.call("vaegan.search.tally", kept)
    direction = tallied.get("direction") if isinstance(tallied, dict) else None
    trials = [expect_object(one.call("ask"), "a trial") for one in made]
    first, same, other = (number(trial.call("suggest_float", "x", 0.0, 1.0), "a proposal") for trial in trials)
    found = np.array([
        kept.get("study_name") == "hidden", direction == "minimize", kind(kept.get("sampler")) == "TPESampler",
        kind(kept.get("pruner")) == "MedianPruner", first == same, first != other, *pruned_at(kept),
    ], float)  # fmt: skip
    what = (
        "whether name, direction, sampler and pruner are right, a seed repeats the proposals and another does not "
        "(1 is yes); and after which epoch each of five hopeless trials is pruned (0 is never)"
    )
    agree(found, [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 3], what, known_by=found)


def pruned_at(kept: Remote) -> list[int]:
    """Five trials, each much worse than all before: the first epoch after which the pruner gives each up, or 0."""
    found = []
    for number in range(5):
        trial = expect_object(kept.call("ask"), "a trial")
        answers = []
        for epoch in (1, 2, 3, 4):
            trial.call("report", 10.0**number + epoch, epoch)
            answers.append(is_same(trial.call("should_prune"), True))
        found.append(1 + answers.index(True) if True in answers else 0)
        kept.call("tell", trial, 10.0**number)
    return found


@study.check("A study in a file goes on in the next session, with the trials that were missing.", weight=2, seconds=60)
def test_goes_on(student: Student) -> None:
    """Two complete, one pruned, one cut off; then up to five, and never more."""
    storage = fresh_storage()
    first = expect_object(student.call("open_study", "long", storage), "what open_study returns")
    student.call("finish", first, student.call("vaegan.search.Scripted", [3.0, 9.0, 2.0], [1]), 3)
    first.call("ask")  # the crash: this one is never told
    again = student.call("open_study", "long", storage)
    found = counts(student, again)
    objective = student.call("vaegan.search.Scripted", [4.0, 1.0])
    for _ in range(2):
        student.call("finish", again, objective, 5)
        found += counts(student, again)
    what = "trials, complete and pruned ones: in the second session, after finish(..., 5), and after another one"
    agree(np.array(found), [4, 2, 1, 6, 4, 1, 6, 4, 1], what, known_by=np.array(found, float))
