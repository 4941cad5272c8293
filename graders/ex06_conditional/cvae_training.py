"""The conditional VAE in training, in use, and on disk: checks, and mistakes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.common.labelled import (
    BATCH,
    CLASSES,
    LABELS_REQUIRED,
    LAST_BATCH,
    NO_NOISE,
    PIXELS,
    SAME_EVERY_CALL,
    SHAPE,
    batch_of,
    expect_logs,
    expect_refused,
    expect_sampled_classes,
    expect_weights,
    labels_of,
    latents,
    make_condition,
    mistakes_of_order,
    proves,
    random_table,
)
from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_same_weights, expect_shape, flat, make, weights_of
from graders.common.reference import sigmoid
from graders.ex06_conditional import saving, training
from graders.ex06_conditional.conditions import (
    test_appending_passes_gradients,
    test_condition_configs,
    test_embedding_learns,
)
from graders.ex06_conditional.cvae import (
    DECODER_HINT,
    LABELS_MADE_UP,
    SAME_NOISE,
    test_cvae_decode,
    test_cvae_encode,
    test_cvae_gradients,
    test_cvae_inputs_of,
    test_cvae_terms,
)
from graders.ex06_conditional.linear_cvae import LinearCVAE, cvae_parts, gaussian, make_cvae, random_cvae
from judge.suite import Array, CheckFailed, Remote, Student, agree, cell, expect

train = cell("cvae_train_check", hole="cvae", read_again="section 4")
config = cell("cvae_config_check", hole="cvae", read_again="section 4")
LOGS = ("loss", "reconstruction_loss", "kl_loss")
ARRAYS = ("mean_kernel", "mean_bias", "log_var_kernel", "log_var_bias", "kernel", "bias", "table")

# fmt: off
GENERATE = "return self.likelihood.mean(self.decode(z, labels))"
DRAW = "self.generate(keras.random.normal((num_samples, self.latent_dim)), labels)"
REBUILD = "z_mean, _ = self.encode(x, labels)\n        return self.generate(z_mean, labels)"
BEFORE = "def generate(self, z, labels):"


def overriding(method: str) -> tuple[str, str]:
    """Write a method that should have been inherited."""
    return BEFORE, f"{method}\n\n    {BEFORE}"


def own_step(variables: str = "self.trainable_variables", apply: str = "self.optimizer.apply(gradients, variables)",
             result: str = "self.update_trackers(*terms)") -> tuple[str, str]:
    """Write a train_step of one's own."""
    return overriding(f"""def train_step(self, data):
        with tf.GradientTape() as tape:
            terms = self.elbo_terms(self.inputs_of(data))
            loss = ops.mean(terms[0] + terms[1])
        variables = {variables}
        gradients = tape.gradient(loss, variables)
        {apply}
        return {result}""")


MEANS = '{"loss": loss, "reconstruction_loss": ops.mean(terms[0]), "kl_loss": ops.mean(terms[1])}'
train.mistake("train-no-update", own_step(apply=""), "No weight moved: hand the gradients to the optimizer.")
train.mistake("table-not-trained", own_step("self.encoder.trainable_variables + self.decoder.trainable_variables"),
    "The table of the condition stayed as it was: step on all trainable variables of the model. The condition is a "
    "part of it as encoder and decoder are.")
proves(train, LAST_BATCH, own_step(result=MEANS))
proves(train, LABELS_REQUIRED, LABELS_MADE_UP, overriding("def train_step(self, data):\n        "
    "return super().train_step(data if isinstance(data, tuple) else (data, ops.zeros(len(data), 'int32')))"))
TEST_STEP_TRAINS = train.mistake("test-step-trains",
    overriding("def test_step(self, data):\n        return self.train_step(data)"),
    "test_step changed weights: held-out data must only be measured.")
train.mistake("logits-shown", (GENERATE, "return self.decode(z, labels)"),
    "These are logits; show the mean images of the likelihood, numbers from 0 to 1.",
    also=[(REBUILD, REBUILD.replace("generate(", "decode("))])
train.mistake("sigmoid-twice", (GENERATE, "return ops.sigmoid(self.likelihood.mean(self.decode(z, labels)))"),
    "The sigmoid is applied twice: the likelihood applies it.",
    also=[(REBUILD, REBUILD.replace("return ", "return ops.sigmoid(") + ")")])
