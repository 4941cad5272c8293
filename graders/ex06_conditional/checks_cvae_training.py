"""Checks of the conditional VAE in training, in use, and on disk."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.common.noise import expect_fresh, expect_standard_normal
from graders.common.objects import expect_same_weights, expect_shape, flat, make, weights_of
from graders.common.reference import sigmoid
from graders.ex06_conditional import mistakes, networks, training, value_mistakes
from graders.ex06_conditional.checks_conditions import (
    test_appending_passes_gradients,
    test_condition_configs,
    test_embedding_learns,
)
from graders.ex06_conditional.checks_cvae import (
    BATCH,
    batch_of,
    gaussian,
    test_cvae_decode,
    test_cvae_encode,
    test_cvae_gradients,
    test_cvae_inputs_of,
    test_cvae_terms,
)
from graders.ex06_conditional.expectations import (
    expect_in_turn,
    expect_logs,
    expect_refused,
    expect_same_after_reload,
    expect_same_condition,
    expect_same_images,
    expect_weights,
    make_twin,
)
from graders.ex06_conditional.networks import CLASSES, PIXELS, SHAPE, labels_of
from graders.ex06_conditional.oracles import LinearCVAE
from judge.suite import Array, Mistake, Remote, Student, agree, check, expect, expect_array

LOGS = ("loss", "reconstruction_loss", "kl_loss")
ARRAYS = ("mean_kernel", "mean_bias", "log_var_kernel", "log_var_bias", "kernel", "bias", "table")


def _compiled(student: Student, weights: LinearCVAE, rate: float) -> tuple[Remote, list[Remote]]:
    """(cvae, [encoder, decoder, condition]) with plain gradient descent."""
    encoder, decoder = networks.cvae_parts(student, weights)
    condition = networks.make_condition(student, weights.table)
    cvae = make(student, "CVAE", encoder, decoder, condition)
    optimizer = make(student, "keras.optimizers.SGD", learning_rate=rate)
    cvae.call("compile", optimizer=optimizer, run_eagerly=True, jit_compile=False)
    return cvae, [encoder, decoder, condition]


@check(
    cell="cvae_train_check",
    says="train_step moves encoder and decoder down the gradient of equation (3).",
    weight=2,
    needs=[test_cvae_inputs_of, test_cvae_terms, test_cvae_gradients],
    read_again="equation (3)",
)
def test_cvae_train_step(student: Student) -> None:
    """Two steps, compared with central differences of the definition of the loss, in float64."""
    start = networks.random_cvae(10)
    found, weights = _two_steps(student, start, ARRAYS[:-1])
    expected = weights.arrays(*ARRAYS[:-1])
    still = Mistake("train-no-update", "No weight changed.", flat(start.arrays(*ARRAYS[:-1]), expected))
    agree(flat(found[: len(expected)], expected), flat(expected, expected), "the weights after two steps",
          rtol=1e-3, atol=5e-4, mistakes=[still])  # fmt: skip


def _two_steps(
    student: Student, weights: LinearCVAE, names: tuple[str, ...]
) -> tuple[list[Array], LinearCVAE]:
    """The weights after two steps of the student's (encoder, decoder, condition), and the right ones."""
    rate = 0.05
    cvae, parts = _compiled(student, weights, rate)
    for seed in (10, 11):
        x, labels = batch_of(seed)
        cvae.call("train_step", (x, labels))
        weights = weights.moved("loss", names, rate, x, labels)
    sizes = (ARRAYS[:4], ARRAYS[4:6], ARRAYS[6:] if names == ARRAYS else ())
    found = [
        expect_weights(part, weights.arrays(*of) if of else []) for part, of in zip(parts, sizes, strict=True)
    ]
    return [array for arrays in found for array in arrays], weights


@check(
    cell="cvae_train_check",
    says="train_step also trains the table of an embedding, through the encoder and through the decoder.",
    needs=[test_embedding_learns, test_appending_passes_gradients, test_cvae_train_step],
    read_again="section 4",
)
def test_cvae_trains_the_table(student: Student) -> None:
    """Two steps, compared with central differences."""
    start = networks.random_cvae(13, table=networks.random_table(13))
    found, weights = _two_steps(student, start, ARRAYS)
    frozen = replace(mistakes.TABLE_NOT_TRAINED, value=start.table)
    agree(found[-1], weights.table, "the table after two steps", rtol=1e-3, atol=5e-4, mistakes=[frozen])


