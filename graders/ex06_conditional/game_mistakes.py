"""Known wrong losses of the two GANs of lesson `conditional`, each with its hint.

Each function takes the inputs of a check (NumPy) and returns what every mistake would answer to exactly these
inputs. A name may appear in several functions, always for the same mistake.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.ex06_conditional import mistakes, oracles
from graders.ex06_conditional.oracles import LinearGame
from judge.suite import Array, Mistake


def class_loss(class_logits: Array, labels: Array) -> list[Mistake]:
    """Mistakes in class_loss."""
    right = oracles.class_loss(class_logits, labels)
    shifted = class_logits - class_logits.max(axis=1, keepdims=True)
    shares = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    hot = oracles.one_hot(labels, class_logits.shape[1])
    from_probabilities = (
        "You apply the softmax twice: class logits go into the loss as they are, which applies it."
    )
    not_logits = "Your loss takes the logits for probabilities; say from_logits, or apply the softmax first."
    clipped = np.clip(class_logits, 1e-7, 1 - 1e-7)  # as Keras does, which normalises what is left
    clipped = clipped / clipped.sum(axis=1, keepdims=True)
    return [
        Mistake("class-loss-from-probabilities", from_probabilities, oracles.class_loss(shares, labels)),
        Mistake("class-loss-logits-as-probabilities", not_logits, -np.log((clipped * hot).sum(axis=1))),
        Mistake(
            "class-loss-batch-mean",
            "You averaged over the batch. Return one number for each example.",
            right.mean(),
        ),
        Mistake(
            "class-loss-batch-sum",
            "You summed over the batch. Return one number for each example.",
            right.sum(),
        ),
        Mistake(
            "class-loss-negated",
            "Your loss has the wrong sign: it is minus the logarithm of the probability of the true class.",
            -right,
        ),
        Mistake(
            "class-loss-base-2",
            "Your logarithm has base 2; losses of this course are in nats.",
            right / np.log(2),
        ),
        Mistake(
            "class-loss-binary",
            "You ask of each class separately whether it is the one (sigmoid). Exactly one class is right: softmax.",
            (oracles.softplus(class_logits) - class_logits * hot).sum(axis=1),
        ),
        Mistake(
            "class-loss-mean-over-classes",
            "You averaged over the classes; there is one true class, and its -log probability is the loss.",
            right / class_logits.shape[1],
        ),
        Mistake(
            "class-loss-is-logit",
            "You return minus the logit of the true class; the softmax is missing.",
            -(class_logits * hot).sum(axis=1),
        ),
        Mistake(
            "class-loss-is-probability",
            "You return a probability; the loss is minus its logarithm.",
            (shares * hot).sum(axis=1),
        ),
    ]


def discriminator_loss(game: LinearGame, x: Array, labels: Array, z: Array) -> list[Mistake]:
    """Mistakes in the scalar of train_discriminator; z may be anything if the generator ignores it."""
    s = {name: float(part.mean()) for name, part in game.sides(x, labels, z).items()}
    right = game.discriminator_loss(x, labels, z)
    weight = game.class_weight
    both = s["real"] + s["fake"]
    known = [*_common(game, right, len(x)), *_labels(game, "discriminator_loss", x, labels, z)]
    known += [
        Mistake(
            "targets-swapped",
            "Real and fake are swapped: the target of real examples is 1, of fakes 0.",
            right - both + _swapped(game, x, labels, z),
        ),
        Mistake(
            "fake-side-missing",
            "Your discriminator never learns what a fake is: its loss has two sides.",
            right - s["fake"],
        ),
        Mistake(
            "real-side-missing",
            "Your discriminator never learns what is real: its loss has two sides.",
            right - s["real"],
        ),
        Mistake(
            "sides-averaged",
            "You average the two sides; equation (3) of lesson gan sums them.",
            right - both / 2,
        ),
    ]
    if not weight:
        return known
    real_class, fake_class = weight * s["real_class"], weight * s["fake_class"]
    return [
        Mistake(
            "class-loss-missing-on-fakes",
            "Your discriminator classifies real images only. In an AC-GAN it also says which class a fake shows.",
            right - fake_class,
        ),
        Mistake(
            "class-loss-missing-on-real",
            "Your discriminator classifies fakes only. From real images it learns what the classes look like.",
            right - real_class,
        ),
        Mistake(
            "class-loss-missing",
            "Your loss says nothing about classes: add the class losses.",
            right - fake_class - real_class,
        ),
        Mistake(
            "class-weight-ignored",
            "Your class losses do not heed class_weight.",
            right + (1 / weight - 1) * (real_class + fake_class),
        ),
        Mistake(
            "class-weight-on-everything",
            "class_weight belongs to the class losses alone.",
            weight * both + real_class + fake_class,
        ),
        Mistake(
            "class-losses-averaged",
            "You average the class losses of real and fake images; equation (6) sums them.",
            right - (real_class + fake_class) / 2,
        ),
        Mistake(
            "class-loss-subtracted",
            "You subtract class losses; the discriminator minimises them, on fakes too.",
            right - 2 * (real_class + fake_class),
        ),
        Mistake(
            "class-loss-subtracted",
            "You subtract the class loss of fakes; the discriminator minimises it, too.",
            right - 2 * fake_class,
        ),
        Mistake(
            "class-loss-from-probabilities",
            "You apply the softmax twice: class logits go into the loss as they are.",
            right - real_class - fake_class + weight * _from_shares(game, x, labels, z, ("real", "fake")),
        ),
        *known,
    ]


def generator_loss(game: LinearGame, x: Array, labels: Array, z: Array) -> list[Mistake]:
    """Mistakes in the scalar of train_generator; of x only the shape counts."""
    s = {name: float(part.mean()) for name, part in game.sides(x, labels, z).items()}
    right = game.generator_loss(x, labels, z)
    weight = game.class_weight
    known = [
        *_common(game, right, len(x)),
        *_labels(game, "generator_loss", x, labels, z),
        Mistake(
            "saturating-loss",
            "This is the saturating loss, log(1 - D); the generator trains with -log D.",
            right - s["fooled"] - s["fake"],
        ),
        Mistake(
            "generator-minimises-discriminator-loss",
            "Your generator helps the discriminator to recognise its fakes: it wants them taken for real.",
            right - s["fooled"] + s["fake"],
        ),
    ]
    if not weight:
        return known
    fake_class = weight * s["fake_class"]
    return [
        Mistake(
            "class-loss-missing-on-fakes",
            "Your generator is not asked to show the class. Its fakes must look real, and be of the right class.",
            right - fake_class,
        ),
        Mistake(
            "class-weight-ignored",
            "Your class loss does not heed class_weight.",
            right + (1 / weight - 1) * fake_class,
        ),
        Mistake(
            "class-weight-on-everything",
            "class_weight belongs to the class loss alone.",
            weight * s["fooled"] + fake_class,
        ),
        Mistake(
            "class-loss-subtracted",
            "You subtract the class loss: your generator hides the class. It wants its fakes recognised.",
            right - 2 * fake_class,
        ),
        Mistake(
            "class-loss-from-probabilities",
            "You apply the softmax twice: class logits go into the loss as they are.",
            right - fake_class + weight * _from_shares(game, x, labels, z, ("fake",)),
        ),
        Mistake(
            "fooling-missing",
            "Your generator is only asked for the class; its fakes must also be taken for real.",
            fake_class,
        ),
        *known,
    ]


def _common(game: LinearGame, right: float, batch: int) -> list[Mistake]:
    return [
        Mistake(
            "loss-sum-over-batch",
            "Your loss is summed over the batch; take the mean over its examples.",
            batch * right,
        ),
        Mistake("loss-negated", "Your loss has the wrong sign: it would be maximised.", -right),
    ]


def _labels(game: LinearGame, loss: str, x: Array, labels: Array, z: Array) -> list[Mistake]:
    """What a network that is told nothing, or something else, would give."""

    def value(other: LinearGame) -> float:
        return float(getattr(other, loss)(x, labels, z))

    deaf_generator = replace(game, generator_kernel=_without_condition(game))
    known = [replace(mistakes.GENERATOR_NOT_TOLD, value=value(deaf_generator))]
    if not game.told:
        return known
    deaf = replace(game, kernel=_planes_unread(game))
    nobody = replace(game, table=0 * game.table, told_table=0 * game.table)
    return [
        *known,
        replace(mistakes.DISCRIMINATOR_NOT_TOLD, value=value(deaf)),
        Mistake("labels-ignored", "Neither network is told the label: c is zero for both.", value(nobody)),
        *(_told_otherwise(game, loss, x, labels, z, order) for order in _orders(len(x))),
    ]


def _orders(batch: int) -> list[Array]:
    indices = np.arange(batch)
    return [np.roll(indices, 1), np.roll(indices, -1), indices[::-1]]


def _told_otherwise(game: LinearGame, loss: str, x: Array, labels: Array, z: Array, order: Array) -> Mistake:
    """The loss if fakes are judged with the labels of other examples."""
    sides = game.sides(x, labels, z)
    fake, _ = game.judge(game.fakes(z, labels).reshape(x.shape), labels[order])
    wrong = (
        oracles.softplus(fake) + sides["real"] if loss == "discriminator_loss" else oracles.softplus(-fake)
    )
    hint = "Fakes are judged with labels of other examples; each belongs to the label that it was asked for."
    return Mistake("fakes-judged-with-other-labels", hint, float(wrong.mean()))


def _without_condition(game: LinearGame) -> Array:
    kernel = np.array(game.generator_kernel)
    kernel[len(kernel) - game.table.shape[1] :] = 0
    return kernel


def _planes_unread(game: LinearGame) -> Array:
    """The discriminator's kernel with zeros where it reads planes of c; images have one channel."""
    kernel = np.array(game.kernel).reshape(-1, 1 + game.table.shape[1])
    kernel[:, 1:] = 0
    return kernel.reshape(-1, 1)


def _swapped(game: LinearGame, x: Array, labels: Array, z: Array) -> float:
    real, _ = game.judge(x, labels)
    fake, _ = game.judge(game.fakes(z, labels).reshape(x.shape), labels)
    return float((oracles.softplus(real) + oracles.softplus(-fake)).mean())


def _from_shares(game: LinearGame, x: Array, labels: Array, z: Array, whose: tuple[str, ...]) -> float:
    """The class losses of probabilities taken for logits, batch mean."""
    images = {"real": x, "fake": game.fakes(z, labels).reshape(x.shape)}
    total = 0.0
    for name in whose:
        _, logits = game.judge(images[name], labels)
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        total += float(oracles.class_loss(shares, labels).mean())
    return total