train.mistake("binarised", (GENERATE, f"return ops.round({GENERATE[7:]})"),
    "You round the mean image to black and white; show the mean.",
    also=[(REBUILD, REBUILD.replace("return ", "return ops.round(") + ")")])
train.mistake("mean-ignores-likelihood", (GENERATE, "return ops.sigmoid(self.decode(z, labels))"),
    "Your CVAE uses the Bernoulli likelihood whatever it was given: ask self.likelihood.")
mistakes_of_order(train)
proves(train, NO_NOISE, (DRAW, DRAW.replace("keras.random.normal", "ops.zeros")))
proves(train, SAME_EVERY_CALL, SAME_NOISE, (DRAW, DRAW.replace("dim))", "dim), seed=7)")))
train.mistake("prior-not-normal", (DRAW, DRAW.replace("normal", "uniform")),
    "Your noise is uniform; the prior is standard normal.")
RECONSTRUCT_SAMPLES = train.mistake("reconstruct-samples",
    (REBUILD, REBUILD.replace("_ =", "z_log_var =").replace("(z_mean,", "(self.sampling(z_mean, z_log_var),")),
    "reconstruct gave two answers for one image: it decodes a draw. Decode z_mean.")
train.mistake("reconstruct-decodes-log-var", (REBUILD, REBUILD.replace("z_mean, _", "_, z_mean")),
    "reconstruct decodes z_log_var; decode z_mean.")
train.mistake("reconstruct-ignores-label", (REBUILD, REBUILD.replace("generate(z_mean, labels)",
    "likelihood.mean(self.decoder(append_condition(z_mean, 0.0 * self.condition(labels))))")), DECODER_HINT)
LABEL_WITHOUT_EFFECT = train.mistake("label-without-effect",
    overriding("def fit(self, x, y, **kwargs):\n        return super().fit(keras.random.shuffle(x), y, **kwargs)"),
    "The label hardly changes what it stands for: it does not reach the images that are drawn, or nothing was learned, "
    "or the training took apart which label belongs to which image.",
    also=[overriding("def fit(self, x, y, **kwargs):\n        pass")])
LABELS_SWAPPED = train.mistake("labels-swapped",
    overriding("def fit(self, x, y, **kwargs):\n        return super().fit(x, ops.max(y) - y, **kwargs)"),
    "Your model learned it the wrong way round: whoever asks for one class gets the other. Use each label as it comes, "
    "in training and in generate.")
proves(config, saving.CONDITION_LOST, saving.WITHOUT_CONDITION, saving.ANOTHER_CONDITION)
proves(config, saving.CONFIG_LIVE_OBJECTS, saving.LIVE_CONDITION)
proves(config, saving.CONFIG_SHARES_PARTS, saving.SHARED_CONDITION)
# fmt: on


def _compiled(student: Student, weights: LinearCVAE, rate: float) -> tuple[Remote, list[Remote]]:
    """(cvae, [encoder, decoder, condition]) with plain gradient descent."""
    parts = [*cvae_parts(student, weights), make_condition(student, weights.table)]
    cvae = make(student, "CVAE", *parts)
    optimizer = make(student, "keras.optimizers.SGD", learning_rate=rate)
    cvae.call("compile", optimizer=optimizer, run_eagerly=True, jit_compile=False)
    return cvae, parts


@train.check(
    "train_step moves encoder and decoder down the gradient of equation (3).",
    weight=2,
    needs=[test_cvae_inputs_of, test_cvae_terms, test_cvae_gradients],
    read_again="equation (3)",
)
def test_cvae_train_step(student: Student) -> None:
    """Two steps, compared with central differences of the definition of the loss, in float64."""
    found, weights = _two_steps(student, random_cvae(student, 10), ARRAYS[:-1])
    expected = weights.arrays(*ARRAYS[:-1])
    vectors = flat(found[: len(expected)], expected), flat(expected, expected)
    agree(*vectors, "the weights after two steps", rtol=1e-3, atol=5e-4)


def _two_steps(student: Student, weights: LinearCVAE, names: tuple[str, ...]) -> tuple[list[Array], LinearCVAE]:
    """The weights after two steps of the student's (encoder, decoder, condition), and the right ones."""
    rate = 0.05
    cvae, parts = _compiled(student, weights, rate)
    for seed in (10, 11):
        x, labels = batch_of(seed)
        cvae.call("train_step", (x, labels))
        weights = weights.moved("loss", names, rate, x, labels)
    sizes = (ARRAYS[:4], ARRAYS[4:6], ARRAYS[6:] if names == ARRAYS else ())
    found = [expect_weights(part, weights.arrays(*of)) for part, of in zip(parts, sizes, strict=True)]
    return [array for arrays in found for array in arrays], weights


