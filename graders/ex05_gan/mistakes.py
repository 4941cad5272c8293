"""Known mistakes of lesson `gan` that a check recognises by how it fails, each with its hint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from judge.suite import Mistake


def with_value(mistake: Mistake, value: Any) -> Mistake:
    """The mistake, recognised by this value."""
    return replace(mistake, value=value)


# the two networks
GENERATOR_TANH = Mistake(
    "generator-ends-in-tanh",
    "Your images have numbers below 0, down to -1: the generator ends in a tanh. The images of this course are "
    "scaled to [0, 1], so it must end in a sigmoid.",
    None,
)
GENERATOR_LOGITS = Mistake(
    "generator-without-sigmoid",
    "Your images have numbers far outside [0, 1]: the generator's last layer needs the activation that squashes "
    "every number into that range.",
    None,
)
DISCRIMINATOR_SIGMOID = Mistake(
    "discriminator-returns-probabilities",
    "All your numbers lie between 0 and 1: the discriminator ends in a sigmoid. It should return logits; the losses "
    "turn them into probabilities.",
    None,
)
DISCRIMINATOR_TANH = Mistake(
    "discriminator-squashed",
    "Your logits are squashed into a narrow range: the last layer has an activation. Logits are any real numbers.",
    None,
)
DISCRIMINATOR_RELU_OUT = Mistake(
    "discriminator-never-negative",
    'None of your logits is negative: the last layer has a ReLU or softplus. Negative logits mean "fake".',
    None,
)
SLOPE = Mistake(
    "leaky-slope",
    "The slope for negative inputs is not 0.2. Look up how Keras' LeakyReLU names its argument, and what its default "
    "is.",
    None,
)
RELU_IN_DISCRIMINATOR = Mistake(
    "discriminator-relu",
    "Where its inputs are negative your discriminator is blind: a plain ReLU gives 0 there, and no gradient to the "
    "generator. Use LeakyReLU.",
    None,
)
NORM_AT_INPUT = Mistake(
    "batchnorm-at-input",
    "The discriminator normalises its input, or what its first layer makes of it: real and fake then look alike in "
    "mean and contrast. DCGAN leaves out batch normalisation at the discriminator's input layer.",
    None,
)
NORM_AT_OUTPUT = Mistake(
    "batchnorm-at-output",
    "The generator's last layer is followed by a batch normalisation, which forces the brightness of every batch. "
    "DCGAN leaves it out there.",
    None,
)
NO_NORM = Mistake(
    "generator-without-batchnorm",
    "The examples of a batch do not influence each other with training=True: is there a BatchNormalization, and does "
    "it get the training flag?",
    None,
)
NORM_ALWAYS_TRAINING = Mistake(
    "batchnorm-always-training",
    "With training=False an image still depends on the other images of its batch: hand `training` to the "
    "BatchNormalization layers instead of True.",
    None,
)
NOT_CONVOLUTIONAL = Mistake(
    "not-convolutional",
    "There is no convolution in this network: DCGAN replaces the hidden dense layers by strided convolutions, "
    "transposed ones in the generator.",
    None,
)
FILTERS_IGNORED = Mistake(
    "filters-ignored",
    "The argument `filters` changes nothing: use it for the widths of the layers.",
    None,
)
NEW_LAYERS = Mistake(
    "layers-made-in-call",
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.",
    None,
)
CONFIG_DEFAULTS = Mistake(
    "config-returns-defaults",
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument "
    "into get_config, with the value that this object has.",
    None,
)

# losses
NO_GRADIENT = Mistake(
    "gradient-cut",
    "No gradient comes through: NumPy, stop_gradient, rounding or a new variable cuts the connection. Compute with "
    "Keras operations from the tensors that you were given.",
    None,
)
NOT_FINITE = Mistake(
    "loss-through-probabilities",
    "For large logits sigmoid(logits) is exactly 0 or 1 and its logarithm is infinite, or the gradient is lost. "
    "Compute from the logits: log sigmoid(l) = -softplus(-l).",
    None,
)

# steps
PER_EXAMPLE = Mistake(
    "step-returns-examples",
    "You return one loss for each example. Take the mean over the batch before the gradient, and return that.",
    None,
)
GENERATOR_MOVED = Mistake(
    "generator-moved-in-discriminator-step",
    "The generator's weights changed in the discriminator's step. Apply gradients to the discriminator's trainable "
    "variables only.",
    None,
)
DISCRIMINATOR_MOVED = Mistake(
    "discriminator-moved-in-generator-step",
    "The discriminator's weights changed in the generator's step. Apply gradients to the generator's trainable "
    "variables only.",
    None,
)
WRONG_OPTIMIZER = Mistake(
    "wrong-optimizer",
    "Another optimiser than this side's own was used. Each side has its own, with its own memory and learning rate.",
    None,
)
SAME_EVERY_CALL = Mistake(
    "same-noise-every-call",
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once "
    "and kept: call self.noise, which moves on with each draw.",
    None,
)
SAME_IN_GRAPH = Mistake(
    "noise-frozen-in-graph",
    "In a compiled function, which is how `fit` runs your code, the noise is the same on every call. Noise drawn by "
    "NumPy becomes a constant there; draw it with Keras.",
    None,
)
NOT_NORMAL = Mistake(
    "noise-not-normal",
    "Your z is not standard normal: is it uniform, or scaled? The generator must be trained on what `noise` draws, "
    "since that is what it will be given later.",
    None,
)
NO_NOISE = Mistake("no-noise", "Your z is always 0: every fake is the same image. Draw noise.", None)
FAKES_NOT_REDRAWN = Mistake(
    "fakes-not-redrawn",
    "The generator's step uses the very noise of the discriminator's step. Draw fresh noise for it: the "
    "discriminator has just learned these fakes by heart.",
    None,
)
NO_TRAINING_FLAG_DISCRIMINATOR = Mistake(
    "training-flag-missing-discriminator",
    "The moving statistics of the discriminator's batch normalisation did not move: call it with training=True in "
    "its own step.",
    None,
)
NO_TRAINING_FLAG_GENERATOR = Mistake(
    "training-flag-missing-generator",
    "The moving statistics of the generator's batch normalisation did not move: call it with training=True when you "
    "train.",
    None,
)
CONCATENATED = Mistake(
    "real-and-fake-in-one-batch",
    "Real and fake images went through the discriminator in one batch: its batch normalisation then mixes their "
    "statistics. Call it twice.",
    None,
)
GENERATOR_GETS_NOTHING = Mistake(
    "generator-gets-no-gradient",
    "No gradient reaches the generator. Make the fakes inside the tape and send these very tensors through the "
    "discriminator: no NumPy, no stop_gradient, no `predict` in between.",
    None,
)
SIDE_FROZEN = Mistake(
    "discriminator-left-frozen",
    "After a generator step the discriminator no longer learns. Setting `trainable = False` is not needed: which "
    "weights move is decided by the variables that you hand to the optimiser.",
    None,
)
NOISE_IGNORED = Mistake(
    "label-noise-ignored",
    "With label_noise = 0.6 the targets are still exactly 1 and 0: pass the noisy targets to discriminator_loss.",
    None,
)
NOISE_CONSTANT = Mistake(
    "label-noise-constant",
    "Your targets are moved by a fixed amount (label smoothing). Label noise is drawn: fresh for every call and every "
    "example.",
    None,
)
NOISE_SAME_FOR_BATCH = Mistake(
    "label-noise-same-for-batch",
    "All examples of a batch got the same target: draw one number for each, in the shape of the logits.",
    None,
)
NOISE_SAME_EVERY_CALL = Mistake(
    "label-noise-same-every-call",
    "Two calls drew the same targets: draw them anew, with a seed generator that moves on.",
    None,
)
NOISE_OUTSIDE = Mistake(
    "label-noise-outside",
    "Your noise pushes targets beyond 1 or below 0. It must pull both inwards: real down from 1, fake up from 0.",
    None,
)
NOISE_ONE_SIDED = Mistake(
    "label-noise-one-sided",
    "Only one side's targets are noisy: draw noise for the real and for the fake targets.",
    None,
)
NOISE_SWAPPED = Mistake(
    "label-noise-swapped",
    "Your noisy targets are near 0 for real and near 1 for fake images: the sides are swapped.",
    None,
)
NOISE_FLIPS = Mistake(
    "label-noise-flips",
    "Your targets are exactly 0 or 1, some of them flipped. Here label noise is uniform: real targets lie anywhere "
    "in [1 - label_noise, 1], fake ones in [0, label_noise].",
    None,
)
NOISE_NOT_UNIFORM = Mistake(
    "label-noise-not-uniform",
    "Your noise does not fill [0, label_noise] evenly: draw it uniformly from that range.",
    None,
)

# training, sampling, saving
LAST_BATCH = Mistake(
    "last-batch-logged",
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.",
    None,
)
NOT_RESET = Mistake(
    "metrics-not-reset",
    "Your second epoch still counts the first one. Keras resets only what the `metrics` property lists.",
    None,
)
SAMPLE_IN_TRAINING_MODE = Mistake(
    "sample-in-training-mode",
    "sample calls the generator with training=True, so that an image depends on the others drawn with it. "
    "Use self.generate.",
    None,
)
SAMPLE_MOVES_STATISTICS = Mistake(
    "sample-moves-statistics",
    "Drawing samples changed the generator's moving statistics: it runs in training mode. Use self.generate.",
    None,
)
CONFIG_LIVE_OBJECTS = Mistake(
    "config-holds-objects",
    "Your get_config returns live objects. Turn each network into plain data with "
    "keras.saving.serialize_keras_object.",
    None,
)
CONFIG_SHARES_PARTS = Mistake(
    "config-shares-parts",
    "The twin uses the very same generator or discriminator object as the original; from_config must make new ones.",
    None,
)
CONFIG_INCOMPLETE = Mistake(
    "config-incomplete",
    "The twin has other arguments than the original: get_config must hold latent_dim, label_noise and seed, with the "
    "values of this object.",
    None,
)
PARTS_LOST_ON_RELOAD = Mistake(
    "parts-lost-on-reload",
    "The reloaded GAN makes other images of the same z: its networks were made anew. Serialise both in get_config and "
    "make them again in from_config.",
    None,
)

# layers that look at the batch
FEATURES_CHANGED = Mistake(
    "features-changed",
    "The layer changed the features that it was given; it must append to them, along the last axis, behind them.",
    None,
)
STDDEV_GRADIENT = Mistake(
    "stddev-gradient-infinite",
    "When all examples of a batch are equal, your gradient is not finite: the derivative of a square root at 0. Add "
    "1e-8 to the variance, inside the root.",
    None,
)
PACKING_FLAG = Mistake(
    "packing-loses-training-flag",
    "The packed discriminator is not told that it trains: hand `training` on.",
    None,
)
PACKING_CONFIG = Mistake(
    "packing-lost-on-reload",
    "The reloaded packed discriminator gives other logits: its inner network was made anew.",
    None,
)

# reading the signs
DIAGNOSE_LOSSES_ALONE = Mistake(
    "diagnose-by-losses-alone",
    "Flat losses are necessary for an equilibrium, not sufficient: look at the modes, too.",
    None,
)
DIAGNOSE_COLLAPSE_FIRST = Mistake(
    "diagnose-collapse-not-first",
    "Fewer than half of the modes is a collapse, whatever the losses do: that line comes first.",
    None,
)
DIAGNOSE_COLLAPSE_EARLY = Mistake(
    "diagnose-collapse-too-early", "A collapse means fewer than half of the modes, and nothing else.", None
)
DIAGNOSE_OTHER_PART = Mistake(
    "diagnose-other-part",
    "Look at the last half of each list of losses, not at all of it and not at one epoch.",
    None,
)
DIAGNOSE_NOT_FLAT = Mistake(
    "diagnose-not-flat",
    "An equilibrium needs both losses flat, and the discriminator's near log 4.",
    None,
)
