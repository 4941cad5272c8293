"""The discriminator that also gives its features: checks and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.common.labelled import proves
from graders.common.objects import expect_twin, make, set_weights, statistics_of, weights_of
from graders.common.reference import random_images
from judge.suite import Array, Mistake, Remote, Student, agree, cell, expect, expect_array, expect_pair

features = cell("features_check", read_again="section 2, equation (2)")

# fmt: off
ANSWER = "return self.head(features), features"
HEAD = "self.head = layers.Dense(1)"
BODY = "x = self.leak(self.norm(self.look_closer(x)))"
CONFIG_DEFAULTS = Mistake("config-returns-defaults",
    "The twin was made with other arguments than the original, probably defaults: use the argument `filters`.")
features.mistake("features-first", (ANSWER, "return features, self.head(features)"),
    "The features come first; the order is logits, features.")
features.mistake("features-not-flat", (ANSWER, "return self.head(features), x"),
    "The features of an image are one vector: flatten them.")
NOT_OF_FEATURES = features.mistake("logit-of-other-features",
    [(BODY, f"early = x\n        {BODY}"), (ANSWER, "return self.head(self.flatten(early)), features")],
    "The logit is not made of the features that you return: the head reads something else, or the features come from "
    "behind it.", also=[(ANSWER, "return self.head(features), self.head(features)"),
                        (ANSWER, "return self.head(features), ops.stop_gradient(features)")])
LOGIT_SQUASHED = features.mistake("logit-with-activation", (HEAD, 'self.head = layers.Dense(1, activation="sigmoid")'),
    "The head has an activation that squashes its number. A logit is any real number: use a linear layer.",
    also=[(HEAD, 'self.head = layers.Dense(1, activation="tanh")'),
          (HEAD, 'self.head = layers.Dense(1, activation="relu")')])
NEW_LAYERS = features.mistake("layers-made-in-call", (ANSWER, "return layers.Dense(1)(features), features"),
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.")
ALWAYS_TRAINING = features.mistake("training-always",
    [("layers.LayerNormalization()", "layers.BatchNormalization()"),
     (BODY, "x = self.leak(self.norm(self.look_closer(x), training=True))")],
    "The answer for an image depends on the other images of its batch although training is False: hand `training` to "
    "the batch normalisation.")
features.mistake("body-without-nonlinearity", [("x = self.leak(self.look(x))", "x = self.look(x)"),
    (BODY, BODY.replace("self.leak(", "(")), ],
    "Your body is linear from end to end: twice the image gives twice the features. LeakyReLU is missing.")
LOOK = "self.look = layers.Conv2D(filters"
proves(features, CONFIG_DEFAULTS, (LOOK, f"filters = 32\n        {LOOK}"))
# fmt: on


def _answers(value: Any, batch: int) -> tuple[Array, Array]:
    logits, of_image = expect_pair(value, "what the FeatureDiscriminator returns")
    found = expect_array(of_image, "the features", (batch, None))
    return expect_array(logits, "the logits", (batch, 1)), found


def _made(student: Student, seed: int, size: int = 8) -> tuple[Remote, Array]:
    """A small discriminator with large random kernels, so that nothing depends on how it starts; and images."""
    discriminator, images = make(student, "FeatureDiscriminator", filters=4), random_images(seed, 6, size, size, 2)
    discriminator(images)
    rng = np.random.default_rng(seed)
    drawn = [np.asarray(rng.normal(0.0, 0.5, w.shape)) if w.ndim > 1 else w for w in weights_of(discriminator)]
    set_weights(discriminator, drawn)
    return discriminator, images


@features.check("The discriminator returns logits (batch, 1) and features (batch, num_features).")
def test_features_shapes(student: Student) -> None:
    """For two sizes of images and a batch of one; in training and in use."""
    for seed, shape in enumerate(((8, 8, 1), (12, 8, 3))):
        discriminator = make(student, "FeatureDiscriminator", filters=3)
        for batch in (3, 1):
            x = random_images(seed, batch, *shape)
            _, found = _answers(discriminator(x), batch)
            expect(found.shape[1] > 1, "one feature is too few to compare images by.")
            _answers(discriminator(x, training=True), batch)


@features.check("The logit is the head's answer to the features that are returned.", weight=2,
                needs=[test_features_shapes])  # fmt: skip
def test_logit_is_made_of_features(student: Student) -> None:
    """A linear function of them: fitted on some images, it holds for others; and all but the head's weights count."""
    discriminator, images = _made(student, 1, 4)
    again = [_answers(discriminator(images), 6) for _ in range(2)]
    expect(np.allclose(again[0][0], again[1][0]), "the discriminator gave two answers for one image.", NEW_LAYERS)
    reached = []
    for output in (0, 1):
        found = discriminator.gradients(None, images, weights_of=discriminator, output=output).weights
        reached.append([gradient is not None and bool(np.any(gradient)) for gradient in found])
    logit, feature = (sum(of) for of in reached)
    expect(logit > feature > 0, "the logit should depend on the head's weights and on all that the features depend on, "
           f"but depends on {logit} arrays of weights and the features on {feature}.", NOT_OF_FEATURES)  # fmt: skip
    shown = random_images(2, 200, 4, 4, 2)
    logits, of_images = _answers(discriminator(shown), 200)
    design = np.column_stack([of_images, np.ones(200)])
    half = 160 if design.shape[1] < 150 else 200
    fit = np.linalg.lstsq(design[:half], logits[:half, 0], rcond=None)[0]
    away = np.abs(design @ fit - logits[:, 0]).max() / max(float(logits.std()), 1e-6)
    squashed = bool(np.abs(logits).max() <= 1 + 1e-6 or logits.min() >= 0)
    expect(away < 0.02, "the logit is no linear function of the features.",
           LOGIT_SQUASHED if squashed else NOT_OF_FEATURES)  # fmt: skip