@check(
    cell="cvae_train_check",
    says="Both steps return the means of the three losses; test_step changes nothing; both demand labels.",
    needs=[test_cvae_inputs_of, test_cvae_terms],
    read_again="section 4",
)
def test_cvae_steps_report(student: Student) -> None:
    """Two batches of each step, with a learning rate of 0 and, for test_step, a large one."""
    weights = networks.random_cvae(12)
    for step, rate in (("train_step", 0.0), ("test_step", 0.5)):
        cvae, _ = _compiled(student, weights, rate)
        before, means = weights_of(cvae), []
        for seed in (12, 13):
            x, labels = batch_of(seed)
            found = expect_logs(cvae.call(step, (x, labels)), LOGS, f"what {step} returns")
            r, k = (term.mean() for term in weights.terms(x, labels))
            means.append(np.array([r + k, r, k]))
        last = replace(mistakes.LAST_BATCH, value=means[1])
        agree(found, np.mean(means, axis=0), f"({', '.join(LOGS)}) of {step} after two batches", rtol=1e-3,
              mistakes=[last])  # fmt: skip
        expect_refused(cvae.attempt(step, batch_of(12)[0]), step)
        if step == "test_step":
            expect_same_weights(cvae, before, "test_step changed the weights.", mistakes.TEST_STEP_TRAINS)


@check(
    cell="cvae_train_check",
    says="generate shows the mean image of each z and its own label.",
    needs=[test_cvae_decode],
    read_again="section 4",
)
def test_cvae_generate(student: Student) -> None:
    """For a Bernoulli and a Gaussian likelihood; the label of one image changes that image alone."""
    weights = networks.random_cvae(14)
    z, labels = np.random.default_rng(14).normal(size=(BATCH, 2)).astype(np.float32), labels_of(14, BATCH)
    logits = weights.decode(z, labels).reshape(BATCH, *SHAPE)
    cvae, _ = networks.make_cvae(student, weights)
    agree(cvae.call("generate", z, labels), sigmoid(logits), "what generate returns",
          mistakes=value_mistakes.mean_image(logits))  # fmt: skip
    real_valued, _ = networks.make_cvae(student, weights, likelihood=gaussian(student, 0.3))
    always = replace(mistakes.LIKELIHOOD_IGNORED, value=sigmoid(logits))
    agree(real_valued.call("generate", z, labels), logits, "what generate returns with a Gaussian likelihood",
          mistakes=[always])  # fmt: skip


def _of_class_only() -> tuple[LinearCVAE, Array]:
    """A CVAE whose decoder ignores z, and the mean image of each class, (classes, pixels)."""
    weights = networks.random_cvae(15)
    deaf = replace(weights, kernel=np.concatenate([np.zeros((2, PIXELS)), 3 * weights.kernel[2:]]))
    return deaf, sigmoid(deaf.decode(np.zeros((CLASSES, 2)), np.arange(CLASSES)))


@check(
    cell="cvae_train_check",
    says="sample draws the labels that it is given, and without any the classes in turn: 0, 1, 2, ...",
    needs=[test_cvae_generate],
    read_again="section 4",
)
def test_cvae_sample_labels(student: Student) -> None:
    """The decoder ignores z, so that each image tells its class."""
    weights, of_class = _of_class_only()
    cvae, _ = networks.make_cvae(student, weights)
    found = expect_array(cvae.call("sample", 7), "what sample(7) returns", (7, *SHAPE)).reshape(7, -1)
    expect_in_turn(found, of_class, "sample(7)")
    labels = labels_of(16, 8)
    given = expect_array(cvae.call("sample", 8, labels), "what sample returns", (8, *SHAPE)).reshape(8, -1)
    random = replace(mistakes.SAMPLE_RANDOM_LABELS, value=given)
    agree(given, of_class[labels], "the images of sample with labels", mistakes=[random])