@train.check(
    "train_step also trains the table of an embedding, through the encoder and through the decoder.",
    needs=[test_embedding_learns, test_appending_passes_gradients, test_cvae_train_step],
)
def test_cvae_trains_the_table(student: Student) -> None:
    """Two steps, compared with central differences."""
    found, weights = _two_steps(student, random_cvae(student, 13, table=random_table(13)), ARRAYS)
    agree(found[-1], weights.table, "the table after two steps", rtol=1e-3, atol=5e-4)


@train.check(
    "Both steps return the means of the three losses; test_step changes nothing; both demand labels.",
    weight=3,
    needs=[test_cvae_inputs_of, test_cvae_terms],
)
def test_cvae_steps_report(student: Student) -> None:
    """Two batches of each step, with a learning rate of 0 and, for test_step, a large one."""
    weights = random_cvae(student, 12)
    for step, rate in (("train_step", 0.0), ("test_step", 0.5)):
        cvae, _ = _compiled(student, weights, rate)
        before, means = weights_of(cvae), []
        for seed, brightness in ((12, 1.0), (13, 0.2)):
            x, labels = batch_of(seed)
            x *= np.float32(brightness)
            found = expect_logs(cvae.call(step, (x, labels)), LOGS, f"what {step} returns")
            r, k = (term.mean() for term in weights.terms(x, labels))
            means.append(np.array([r + k, r, k]))
        agree(found, np.mean(means, axis=0), f"({', '.join(LOGS)}) of {step} after two batches", rtol=1e-3)
        expect_refused(cvae.attempt(step, batch_of(12)[0]), step)
        if step == "test_step":
            expect_same_weights(cvae, before, "test_step changed the weights.", TEST_STEP_TRAINS)


@train.check("generate shows the mean image of each z and its own label.", needs=[test_cvae_decode])
def test_cvae_generate(student: Student) -> None:
    """For a Bernoulli and a Gaussian likelihood; the label of one image changes that image alone."""
    weights = random_cvae(student, 14)
    z, labels = latents(14), labels_of(14)
    logits = weights.decode(z, labels).reshape(BATCH, *SHAPE)
    agree(make_cvae(student, weights).call("generate", z, labels), sigmoid(logits), "what generate returns")
    real_valued = make_cvae(student, weights, likelihood=gaussian(student, 0.3))
    found = real_valued.call("generate", z, labels)
    agree(found, logits, "what generate returns with a Gaussian likelihood")


@train.check(
    "sample draws the labels that it is given, and without any the classes in turn: 0, 1, 2, ...",
    needs=[test_cvae_generate],
)
def test_cvae_sample_labels(student: Student) -> None:
    """The decoder ignores z, so that each image tells its class."""
    weights = random_cvae(student, 15)
    deaf = replace(weights, kernel=np.concatenate([np.zeros((2, PIXELS)), 3 * weights.kernel[2:]]))
    of_class = sigmoid(deaf.decode(np.zeros((CLASSES, 2)), np.arange(CLASSES)))
    expect_sampled_classes(make_cvae(student, deaf), of_class, labels_of(16, 8))


@train.check("sample draws z from the prior N(0, I), fresh for every image and call.", needs=[test_cvae_generate])
def test_cvae_sample_noise(student: Student) -> None:
    """The decoder returns z itself, twice; a right answer fails with probability below 1e-6."""
    weights = random_cvae(student, 17)
    twice = replace(weights, kernel=np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))]),
                    bias=np.zeros(PIXELS), mean_bias=np.full(2, 2.0))  # fmt: skip
    cvae = make_cvae(student, twice, likelihood=gaussian(student, 0.1))
    shape = (5_000, *SHAPE)
    draws = [expect_shape(cvae.call("sample", shape[0]), shape, "what sample returns") for _ in range(2)]
    first, second = (draw.reshape(shape[0], -1)[:, :2] for draw in draws)
    expect_fresh(first, second, "sample", no_noise=NO_NOISE, same_every_call=SAME_EVERY_CALL)
    expect_standard_normal(first, "z of sample")