@features.check("The features depend on the image, and not linearly.", needs=[test_features_shapes])
def test_features_are_not_linear(student: Student) -> None:
    """Of images, of their negatives, and of none at all."""
    discriminator, images = _made(student, 3)
    once, minus, none = (_answers(discriminator(f * images), 6)[1] for f in (1, -1, 0))
    expect(bool(once.std(axis=0).max() > 1e-6), "the features are the same for all images.")
    bent = np.abs(once + minus - 2 * none).max() > 1e-3 * np.abs(once - none).max()
    agree(float(bent), 1.0, "whether the features bend (1) or are linear in the image (0)")


@features.check("In use, an image's answer does not depend on the other images of its batch.",
                needs=[test_features_shapes])  # fmt: skip
def test_features_in_use(student: Student) -> None:
    """Two images of six alone; statistics move in training alone."""
    discriminator, images = _made(student, 4)
    before = statistics_of(discriminator)
    together, alone = _answers(discriminator(images), 6), _answers(discriminator(images[:2]), 2)
    same = all(np.allclose(a[:2], b, atol=1e-4) for a, b in zip(together, alone, strict=True))
    unmoved = all(map(np.array_equal, before, statistics_of(discriminator)))
    expect(same and unmoved, "an image's answer in use depends on its batch.", ALWAYS_TRAINING)


@features.check("A discriminator made from get_config and given the same weights gives the same outputs.",
                needs=[test_features_shapes])  # fmt: skip
def test_features_config(student: Student) -> None:
    """With arguments that are not the defaults."""
    expect_twin(student, "FeatureDiscriminator", {"filters": 3}, random_images(5, 4, 8, 8, 1), CONFIG_DEFAULTS)
    sizes = []
    for filters in (2, 5):
        discriminator = make(student, "FeatureDiscriminator", filters=filters)
        discriminator(random_images(5, 2, 8, 8, 1))
        sizes.append(sum(w.size for w in weights_of(discriminator)))
    expect(sizes[0] < sizes[1], "`filters` changes nothing: make the layers with this many.", CONFIG_DEFAULTS)