@check(
    cell="cvae_train_check",
    says="sample draws z from the prior N(0, I), fresh for every image and call.",
    needs=[test_cvae_generate],
    read_again="section 4",
)
def test_cvae_sample_noise(student: Student) -> None:
    """The decoder returns z itself, twice; a right answer fails with probability below 1e-6."""
    weights = networks.random_cvae(17)
    twice = replace(weights, kernel=np.concatenate([np.tile(np.eye(2), 2), np.zeros((CLASSES, PIXELS))]),
                    bias=np.zeros(PIXELS), mean_bias=np.full(2, 2.0))  # fmt: skip
    cvae, _ = networks.make_cvae(student, twice, likelihood=gaussian(student, 0.1))
    count = 5_000
    first, second = (
        expect_shape(cvae.call("sample", count), (count, *SHAPE), "what sample returns").reshape(count, -1)[
            :, :2
        ]
        for _ in range(2)
    )
    expect_fresh(
        first, second, "sample", no_noise=mistakes.NO_NOISE, same_every_call=mistakes.SAME_EVERY_CALL
    )
    expect_standard_normal(first, "z of sample")


@check(
    cell="cvae_train_check",
    says="reconstruct returns the mean image decoded from z_mean and the same label, without noise.",
    needs=[test_cvae_generate, test_cvae_encode],
    read_again="section 4",
)
def test_cvae_reconstruct(student: Student) -> None:
    """With noise in q(z|x,y), which must not show."""
    weights = networks.random_cvae(18, noise=True)
    cvae, _ = networks.make_cvae(student, weights)
    x, labels = batch_of(18)
    first, second = (
        expect_shape(cvae.call("reconstruct", (x, labels)), x.shape, "what reconstruct returns")
        for _ in range(2)
    )
    expect(np.allclose(first, second), "reconstruct gave two answers.", mistakes.RECONSTRUCT_SAMPLES)
    z_mean, z_log_var = weights.encode(x, labels)
    right, of_log_var = (weights.decode(z, labels).reshape(x.shape) for z in (z_mean, z_log_var))
    deaf = replace(weights, table=np.zeros_like(weights.table)).decode(z_mean, labels).reshape(x.shape)
    agree(first, sigmoid(right), "the reconstruction", mistakes=[
        *value_mistakes.mean_image(right),
        replace(mistakes.RECONSTRUCT_LOG_VAR, value=sigmoid(of_log_var)),
        replace(mistakes.DECODER_NOT_TOLD, value=sigmoid(deaf)),
    ])  # fmt: skip


@check(
    cell="cvae_train_check",
    says="After a short training on real digits, the digit that is asked for is drawn, each time in another way.",
    weight=2,
    needs=[test_cvae_train_step, test_cvae_generate],
    seconds=60,
    read_again="section 4",
)
def test_cvae_short_training(student: Student) -> None:
    """The judge sends z and labels, and reads the images with a classifier of its own."""
    read, spread = training.train_cvae(student, seed=3)
    expect(read >= training.CVAE_READ,
           f"of the digits asked for, {training.CVAE_READ:.0%} should be recognised: received {read:.0%}.")  # fmt: skip
    expect(spread >= training.CVAE_SPREAD,
           "images of one class should differ from each other: they hardly depend on z.")  # fmt: skip


@check(
    cell="cvae_config_check",
    says="from_config(get_config()) makes a CVAE with parts, condition and likelihood like the original's.",
    weight=2,
    needs=[test_condition_configs, test_cvae_generate],
    read_again="section 4",
)
def test_cvae_config(student: Student) -> None:
    """With sizes, a likelihood and a name that are not the defaults."""
    weights = networks.random_cvae(19, table=networks.random_table(19, 4, 3))
    cvae, _ = networks.make_cvae(student, weights, likelihood=gaussian(student, 0.25), name="mine")
    twin = make_twin(student, "CVAE", cvae)
    z, labels = np.random.default_rng(19).normal(size=(5, 2)).astype(np.float32), labels_of(19, 5, 4)
    expect_same_condition(cvae, twin, labels)
    expect_same_images(cvae, twin, z, labels)


@check(
    cell="cvae_config_check",
    says="A CVAE that was saved and loaded generates the same images for the same z and labels.",
    weight=2,
    needs=[test_condition_configs, test_cvae_generate],
    read_again="section 4",
)
def test_cvae_reload(student: Student) -> None:
    """With an embedding, whose table must be in the file."""
    weights = networks.random_cvae(20, table=networks.random_table(20, 4, 3))
    cvae, _ = networks.make_cvae(student, weights, likelihood=gaussian(student, 0.25))
    z, labels = np.random.default_rng(20).normal(size=(5, 2)).astype(np.float32), labels_of(20, 5, 4)
    expect_same_after_reload(student, cvae, z, labels)
