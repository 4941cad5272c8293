"""Makes a student's program: a short training run with one mistake in it, different for every student.

Everything follows from the student's id: which program, which mistake, how things are called and in which
order they stand, and the seed of the data, hence the batch on which the mistake shows. Reading this module
is allowed; it will tell you less, and more slowly, than the debugger.
"""

import hashlib
import random
import re

from vaegan.debugger import functions as f
from vaegan.debugger import functions_cohort as cohort
from vaegan.debugger import functions_gan as gan
from vaegan.debugger import functions_vae as vae
from vaegan.debugger.batches import SURPRISES

COURSE_SALT = "course 239"  # another word here gives every student another program
PROGRAM = "program.py"

_WORDS = {
    "fit": ("fit", "train", "train_all_epochs"),
    "run_epoch": ("run_epoch", "one_epoch", "train_epoch"),
    "train_step": ("train_step", "train_on_batch", "update"),
    "elbo_terms": ("elbo_terms", "vae_losses", "minus_elbo"),
    "class_loss": ("class_loss", "balanced_loss", "cohort_loss"),
    "side_loss": ("side_loss", "discriminator_loss", "one_sided_loss"),
    "batch": ("batch", "batch_number", "step"),
}
_NOTES = (
    "Adapted from last year's course.",
    "Checked on the first hundred batches.",
    "Runs on a laptop in less than a second.",
    "The seed makes the run repeatable.",
    "To do: a progress bar.",
    "The learning rate is the largest that did not diverge.",
    "Names follow the slides where they can.",
    "Nobody has touched this since it worked.",
)
_TITLES = {
    "vae": "Train the decoder of a variational autoencoder on slices, batch by batch.",
    "cohort": "Train a classifier of three diagnoses on slices, batch by batch.",
    "gan": "Train the discriminator of a GAN on the ring of eight modes, batch by batch.",
}
_SETTINGS = {
    "vae": "NUM_EPOCHS = 2\nLATENT_DIM = 4\nSIDE = 8  # pixels\nLEARNING_RATE = 0.005",
    "cohort": "NUM_EPOCHS = 2\nNUM_CLASSES = 3\nSIDE = 8  # pixels\nLEARNING_RATE = 0.002",
    "gan": "NUM_EPOCHS = 2\nLEARNING_RATE = 0.01",
}
_VAE = {
    "build_model": vae.VAE_MODEL, "squash": f.SQUASH, "epoch": f.SLICES_EPOCH, "normalise": vae.NORMALISE[0],
    "step": vae.VAE_STEP, "loss": vae.ELBO[0], "encode": vae.ENCODE[0], "reparameterise": vae.REPARAMETERISE[0],
    "kl": vae.LOG_RATIO[0], "reconstruction": vae.RECONSTRUCTION[0],
}  # fmt: skip
_COHORT = {
    "build_model": cohort.COHORT_MODEL, "epoch": f.SLICES_EPOCH, "normalise": vae.NORMALISE[0],
    "step": cohort.COHORT_STEP[0], "loss": cohort.CLASS_LOSS[0], "softmax": cohort.SOFTMAX[0],
    "cross_entropy": cohort.CROSS_ENTROPY, "balance": cohort.CLASS_WEIGHTS[0],
}  # fmt: skip
_GAN = {
    "build_model": gan.GAN_MODEL, "epoch": f.RING_EPOCH, "step": gan.GAN_STEP[0], "loss": gan.SIDE_LOSS[0],
    "error": gan.SQUARED_ERROR,
}  # fmt: skip

_NORMAL = {"loss": vae.ELBO[1], "kl": vae.LOG_RATIO[1]}

