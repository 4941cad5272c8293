"""Known wrong ways to compute something in lesson `conditional`, each with its hint.

Each function takes the inputs of a check (NumPy) and returns what every mistake would answer to exactly these
inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.common.reference import sigmoid
from graders.ex06_conditional import mistakes, oracles
from graders.ex06_conditional.oracles import LinearCVAE
from judge.suite import Array, Mistake


def one_hot(labels: Array, num_classes: int) -> list[Mistake]:
    """Mistakes in OneHotCondition for labels (batch,)."""
    number = "Your c is the label as a number, as if 8 were nearly 9. Give each class an entry of its own."
    shifted = "Your 1 stands one place off: label 0 belongs to the first entry."
    right = oracles.one_hot(labels, num_classes)
    return [
        Mistake("label-as-number", number, np.asarray(labels, np.float64)),
        Mistake("label-as-number", number, np.asarray(labels, np.float64)[:, None]),
        Mistake(
            "label-as-number", number, np.repeat(np.asarray(labels, np.float64)[:, None], num_classes, 1)
        ),
        Mistake("label-as-number", number, np.asarray(labels)[:, None] * right),
        Mistake("one-hot-shifted", shifted, np.roll(right, 1, axis=1)),
        Mistake("one-hot-shifted", shifted, np.roll(right, -1, axis=1)),
        Mistake("one-hot-shifted", shifted, right @ np.eye(num_classes, k=1)),
        Mistake("one-hot-shifted", shifted, right @ np.eye(num_classes, k=-1)),
        Mistake("one-hot-transposed", "Examples belong on the first axis, classes on the second.", right.T),
        Mistake("one-cold", "Your vectors are 0 where they should be 1, and the reverse.", 1 - right),
    ]


def table_rows(table: Array, labels: Array) -> list[Mistake]:
    """Mistakes in EmbeddingCondition."""
    shifted = "You read the neighbouring row of the table: label 0 belongs to the first row."
    return [
        Mistake("row-shifted", shifted, np.roll(table, 1, axis=0)[labels]),
        Mistake("row-shifted", shifted, np.roll(table, -1, axis=0)[labels]),
    ]


def append_condition(z: Array, c: Array) -> list[Mistake]:
    """Mistakes in append_condition."""
    condition_first = "c stands before z; the order is z, then c."
    return [
        Mistake("condition-first", condition_first, np.concatenate([c, z], axis=1)),
        Mistake(
            "condition-on-batch-axis",
            "You joined along the batch axis; c belongs to the same example as z: join along the last axis.",
            np.concatenate([z, c], axis=0) if z.shape[1] == c.shape[1] else z,
        ),
        Mistake("condition-missing", "c is missing: what came back is z alone.", z),
    ]


def append_planes(images: Array, c: Array) -> list[Mistake]:
    """Mistakes in append_planes."""
    batch, height, width, channels = images.shape
    right = oracles.append(images, c)
    planes = right[..., channels:]
    pixels = height * width
    scrambled = (
        "Your planes are not constant: repeat and reshape put each number where another belongs, although the shape "
        "is right. Give c its axes for height and width first, then spread it."
    )
    first = "The planes stand before the image's channels; the image comes first."
    each = np.repeat(c, pixels).reshape(batch, height, width, -1)
    rows = np.tile(c, (pixels, 1)).reshape(batch, height, width, -1)
    tiled = np.tile(c, (1, pixels)).reshape(batch, -1, height, width).transpose(0, 2, 3, 1)
    by_axis = np.repeat(c, pixels, axis=1).reshape(batch, height, width, -1)
    corner = np.zeros_like(planes)
    corner[:, 0, 0] = c
    return [
        Mistake("planes-scrambled", scrambled, np.concatenate([images, p], axis=-1))
        for p in (each, rows, tiled, by_axis)
    ] + [
        Mistake("planes-first", first, np.concatenate([planes, images], axis=-1)),
        Mistake(
            "planes-at-one-pixel",
            "Only one pixel holds c. A convolution looks at patches: every pixel of the plane must hold the number.",
            np.concatenate([images, corner], axis=-1),
        ),
        Mistake(
            "planes-averaged",
            "You divide c by the number of pixels; every pixel of the plane holds the number itself.",
            np.concatenate([images, planes / pixels], axis=-1),
        ),
        Mistake(
            "planes-of-first-example",
            "Every image got the planes of the first example.",
            np.concatenate([images, np.broadcast_to(planes[:1], planes.shape)], axis=-1),
        ),
        Mistake("planes-missing", "The planes are missing: these are the images alone.", images),
    ]


def encode(cvae: LinearCVAE, x: Array, labels: Array) -> list[Mistake]:
    """Mistakes in encode: the pair of heads as one array (2, batch, J)."""
    mean, log_var = cvae.encode(x, labels)
    empty = replace(cvae, table=np.zeros_like(cvae.table)).encode(x, labels)
    return [
        Mistake(
            "encode-swapped",
            "encode returns z_log_var first; the order is z_mean, z_log_var.",
            np.stack([log_var, mean]),
        ),
        replace(mistakes.ENCODER_NOT_TOLD, value=np.stack(empty)),
    ]


def decode(cvae: LinearCVAE, z: Array, labels: Array) -> list[Mistake]:
    """Mistakes in decode."""
    empty = replace(cvae, table=np.zeros_like(cvae.table)).decode(z, labels)
    probabilities = (
        "decode returns probabilities; return the decoder's output, which the likelihood understands."
    )
    return [
        replace(mistakes.DECODER_NOT_TOLD, value=empty),
        Mistake("decode-returns-probabilities", probabilities, sigmoid(cvae.decode(z, labels))),
    ]


def terms(cvae: LinearCVAE, x: Array, labels: Array) -> list[Mistake]:
    """Mistakes in the pair of elbo_terms, as one array (2, batch)."""
    reconstruction, kl_loss = cvae.terms(x, labels)
    c = cvae.table[labels]
    (z_mean, z_log_var), unaware = cvae.encode(x, labels), replace(cvae, table=np.zeros_like(cvae.table))
    zeros = np.zeros_like(c)
    on_condition = (
        "Your KL counts the entries of c as if they were drawn. Only z is random: the KL is that of q(z|x,y)."
    )
    with_planes = oracles.append(x, c)[..., -c.shape[1] :].reshape(len(x), -1)
    seen_encoder = oracles.bernoulli_nll(x, cvae.decode(unaware.encode(x, labels)[0], labels))
    seen_decoder = oracles.bernoulli_nll(x, unaware.decode(z_mean, labels))

    def kl_with(more_mean: Array, more_log_var: Array) -> Array:
        return kl_loss + oracles.kl_to_standard_normal(more_mean, more_log_var)

    swapped = "elbo_terms returns the KL first; the order is reconstruction_loss, kl_loss."
    return [
        Mistake("terms-swapped", swapped, np.stack([kl_loss, reconstruction])),
        Mistake("terms-kl-on-condition", on_condition, np.stack([reconstruction, kl_with(c, zeros)])),
        Mistake("terms-kl-on-condition", on_condition, np.stack([reconstruction, kl_with(c, c)])),
        replace(mistakes.DECODER_NOT_TOLD, value=np.stack([seen_decoder, kl_loss])),
        replace(
            mistakes.ENCODER_NOT_TOLD,
            value=np.stack([seen_encoder, oracles.kl_to_standard_normal(*unaware.encode(x, labels))]),
        ),
        Mistake(
            "terms-planes-reconstructed",
            "Your reconstruction loss counts the planes of c, too; only the image is reconstructed.",
            np.stack([reconstruction + oracles.bernoulli_nll(with_planes, 0 * with_planes), kl_loss]),
        ),
        Mistake(
            "terms-kl-missing",
            "Your kl_loss is 0: compute it from z_mean and z_log_var.",
            np.stack([reconstruction, 0 * kl_loss]),
        ),
        Mistake(
            "terms-kl-from-prior-of-label",
            "Your KL pulls q(z|x,y) to c instead of to 0: the prior is N(0, I) for every class.",
            np.stack(
                [reconstruction, oracles.kl_to_standard_normal(z_mean - c[:, : z_mean.shape[1]], z_log_var)]
            ),
        ),
    ]


def mean_image(parameters: Array) -> list[Mistake]:
    """Mistakes in what generate makes of the decoder's output."""
    return [
        Mistake(
            "logits-shown",
            "These are logits; show the mean images of the likelihood, numbers from 0 to 1.",
            parameters,
        ),
        Mistake(
            "sigmoid-twice",
            "The sigmoid is applied twice: the likelihood applies it.",
            sigmoid(sigmoid(parameters)),
        ),
        Mistake(
            "binarised",
            "You round the mean image to black and white; show the mean.",
            np.round(sigmoid(parameters)),
        ),
    ]
