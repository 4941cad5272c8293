"""Known mistakes of lesson `conditional` that a check recognises by how it fails, each with its hint."""

from __future__ import annotations

from judge.suite import Mistake

NO_GRADIENT = Mistake(
    "gradient-cut",
    "No gradient comes through: either this input is not used, or NumPy, stop_gradient or a new variable cuts the "
    "connection. Compute with Keras operations from the tensors that you were given.",
    None,
)
ONE_HOT_WITH_WEIGHTS = Mistake(
    "one-hot-with-weights",
    "Your OneHotCondition has weights. A one-hot vector is fixed: nothing is to be learned here.",
    None,
)
TABLE_FROZEN = Mistake(
    "embedding-frozen",
    "The table of your EmbeddingCondition is not trainable, so it stays at its random start. Make it a trainable "
    "weight of the layer.",
    None,
)
TABLE_NOT_TRAINED = Mistake(
    "table-not-trained",
    "The table of the condition stayed as it was: step on all trainable variables of the model. The condition is a "
    "part of it as encoder and decoder are.",
    None,
)
TABLE_UNTRACKED = Mistake(
    "embedding-untracked",
    "Keras does not know of the table of your EmbeddingCondition, so it is neither trained nor saved. Make it with "
    "self.add_weight, or with a layer that is an attribute.",
    None,
)
CONFIG_DEFAULTS = Mistake(
    "config-returns-defaults",
    "The twin was made with other arguments than the original, probably defaults: put each constructor argument "
    "into get_config, with the value that this object has.",
    None,
)
ENCODER_NOT_TOLD = Mistake(
    "encoder-not-told",
    "Your encoder sees the data alone. In a conditional VAE q(z|x,y) depends on the label, too: append c to what the "
    "encoder gets.",
    None,
)
DECODER_NOT_TOLD = Mistake(
    "decoder-not-told",
    "Your decoder sees z alone, and so nobody can choose what it draws. Append c to what the decoder gets.",
    None,
)
GENERATOR_NOT_TOLD = Mistake(
    "generator-not-told",
    "Your generator sees z alone, and so nobody can choose what it draws. Append c to what the generator gets.",
    None,
)
DISCRIMINATOR_NOT_TOLD = Mistake(
    "cgan-discriminator-not-told",
    "Your discriminator sees the image alone. In a conditional GAN it judges the pair, image and label: else it would "
    "accept any real-looking image for any label.",
    None,
)
DISCRIMINATOR_TOLD = Mistake(
    "acgan-discriminator-told",
    "Your AC-GAN gives the label to its discriminator. There it must guess the label; one that is told has nothing to "
    "learn about classes.",
    None,
)
FAKES_OF_OTHER_LABELS = Mistake(
    "fakes-of-random-labels",
    "The loss changes from call to call although this generator ignores z: labels are drawn or shuffled somewhere. "
    "Fakes belong to the labels that they were asked for.",
    None,
)
LABEL_WITHOUT_EFFECT = Mistake(
    "label-without-effect",
    "The label hardly changes what it stands for: it does not reach the images that are drawn, or nothing was learned, "
    "or the training took apart which label belongs to which image.",
    None,
)
LABELS_SWAPPED = Mistake(
    "labels-swapped",
    "Your model learned it the wrong way round: whoever asks for one class gets the other. Use each label as it comes, "
    "in training and in generate.",
    None,
)
SAMPLE_RANDOM_LABELS = Mistake(
    "sample-random-labels",
    "sample draws its labels by chance. It should take the labels that it was given, and without any go through the "
    "classes in turn.",
    None,
)
NO_NOISE = Mistake(
    "no-noise",
    "Nothing random is in it: two calls gave the same. Draw fresh z from N(0, I).",
    None,
)
SAME_EVERY_CALL = Mistake(
    "same-noise-every-call",
    "Two calls drew the same noise. An integer seed gives the same numbers each time, and so does noise drawn once "
    "and kept; use the generator, which moves on with each draw.",
    None,
)
DECODES_MEAN = Mistake(
    "call-decodes-mean",
    "Your z is z_mean: the noise is missing. Draw z with self.sampling.",
    None,
)
RECONSTRUCT_SAMPLES = Mistake(
    "reconstruct-samples",
    "reconstruct gave two answers for one image: it decodes a draw. Decode z_mean.",
    None,
)
RECONSTRUCT_LOG_VAR = Mistake(
    "reconstruct-decodes-log-var", "reconstruct decodes z_log_var; decode z_mean.", None
)
LABELS_REQUIRED = Mistake(
    "labels-not-demanded",
    "Images without labels were accepted. A conditional model that makes up labels learns nonsense: let the function "
    "that is imported for it unpack the data, and refuse.",
    None,
)
LIKELIHOOD_IGNORED = Mistake(
    "likelihood-ignored",
    "Your CVAE uses the Bernoulli likelihood whatever it was given: ask self.likelihood.",
    None,
)
CONDITION_LOST = Mistake(
    "condition-lost",
    "The twin has another condition than the original, or none: serialise `condition` in get_config and make it again "
    "in from_config.",
    None,
)
CONFIG_LIVE_OBJECTS = Mistake(
    "config-holds-objects",
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.",
    None,
)
CONFIG_SHARES_PARTS = Mistake(
    "config-shares-parts",
    "The twin uses the very same objects as the original; from_config must make new ones.",
    None,
)
LOST_ON_RELOAD = Mistake(
    "lost-on-reload",
    "The reloaded model gives other images for the same z and labels: a part was made anew instead of being stored. "
    "Which of the constructor's arguments are missing from get_config?",
    None,
)
CLASS_WEIGHT_LOST = Mistake(
    "class-weight-lost", "The twin has another class_weight than the original: put it into get_config.", None
)
TEST_STEP_TRAINS = Mistake(
    "test-step-trains", "test_step changed weights: held-out data must only be measured.", None
)
GENERATOR_MOVED = Mistake(
    "discriminator-step-moves-generator",
    "The discriminator's step moved the generator: hand the optimizer the discriminator's trainable variables alone.",
    None,
)
DISCRIMINATOR_MOVED = Mistake(
    "generator-step-moves-discriminator",
    "The generator's step moved the discriminator: hand the optimizer the variables of the generator's side alone.",
    None,
)
TABLE_MOVED_BY_DISCRIMINATOR = Mistake(
    "discriminator-step-moves-table",
    "The discriminator's step moved the table of the condition, which belongs to the generator's side.",
    None,
)
TABLE_NOT_MOVED = Mistake(
    "generator-step-leaves-table",
    "The generator's step left the table of the condition as it was: step on self.generator_side, and compute c "
    "inside the tape.",
    None,
)
TABLE_THROUGH_JUDGE = Mistake(
    "table-rewritten-through-discriminator",
    "The table of the condition moved although this generator ignores it: the gradient came through what the "
    "discriminator was told. The generator may not rewrite the labels that its judge reads.",
    None,
)
Z_ROWS_NOT_MOVED = Mistake(
    "generator-step-leaves-z",
    "The weights that read z did not move: in the generator's step, too, the fakes come of fresh noise z.",
    None,
)
WITHOUT_TRAINING_FLAG = Mistake(
    "without-training-flag",
    "The moving statistics of a batch normalisation stayed at their start: in a training step, call the network with "
    "training=True.",
    None,
)
TRAINING_IN_USE = Mistake(
    "training-flag-in-use",
    "generate depends on what else is in the batch: in use, call the generator with training=False.",
    None,
)
LABEL_NOISE_IGNORED = Mistake(
    "label-noise-ignored",
    "Your loss is the same with and without label_noise: hand the targets to the loss.",
    None,
)
LAST_BATCH = Mistake(
    "last-batch-logged",
    "Your epoch's numbers are those of its last batch. Return what self.update_trackers returns: the epoch's means.",
    None,
)
LOSSES_SWAPPED = Mistake("losses-swapped", "discriminator_loss and generator_loss are swapped.", None)
GENERATOR_FIRST = Mistake(
    "generator-first",
    "Your generator moves before the discriminator: first one step of the discriminator, then one of the generator, "
    "which faces the discriminator as it is by then.",
    None,
)
ONE_OPTIMIZER = Mistake(
    "one-optimizer-for-both",
    "One side was moved by the other side's optimizer: each has its own.",
    None,
)
LABELS_NOT_OF_BATCH = Mistake(
    "step-ignores-labels",
    "The step does not use the labels of the batch: hand them to train_discriminator and to train_generator.",
    None,
)
HEAD_WITH_ACTIVATION = Mistake(
    "head-with-activation",
    "A head has an activation that squashes its numbers. Logits are any real numbers: use a linear layer.",
    None,
)
HEADS_WITHOUT_COMMON_BODY = Mistake(
    "heads-without-common-body",
    "Your two heads share no weights. One body, two heads: what helps to tell digits apart shall help to tell real "
    "from fake, too.",
    None,
)
NEW_LAYERS = Mistake(
    "layers-made-in-call",
    "Two calls gave two answers, as if layers were made anew each time. Make every layer in __init__.",
    None,
)
