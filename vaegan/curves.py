"""Training curves to read: real runs of the course's own models, most with one fault, a few for each student.

    runs = hand_out()          # your four runs, A to D: dict from letter to a dict of curves
    draw_run(runs["A"], "A")

The runs were trained once and their curves kept (`vaegan/data/training_runs.npz`); which run has which fault stands
nowhere here.
"""

import hashlib
from pathlib import Path

import numpy as np

from vaegan.debugger.identity import student_id
from vaegan.pictures import HELD_OUT, INK, TRAINING, Picture

FAULTS = {
    "none": "the run is as it should be",
    "overfit": "it learns its training images by heart",
    "underfit": "the model is too small for the data",
    "rate-too-high": "steps are too large",
    "rate-too-low": "steps are too small",
    "posterior-collapse": "the code carries nothing",
    "leakage": "the validation images are training images",
    "last-batch": "each epoch's last batch is logged as if it were the epoch",
    "wrong-total": "the logged loss is not the sum of its terms",
    "mode-collapse": "the generator makes few kinds of things, and makes them well",
    "divergence": "one side wins the game for good",
    "discriminator-too-slow": "the losses rest, and nothing is learned from them",
}
"""What may be wrong with a run."""

EXPERIMENTS = {
    "add-the-terms": (1, "Add reconstruction and KL of one logged epoch: is the sum the logged loss, within 1 %?"),
    "good-samples": (2, "Draw 1,000 samples: are at least half of them on the data?"),
    "kl-by-entry": (3, "Measure the KL of each entry of z on 100 images: is any entry above 0.1 nats?"),
    "three-epochs": (5, "Evaluate the last three epochs' weights on all training images: are the losses within 2 %?"),
    "compare-files": (8, "Compare the images of training and validation: does none occur in both?"),
    "fresh-images": (20, "Evaluate on images never used: is the loss within 10 % of the validation loss?"),
    "ten-times-rate": (60, "Train 5 epochs at ten times the rate: is the loss lower than the logged one of epoch 5?"),
    "double-the-units": (300, "Train anew with twice the units: is the last training loss lower by more than 5 %?"),
    "more-data": (900, "Collect twice the images and train anew: is the validation loss lower by more than 5 %?"),
}
"""What one may try: name -> (seconds it takes, the question that it answers by True or False)."""

PAIRS = (
    ("leakage", "none"),
    ("overfit", "leakage"),
    ("underfit", "rate-too-low"),
    ("posterior-collapse", "underfit"),
    ("last-batch", "rate-too-high"),
    ("wrong-total", "last-batch"),
    ("mode-collapse", "discriminator-too-slow"),
)
"""Faults that resemble each other where few curves were kept."""

LETTERS = "ABCD"
_FILE = Path(__file__).with_name("data") / "training_runs.npz"
_COLOURS = ("#1f5fa8", "#2c8c5a", "#7a4fa3", "#444444")


def run_numbers(student=None):
    """Return which of the kept runs a student reads: a list of four numbers, each with another fault.

    Args:
        student: str, the course's id, in any case; default `student_id()`.
    """
    with np.load(_FILE) as kept:
        sets = kept["sets"]  # (sets, 4)
    return [int(number) for number in sets[_number_of("curves", student) % len(sets)]]


def hand_out(student=None):
    """Return a student's four runs: dict from letter to a dict from the name of a curve to float32, (epochs,).

    A VAE's curves are in nats per image; `val_...` is measured on the validation images, `fresh_loss` on images that
    nobody used for anything. A GAN's are both losses, in nats, the modes covered (of 8) and the share of good samples.

    Args:
        student: as of `run_numbers`.
    """
    with np.load(_FILE) as kept:
        curves = {name: kept[name] for name in kept.files if name != "sets"}
    return {
        letter: {name.split("/")[1]: values for name, values in curves.items() if name.split("/")[0] == str(number)}
        for letter, number in zip(LETTERS, run_numbers(student), strict=True)
    }


def pair_of_faults(student=None):
    """Return the two faults that a student is to tell apart by an experiment, a pair of names of FAULTS."""
    return PAIRS[_number_of("experiment", student) % len(PAIRS)]


def _number_of(what, student):
    """A number that only the student's id decides."""
    name = (student or student_id()).strip().casefold()
    return int.from_bytes(hashlib.sha256(f"{what}:{name}".encode()).digest()[:4], "big")


def draw_run(run, title):
    """Draw the curves of one run, epochs counted from 1; on a logarithmic axis where a curve spans much.

    Args:
        run: dict from the name of a curve to its values, as `hand_out` gives it.
        title: str.

    Returns:
        Figure: for a VAE the losses and both terms, for a GAN losses, modes and quality.
    """
    gan = "modes" in run
    terms = [(name, f"val_{name}") for name in ("reconstruction_loss", "kl_loss")]
    of_gan = [("discriminator_loss", "generator_loss"), ("modes",), ("quality",)]
    panels = of_gan if gan else [("loss", "val_loss", "fresh_loss"), *terms]
    figure = Picture(figsize=(10.5, 2.7), layout="constrained")
    for ax, names in zip(figure.subplots(1, 3), panels, strict=True):
        for name, colour in zip(names, (TRAINING, HELD_OUT, _COLOURS[1]), strict=False):
            ax.plot(np.arange(1, len(run[name]) + 1), run[name], label=name, color=colour, lw=1.3)
        _choose_scale(ax, np.concatenate([run[name] for name in names]))
        ax.set_xlabel("epoch", fontsize=8, color=INK)
        ax.tick_params(labelsize=8)
        ax.legend(frameon=False, fontsize=7, labelcolor=INK)
    figure.suptitle(title, fontsize=10, color=INK)
    return figure


def _choose_scale(ax, values):
    """A logarithmic axis for positive values of which the largest is more than twice the smallest."""
    if values.min() > 0 and values.max() > 2 * values.min():
        ax.set_yscale("log")
