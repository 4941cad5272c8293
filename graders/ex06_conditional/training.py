"""Short trainings of the student's models, and what the judge measures of them.

`benchmarks/calibrate_ex06.py` runs the same functions from many seeds; the limits stand here.
"""

from __future__ import annotations

import numpy as np

from graders.ex06_conditional import networks, reader
from graders.ex06_conditional.games import Kind
from judge.suite import Array, Remote, Student, digits, expect_shape, make

# From 24 seeds of the reference (benchmarks/calibrate_ex06.py). Behind each limit: what came, and how often a right
# answer fails if the number is normal on the logit (shares) or log scale (spreads). Spreads are relative to real
# examples of the class; a generator that ignores z has 0. The limits lie far away: they only shall tell trained from
# untrained and varied from collapsed.
CVAE_READ = 0.8  # share read as asked: 0.995 to 1; below 1e-12. A decoder that is told no label gets 0.1
CVAE_SPREAD = 0.05  # least varied digit: 0.19 +- 0.03, from 0.146; below 1e-12
# Points at the centre asked for: all of them, in all seeds. A normal spread on the logit scale that is wide enough to
# fail once in 1,000 would have lost a point in one of these seeds with a probability above 99.9 %.
CGAN_REACHED = ACGAN_REACHED = 0.8
CGAN_SPREAD = (0.03, 3.0)  # least varied class 0.25 +- 0.06, most varied 0.44 +- 0.09; 2e-15
ACGAN_SPREAD = (0.03, 3.0)  # least varied class 0.25 +- 0.09, most varied 0.46 +- 0.14; 6e-9
BLOB_CLASSES = 4
EVALUATED = 40  # images or points of each class


def train_cvae(student: Student, seed: int) -> tuple[float, float]:
    """Train the student's CVAE on 1,000 digits.

    Returns:
        (share of drawn digits that are read as asked, spread of the least varied class).
    """
    data = digits()
    student.call("keras.utils.set_random_seed", seed)
    heads = {"z_mean": 4, "z_log_var": 4}
    encoder = networks.trainable(student, "encoder", [8, 8, 11], heads, 64)
    decoder = networks.trainable(student, "decoder", [14], {"pixels": 64}, 64, [8, 8, 1])
    cvae = make(student, "CVAE", encoder, decoder, make(student, "OneHotCondition", 10))
    cvae.call(
        "compile", optimizer=make(student, "keras.optimizers.Adam", learning_rate=0.005), jit_compile=False
    )
    cvae.call("fit", data.train_images, data.train_labels, batch_size=50, epochs=8, verbose=0)
    images, labels = _generated(cvae, 10, 4, [8, 8, 1])
    spread = reader.spread_by_class(images, labels, data.train_images, data.train_labels)
    return reader.share_read_as_asked(images, labels), float(spread.min())


def train_gan(student: Student, kind: Kind, seed: int) -> tuple[float, Array]:
    """Train the student's conditional GAN or AC-GAN on points of the plane, one Gaussian for each class.

    Returns:
        (share of points at the centre of the class asked for, spread of each class).
    """
    points, of_points = reader.blobs(1000, BLOB_CLASSES, seed=0)
    student.call("keras.utils.set_random_seed", seed)
    seen = 2 + BLOB_CLASSES if kind.told else 2
    heads = {"authenticity": 1} if kind.told else {"authenticity": 1, "classes": BLOB_CLASSES}
    generator = networks.trainable(student, "generator", [2 + BLOB_CLASSES], {"point": 2}, 64)
    discriminator = networks.trainable(student, "discriminator", [seen], heads, 64)
    condition = make(student, "OneHotCondition", BLOB_CLASSES)
    gan = make(student, kind.name, generator, discriminator, 2, condition, **kind.options)
    optimizers = {
        f"{side}_optimizer": make(student, "keras.optimizers.Adam", learning_rate=0.005, beta_1=0.5)
        for side in ("generator", "discriminator")
    }
    gan.call("compile", **optimizers, jit_compile=False)
    gan.call("fit", points, of_points, batch_size=100, epochs=12, verbose=0)
    drawn, labels = _generated(gan, BLOB_CLASSES, 2, [2])
    spread = reader.spread_by_class(drawn, labels, points, of_points)
    return reader.share_at_own_centre(drawn, labels, BLOB_CLASSES), spread


def _generated(model: Remote, num_classes: int, latent_dim: int, shape: list[int]) -> tuple[Array, Array]:
    """Examples of every class, from noise that the judge draws, and what was asked for."""
    labels = np.arange(EVALUATED * num_classes, dtype=np.int32) % num_classes
    z = np.random.default_rng(0).normal(size=(len(labels), latent_dim)).astype(np.float32)
    return expect_shape(
        model.call("generate", z, labels), (len(labels), *shape), "what generate returns"
    ), labels