# family, its functions, what takes their place, the kind of surprise in the data, whether `main` may be there
_VARIANTS = (
    ("vae", _VAE, {"normalise": vae.NORMALISE[1]}, 1, True),
    ("vae", _VAE, {"encode": vae.ENCODE[1], "log_variance": vae.LOG_VARIANCE}, 1, False),
    ("vae", _VAE, {"reparameterise": vae.REPARAMETERISE[1]} | _NORMAL, 0, True),
    ("vae", _VAE, {"reparameterise": vae.REPARAMETERISE[2]} | _NORMAL, 2, True),
    ("vae", _VAE, {"loss": vae.ELBO[2], "kl": vae.KL}, 1, True),
    ("vae", _VAE, {"reconstruction": vae.RECONSTRUCTION[1]}, 0, True),
    ("vae", _VAE, {"reconstruction": vae.RECONSTRUCTION[2], "softplus": vae.SOFTPLUS}, 0, False),
    ("vae", _VAE, {"loss": vae.ELBO[3], "kl": vae.LOG_MEAN_EXP}, 0, True),
    ("cohort", _COHORT, {"normalise": vae.NORMALISE[2], "slice_rms": vae.SLICE_RMS}, 3, True),
    ("cohort", _COHORT, {"balance": cohort.CLASS_WEIGHTS[1]}, 4, True),
    ("cohort", _COHORT, {"loss": cohort.CLASS_LOSS[1], "balance": cohort.CLASS_MEANS}, 4, True),
    ("cohort", _COHORT, {"softmax": cohort.SOFTMAX[1]}, 0, True),
    ("cohort", _COHORT,
     {"step": cohort.COHORT_STEP[1], "planes": cohort.LABEL_PLANES, "read_back": cohort.PLANES_TO_LABELS,
      "balance": cohort.CLASS_WEIGHTS[0]}, 5, True),
    ("gan", _GAN, {"loss": gan.SIDE_LOSS[2], "error": gan.BINARY_CROSS_ENTROPY}, 6, True),
    ("gan", _GAN, {"loss": gan.SIDE_LOSS[1], "unit_features": gan.UNIT_FEATURES}, 7, True),
    ("gan", _GAN, {"step": gan.GAN_STEP[1], "diversity": gan.DIVERSITY}, 8, True),
)  # fmt: skip


def program(student, data_seed=None):
    """The text of a student's program.

    Args:
        student: str, the id under which the course knows the student; case and outer blanks do not matter.
        data_seed: int that draws other data for the same program, line by line the same otherwise; None
            for the student's own.

    Returns:
        Python source, str.
    """
    name = student.strip().casefold()
    digest = hashlib.sha256(f"{COURSE_SALT}:{name}".encode()).digest()
    choose = random.Random(digest)
    family, parts, changed, surprise, may_have_main = _VARIANTS[int.from_bytes(digest[:8], "big") % len(_VARIANTS)]
    has_main = choose.random() < 0.6 and may_have_main
    parts = parts | changed | ({"main": f.MAIN} if has_main else {})
    own_seed = choose.randrange(1_000, 9_000)
    seed = (own_seed if data_seed is None else data_seed) * len(SURPRISES) + surprise
    settings = _SETTINGS[family]
    if "NUM_DRAWS" in parts["loss"]:
        settings += "\nNUM_DRAWS = 5"
    text = "\n\n".join([_head(choose, family, seed, settings), *_in_some_order(choose, parts), _tail(has_main)])
    words = {name: choose.choice(options) for name, options in _WORDS.items()} | {"run": _indented(f.RUN)}
    return re.sub(r"<<(\w+)>>", lambda match: _rename(match[1], words), text)


def _rename(name, words):
    return re.sub(r"<<(\w+)>>", lambda match: words[match[1]], words[name])


def _head(choose, family, seed, settings):
    notes = [f"# {note}" for note in choose.sample(_NOTES, choose.randrange(4))]
    imports = ["import numpy as np", "", "from vaegan.debugger import load_batches"]
    quiet = 'np.seterr(all="ignore")  # the log of the cluster is long enough without warnings'
    lines = [f'"""{_TITLES[family]}"""', "", *notes, *([""] if notes else []), *imports, ""]
    return "\n".join([*lines, f"SEED = {seed}", settings, "", quiet])


def _in_some_order(choose, parts):
    """The functions in random order, with a remark above some of them."""
    functions = [text.strip("\n") for text in [*parts.values(), f.FINITE_MEAN, f.FIT, *_clipping(parts)]]
    choose.shuffle(functions)
    remarks = choose.sample(_NOTES, 4)
    return [f"\n# {remarks.pop()}\n{text}" if remarks and choose.random() < 0.25 else f"\n{text}"
            for text in functions]  # fmt: skip


def _clipping(parts):
    return [f.CLIP_BY_NORM] if "clip_by_norm" in parts["step"] else []


def _tail(has_main):
    return "\nmain()\n" if has_main else "\n" + f.RUN.strip("\n") + "\n"


def _indented(text):
    return text.strip("\n").replace("\n", "\n    ")
