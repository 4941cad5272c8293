"""Short trainings of the student's models, and what the judge measures of them.

`benchmarks/calibrate.py` runs the same functions from many seeds; the limits stand here.
"""

from __future__ import annotations

import math

import numpy as np

from graders.common import brains, reader
from graders.common.labelled import small_network
from graders.common.networks import build_optimizer
from graders.common.objects import expect_shape, make
from graders.common.reference import digits
from graders.ex06_conditional.linear_game import Kind
from judge.suite import Array, Remote, Student

# From 24 seeds of the reference (benchmarks/calibrate.py). Behind each limit: what came, and how often a right
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
# Brains of both classes from the same z. The share is a sign test: by chance 0.8 of 64 pairs come with p = 2e-7.
VENTRICLES_LARGER = 0.8  # pairs whose AD has the larger ventricles: all of them, in all seeds
# By how much, on average, relative to the groups of the training images: 1.00 +- 0.06, from 0.88; 7e-11 on a linear
# scale. With shuffled labels 0.02 +- 0.06, up to 0.11, and untrained 0.00 +- 0.16, up to 0.33; yet in some of these
# seeds AD is larger in every pair.
VENTRICLES_BY = 0.6
VENTRICLES_SWAPPED = 0.8  # smaller by that much: labels swapped. A class never trained on gave 0.63
BRAINS, PAIRS = 1000, 64
BLOB_CLASSES = 4
LATENT_DIM = 4  # of the CVAE
EVALUATED = 40  # images or points of each class


def train_cvae(student: Student, seed: int) -> tuple[float, float]:
    """Train the student's CVAE on 1,000 digits.

    Returns:
        (share of drawn digits that are read as asked, spread of the least varied class).
    """
    data = digits()
    cvae = _trained_cvae(student, data.train_images, data.train_labels, epochs=8, seed=seed)
    images, labels = _generated(cvae, 10, LATENT_DIM, [8, 8, 1])
    spread = reader.spread_by_class(images, labels, data.train_images, data.train_labels)
    return reader.share_read_as_asked(images, labels), float(spread.min())


def train_on_brains(student: Student, seed: int, *, shuffled: bool = False, epochs: int = 4) -> tuple[Array, float]:
    """Train the student's CVAE on 1,000 slices of heads, and let it draw CN and AD from the same z.

    Args:
        student: the submission.
        seed: of the training; the heads are the same for all.
        shuffled: a control that no check asks for: labels are dealt out at random.
        epochs: passes over the slices; 0 is another control.

    Returns:
        (ventricle areas of CN and AD in mm2 (PAIRS, 2), how far the groups of the training images lie apart in mm2).
    """
    images, labels = brains.heads(BRAINS, seed=0)
    told = np.random.default_rng(seed).permutation(labels) if shuffled else labels
    cvae = _trained_cvae(student, images, told, epochs=epochs, seed=seed)
    z = np.random.default_rng(0).normal(size=(PAIRS, LATENT_DIM)).astype(np.float32)
    classes = np.tile(np.array([brains.CN, brains.AD], np.int32), PAIRS)
    drawn = cvae.call("generate", np.repeat(z, 2, axis=0), classes)
    expected = (2 * PAIRS, brains.SIZE, brains.SIZE, 1)
    areas = brains.ventricle_area(expect_shape(drawn, expected, "what generate returns"))
    return areas.reshape(PAIRS, 2), brains.group_difference(images, labels)


def _trained_cvae(student: Student, images: Array, labels: Array, *, epochs: int, seed: int) -> Remote:
    """The student's CVAE around small networks, trained on images (n, size, size, 1) of all classes."""
    student.call("keras.utils.set_random_seed", seed)
    shape, num_classes = list(images.shape[1:]), len(np.unique(labels))
    heads = {"z_mean": LATENT_DIM, "z_log_var": LATENT_DIM}
    encoder = small_network(student, "encoder", [*shape[:-1], 1 + num_classes], heads, units=64)
    pixels = {"pixels": math.prod(shape)}
    decoder = small_network(student, "decoder", [LATENT_DIM + num_classes], pixels, shape, units=64)
    cvae = make(student, "CVAE", encoder, decoder, make(student, "OneHotCondition", num_classes))
    adam = make(student, "keras.optimizers.Adam", learning_rate=0.005)
    cvae.call("compile", optimizer=adam, jit_compile=False)
    build_optimizer(student, adam, cvae)
    cvae.call("fit", images, labels, batch_size=50, epochs=epochs, verbose=0)
    return cvae


def train_gan(student: Student, kind: Kind, seed: int) -> tuple[float, Array]:
    """Train the student's conditional GAN or AC-GAN on points of the plane, one Gaussian for each class.

    Returns:
        (share of points at the centre of the class asked for, spread of each class).
    """
    points, of_points = reader.blobs(1000, BLOB_CLASSES, seed=0)
    student.call("keras.utils.set_random_seed", seed)
    seen = 2 + BLOB_CLASSES if kind.told else 2
    heads = {"authenticity": 1} if kind.told else {"authenticity": 1, "classes": BLOB_CLASSES}
    generator = small_network(student, "generator", [2 + BLOB_CLASSES], {"point": 2}, units=64)
    discriminator = small_network(student, "discriminator", [seen], heads, units=64)
    condition = make(student, "OneHotCondition", BLOB_CLASSES)
    gan = make(student, kind.name, generator, discriminator, 2, condition, **kind.options)
    optimizers = {
        f"{side}_optimizer": make(student, "keras.optimizers.Adam", learning_rate=0.005, beta_1=0.5)
        for side in ("generator", "discriminator")
    }
    gan.call("compile", **optimizers, jit_compile=False)
    build_optimizer(student, optimizers["generator_optimizer"], generator)
    build_optimizer(student, optimizers["discriminator_optimizer"], discriminator)
    gan.call("fit", points, of_points, batch_size=100, epochs=12, verbose=0)
    drawn, labels = _generated(gan, BLOB_CLASSES, 2, [2])
    spread = reader.spread_by_class(drawn, labels, points, of_points)
    return reader.share_at_own_centre(drawn, labels, BLOB_CLASSES), spread


def _generated(model: Remote, num_classes: int, latent_dim: int, shape: list[int]) -> tuple[Array, Array]:
    """Examples of every class, from noise that the judge draws, and what was asked for."""
    labels = np.arange(EVALUATED * num_classes, dtype=np.int32) % num_classes
    z = np.random.default_rng(0).normal(size=(len(labels), latent_dim)).astype(np.float32)
    return expect_shape(model.call("generate", z, labels), (len(labels), *shape), "what generate returns"), labels