@train.check(
    "reconstruct returns the mean image decoded from z_mean and the same label, without noise.",
    needs=[test_cvae_generate, test_cvae_encode],
)
def test_cvae_reconstruct(student: Student) -> None:
    """With noise in q(z|x,y), which must not show."""
    weights = random_cvae(student, 18, noise=True)
    cvae = make_cvae(student, weights)
    x, labels = batch_of(18)
    what = "what reconstruct returns"
    first, second = (expect_shape(cvae.call("reconstruct", (x, labels)), x.shape, what) for _ in range(2))
    expect(np.allclose(first, second), "reconstruct gave two answers.", RECONSTRUCT_SAMPLES)
    right = weights.decode(weights.encode(x, labels)[0], labels).reshape(x.shape)
    agree(first, sigmoid(right), "the reconstruction")


@train.check(
    "After a short training on real digits, the digit that is asked for is drawn, each time in another way.",
    weight=2,
    needs=[test_cvae_train_step, test_cvae_generate],
    seconds=60,
    whole=True,
)
def test_cvae_short_training(student: Student) -> None:
    """The judge sends z and labels, and reads the images with a classifier of its own."""
    read, spread = training.train_cvae(student, seed=3)
    message = f"of the digits asked for, {training.CVAE_READ:.0%} should be recognised: received {read:.0%}."
    expect(read >= training.CVAE_READ, message)
    message = "images of one class should differ from each other: they hardly depend on z."
    expect(spread >= training.CVAE_SPREAD, message)


@train.check(
    "After a short training on drawn brains, the same z has larger ventricles as AD than as CN.",
    needs=[test_cvae_train_step, test_cvae_generate],
    seconds=60,
    whole=True,
)
def test_cvae_ventricles(student: Student) -> None:
    """The judge sends each z twice, once with each label, and measures the ventricles of both images."""
    expect_larger(*training.train_on_brains(student, seed=3))


def expect_larger(areas: Array, group_difference: float) -> None:
    """Paired test: fail unless AD is the larger one in most pairs, and by as much as the groups make one expect.

    Which of both is larger says whether it is chance, by how much whether it is the disease: in a model that was
    trained with shuffled labels, too, nearly all pairs may differ by a little in the same direction.

    Args:
        areas: (pairs, 2), mm2, of CN and of AD from the same z.
        group_difference: mm2, between the groups of the training images.
    """
    larger = areas[:, 1] - areas[:, 0]
    share, by = (larger > 0).mean(), larger.mean() / group_difference
    if share >= training.VENTRICLES_LARGER and by >= training.VENTRICLES_BY:
        return
    (cn, ad), limit = areas.mean(axis=0), training.VENTRICLES_BY * group_difference
    message = (
        f"{len(areas)} times the same z, drawn as CN (label 0) and as AD (label 1): the ventricles of AD should be "
        f"larger in at least {training.VENTRICLES_LARGER:.0%} of the pairs, and on average by {limit:.0f} mm2 or more. "
        f"Received: larger in {share:.0%}, on average by {larger.mean():.0f} mm2 (CN {cn:.0f}, AD {ad:.0f})."
    )
    if abs(by) < training.VENTRICLES_BY:
        raise CheckFailed(message, LABEL_WITHOUT_EFFECT)
    raise CheckFailed(message, LABELS_SWAPPED if by < -training.VENTRICLES_SWAPPED else None)


def _embedded(student: Student, seed: int, **options: str) -> tuple[Remote, Array, Array]:
    """(cvae, z, labels): with an embedding of sizes that are not the defaults, and a Gaussian likelihood."""
    weights = random_cvae(student, seed, table=random_table(seed, 4, 3))
    cvae = make_cvae(student, weights, likelihood=gaussian(student, 0.25), **options)
    return cvae, latents(seed, 5), labels_of(seed, 5, 4)


@config.check(
    "from_config(get_config()) makes a CVAE with parts, condition and likelihood like the original's.",
    weight=2,
    needs=[test_condition_configs, test_cvae_generate],
)
def test_cvae_config(student: Student) -> None:
    """With sizes, a likelihood and a name that are not the defaults."""
    cvae, z, labels = _embedded(student, 19, name="mine")
    twin = saving.make_twin(student, "CVAE", cvae)
    saving.expect_same_condition(cvae, twin, labels)
    saving.expect_same_images(cvae, twin, z, labels)


@config.check(
    "A CVAE that was saved and loaded generates the same images for the same z and labels.",
    weight=2,
    needs=[test_condition_configs, test_cvae_generate],
)
def test_cvae_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    saving.expect_same_after_reload(student, *_embedded(student, 20))
