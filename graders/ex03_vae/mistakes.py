"""Known mistakes of lesson `vae` that a check recognises by how it fails, each with its hint."""

from __future__ import annotations

from judge.suite import Mistake

SAME_EVERY_CALL = Mistake(
    "same-noise-every-call",
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once "
    "and kept; use the generator, which moves on with each draw.",
    None,
)
SAME_IN_GRAPH = Mistake(
    "noise-frozen-in-graph",
    "In a compiled function, which is how `fit` runs your code, the noise is the same on every call. Noise drawn by "
    "NumPy becomes a constant there; draw it with keras.random.normal.",
    None,
)
NO_NOISE = Mistake(
    "no-noise",
    "Your z is z_mean: the noise of equation (1) is missing, and the VAE becomes an autoencoder.",
    None,
)
NO_GRADIENT = Mistake(
    "gradient-cut",
    "No gradient comes through: either this input is not used, or NumPy, stop_gradient or a new variable cuts the "
    "connection. Compute with Keras operations from the tensors that you were given.",
    None,
)
SQUASHED_HEAD = Mistake(
    "head-with-activation",
    "A head has an activation that squashes its numbers. Means and log-variances may be any real number: use a "
    "linear layer.",
    None,
)
POSITIVE_HEAD = Mistake(
    "log-var-head-positive",
    "Your z_log_var is never negative, as if it were a variance. It is the log of one, any real number: use a linear "
    "layer.",
    None,
)
ONE_HEAD = Mistake(
    "one-head-for-both",
    "z_mean and z_log_var are the same numbers: give each a layer of its own.",
    None,
)
DECODER_SIGMOID = Mistake(
    "decoder-returns-probabilities",
    "All your numbers lie between 0 and 1: the decoder ends with a sigmoid. It should return logits; the likelihood "
    "turns them into probabilities.",
    None,
)
DECODER_TANH = Mistake(
    "decoder-returns-tanh",
    "All your numbers lie between -1 and 1: the decoder ends with a tanh. It should return logits, any real number.",
    None,
)
DECODER_RELU = Mistake(
    "decoder-returns-relu",
    "None of your numbers is negative: the decoder's last layer has a ReLU or softplus. Logits take both signs.",
    None,
)
CONFIG_DEFAULTS = Mistake(
    "config-returns-defaults",
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument "
    "into get_config, with the value that this object has.",
    None,
)
CONFIG_LIVE_OBJECTS = Mistake(
    "config-holds-objects",
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.",
    None,
)
CONFIG_SHARES_PARTS = Mistake(
    "config-shares-parts",
    "The twin uses the very same encoder or decoder object as the original; from_config must make new ones.",
    None,
)
CONFIG_WITHOUT_LIKELIHOOD = Mistake(
    "config-without-likelihood",
    "The twin has another likelihood than the original: serialise `likelihood` in get_config too.",
    None,
)
PARTS_LOST_ON_RELOAD = Mistake(
    "parts-lost-on-reload",
    "The reloaded model has other weights than the saved one: its encoder and decoder were made anew. Serialise both "
    "in get_config and make them again in from_config.",
    None,
)
LIKELIHOOD_IGNORED = Mistake(
    "likelihood-ignored",
    "Your VAE uses the Bernoulli likelihood whatever it was given: ask self.likelihood.",
    None,
)
RECONSTRUCT_SAMPLES = Mistake(
    "reconstruct-samples",
    "reconstruct gave two answers for one image: it decodes a draw. Decode z_mean.",
    None,
)
LAST_BATCH = Mistake(
    "last-batch-logged",
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.",
    None,
)
NEW_LAYERS = Mistake(
    "layers-made-in-call",
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.",
    None,
)
NOT_RESET = Mistake(
    "metrics-not-reset",
    "Your second epoch still counts the first one. Keras resets only what the `metrics` property lists.",
    None,
)
TEST_STEP_TRAINS = Mistake(
    "test-step-trains",
    "test_step changed weights: held-out data must only be measured.",
    None,
)
