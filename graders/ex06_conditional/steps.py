"""What the checks of the conditional GAN and of the AC-GAN expect of a step, and the mistakes that both can make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graders.common.labelled import (
    BATCH,
    CLASSES,
    SAME_EVERY_CALL,
    SHAPE,
    append,
    batch_of,
    expect_logs,
    expect_refused,
    expect_weights,
    proves,
    random_table,
    small_network,
)
from graders.common.objects import flat, weights_of
from graders.ex06_conditional.labelled import (
    GENERATOR_FIRST,
    GENERATOR_HINT,
    LABELS_NOT_OF_BATCH,
    OTHER_LABELS,
    WITHOUT_TRAINING_FLAG,
    expect_moving_mean,
    normalised_generator,
)
from graders.ex06_conditional.linear_game import (
    GENERATOR,
    NO_Z,
    Kind,
    LinearGame,
    Players,
    game_parts,
    play,
    set_up,
)
from judge.suite import Array, Cell, CheckFailed, Mistake, Student, agree, expect, expect_array

LOGS = ("discriminator_loss", "generator_loss")

# fmt: off
NOT_REDUCED = Mistake("loss-not-reduced", "Your loss is one number for each example; the step returns their mean.")
GENERATOR_MOVED = Mistake("discriminator-step-moves-generator",
    "The discriminator's step moved the generator: hand the optimizer the discriminator's trainable variables alone.")
DISCRIMINATOR_MOVED = Mistake("generator-step-moves-discriminator",
    "The generator's step moved the discriminator: hand the optimizer the variables of the generator's side alone.")
TABLE_MOVED = Mistake("discriminator-step-moves-table",
    "The discriminator's step moved the table of the condition, which belongs to the generator's side.")
TABLE_THROUGH_JUDGE = Mistake("table-rewritten-through-discriminator",
    "The table of the condition moved although this generator ignores it: the gradient came through what the "
    "discriminator was told. The generator may not rewrite the labels that its judge reads.")
NOISE_IGNORED = Mistake("label-noise-ignored",
    "Your loss is the same with and without label_noise: hand the targets to the loss.")

FAKES = "fakes = self.fakes(labels)\n        with tf.GradientTape() as tape:\n"
ON_TAPE = "with tf.GradientTape() as tape:\n            fakes = self.fakes(labels)\n"
G_FAKES = "(self.fakes(labels)"
SIDES = "discriminator_loss(real_logits, fake_logits, *self.targets(real_logits))"
FOOLED = "generator_loss(fake_logits)"
D_VARIABLES, G_VARIABLES = "variables = self.discriminator.trainable_variables", "variables = self.generator_side"
GRADIENT = "tape.gradient(loss, variables)"
D_APPLY = f"self.discriminator_optimizer.apply({GRADIENT}, variables)"
G_APPLY = f"self.generator_optimizer.apply({GRADIENT}, variables)"
SHUFFLED = "self.fakes(keras.random.shuffle(labels))"
AGAIN = "self.generate(keras.random.normal((ops.shape(labels)[0], self.latent_dim), seed=7), labels)"
UNTOLD = ("self.generator(append_condition(self.noise(ops.shape(labels)[0]), 0.0 * self.condition(labels)), "
          "training=True)")


def step_mistakes(discriminator: Cell, generator: Cell, of_sides: str, of_fooled: str) -> None:
    """The mistakes that both GANs can make, as patches of one of them.

    Args:
        discriminator, generator: the cells of its two steps.
        of_sides, of_fooled: where its losses are reduced, "ops.mean(" and what follows.
    """
    means = (of_sides, of_fooled)
    applied = (D_APPLY, G_APPLY)

    def gradients(each: str) -> list[tuple[str, str]]:
        return [(apply, apply.replace(GRADIENT, f"[{each} for g in {GRADIENT}]")) for apply in applied]

    def both(name: str, patches: list[tuple[str, str]], hint: str) -> None:
        discriminator.mistake(name, patches[0], hint, also=patches[1:])

    proves(discriminator, NOT_REDUCED, *((mean, mean.replace("ops.mean", "")) for mean in means))
    both("loss-sum-over-batch", [(mean, mean.replace("ops.mean", "ops.sum")) for mean in means],
        "Your loss is summed over the batch; take the mean over its examples.")
    both("loss-negated", [(f"loss = {mean}", f"loss = -{mean}") for mean in means],
        "Your loss has the wrong sign: it would be maximised.")
    both("step-without-update", [(f"        {apply}\n", "") for apply in applied],
        "No weight moved: hand gradients to the optimizer.")
    both("step-uphill", gradients("-g"), "Your step goes uphill: the loss grows.")
    both("step-sum-over-batch", gradients('g * ops.cast(ops.shape(labels)[0], "float32")'),
        "Your step is right, times the number of examples: take the mean of the loss.")
    both("one-optimizer-for-both",
        [(D_APPLY, f"self.generator{D_APPLY[18:]}"), (G_APPLY, f"self.discriminator{G_APPLY[14:]}")],
        "One side was moved by the other side's optimizer: each has its own.")
    proves(discriminator, OTHER_LABELS, (FAKES, FAKES.replace("self.fakes(labels)", SHUFFLED)),
        (G_FAKES, f"({SHUFFLED}"))
    proves(discriminator, SAME_EVERY_CALL, (FAKES, FAKES.replace("self.fakes(labels)", AGAIN)), (G_FAKES, f"({AGAIN}"))
    discriminator.mistake("generator-not-told", (FAKES, FAKES.replace("self.fakes(labels)", UNTOLD)),
        GENERATOR_HINT, also=[(G_FAKES, f"({UNTOLD}")])
    discriminator.mistake("targets-swapped", (SIDES, f"{SIDES[:-1]}[::-1])"),
        "Real and fake are swapped: the target of real examples is 1, of fakes 0.")
    discriminator.mistake("fake-side-missing", (SIDES, "ops.softplus(-real_logits)[:, 0]"),
        "Your discriminator never learns what a fake is: its loss has two sides.")
    discriminator.mistake("real-side-missing", (SIDES, "ops.softplus(fake_logits)[:, 0]"),
        "Your discriminator never learns what is real: its loss has two sides.")
    discriminator.mistake("sides-averaged", (SIDES, f"{SIDES} / 2.0"),
        "You average the two sides; equation (3) of lesson gan sums them.")
    proves(discriminator, NOISE_IGNORED, (SIDES, "discriminator_loss(real_logits, fake_logits)"))
    proves(discriminator, GENERATOR_MOVED, [(FAKES, ON_TAPE),
        (D_VARIABLES, f"{D_VARIABLES} + self.generator.trainable_variables")])
    proves(discriminator, TABLE_MOVED, [(FAKES, ON_TAPE),
        (D_VARIABLES, f"{D_VARIABLES} + self.condition.trainable_variables")])
    generator.mistake("saturating-loss", (FOOLED, "-ops.softplus(fake_logits)[:, 0]"),
        "This is the saturating loss, log(1 - D); the generator trains with -log D.")
    generator.mistake("generator-minimises-discriminator-loss", (FOOLED, "ops.softplus(fake_logits)[:, 0]"),
        "Your generator helps the discriminator to recognise its fakes: it wants them taken for real.")
    proves(generator, DISCRIMINATOR_MOVED, (G_VARIABLES, f"{G_VARIABLES} + self.discriminator.trainable_variables"))
    generator.mistake("generator-step-leaves-table", (G_VARIABLES, "variables = self.generator.trainable_variables"),
        "The generator's step left the table of the condition as it was: step on self.generator_side, and compute c "
        "inside the tape.")


def statistics_mistakes(cell: Cell, real: str, fake: str, in_one: list[tuple[str, str]]) -> None:
    """The mistakes of the training flag; real, fake: the two calls of the discriminator."""
    without = [(call, call.replace(", training=True", "")) for call in (real, fake)]
    proves(cell, WITHOUT_TRAINING_FLAG, without, (G_FAKES, "(self.fakes(labels, training=False)"))
    cell.mistake("training-flag-on-one-side", without[0], "Pass training=True for real and for fake images.",
        also=[without[1]])
    cell.mistake("real-and-fake-in-one-batch", in_one,
        "You show real and fake images in one batch: each is normalised by the other's statistics. "
        "Call the discriminator twice.")
# fmt: on


def _step_loss(players: Players, method: str, *data: Array) -> float:
    array = expect_array(players.gan.call(method, *data), f"what {method} returns")
    message = f"what {method} returns must be one number: received shape {array.shape}."
    expect(array.size == 1, message, NOT_REDUCED if array.size > 1 else None)
    return float(array.reshape(()))


def _data(method: str, seed: int) -> tuple[Array, ...]:
    x, labels = batch_of(seed)
    return (x, labels) if method == "train_discriminator" else (labels,)


def expect_losses(student: Student, method: str, games: Sequence[tuple[Kind, int]]) -> None:
    """The loss of one side in several games, with generators that ignore z."""
    found, expected = [], []
    for kind, seed in games:
        game, data = kind.game(student, seed), _data(method, seed)
        players = set_up(student, kind, game)
        first, second = (_step_loss(players, method, *data) for _ in range(2))
        message = f"{method} gave {first:.4g}, then {second:.4g}, for the same labels and a generator that ignores z."
        expect(abs(first - second) <= 1e-4 * (1 + abs(first)), message, OTHER_LABELS)
        right = game.discriminator_loss if method == "train_discriminator" else game.generator_loss
        found.append(first)
        expected.append(right(*batch_of(seed), NO_Z))
    agree(np.array(found), np.array(expected), f"the loss of {method}, for {len(found)} batches,")


def expect_fresh_fakes(student: Student, kind: Kind, method: str) -> None:
    """With a generator that listens to z, the loss differs from call to call."""
    players = set_up(student, kind, kind.game(student, 37, latent=1.0))
    first, second = (_step_loss(players, method, *_data(method, 37)) for _ in range(2))
    expect(abs(first - second) > 1e-6, f"{method} drew the same fakes twice.", SAME_EVERY_CALL)


def expect_discriminator_step(student: Student, kind: Kind) -> None:
    """One step of gradient descent, compared with central differences; the generator's side stays."""
    game, (x, labels) = kind.game(student, 32), batch_of(32)
    players = set_up(student, kind, game, rates=(0.3, 0.1))
    before = weights_of(players.generator)
    _step_loss(players, "train_discriminator", x, labels)
    unchanged = all(map(np.array_equal, before, weights_of(players.generator)))
    expect(unchanged, "train_discriminator changed the generator.", GENERATOR_MOVED)
    names = kind.discriminator_arrays()
    right = game.moved("discriminator_loss", names, 0.1, x, labels, NO_Z)
    _expect_arrays(weights_of(players.discriminator), right.arrays(*names), "the weights after one step")


def _expect_arrays(found: list[Array], right: list[Array], what: str) -> None:
    agree(flat(found, right), flat(right, right), what, rtol=1e-3, atol=1e-4)


def expect_generator_step(student: Student, kind: Kind) -> None:
    """One step of gradient descent, compared with central differences; the discriminator stays.

    The gradient of the weights that read z depends on the noise: they only have to move.
    """
    game, (x, labels) = kind.game(student, 33), batch_of(33)
    players = set_up(student, kind, game, rates=(0.1, 0.3))
    before = weights_of(players.discriminator)
    _step_loss(players, "train_generator", labels)
    unchanged = all(map(np.array_equal, before, weights_of(players.discriminator)))
    expect(unchanged, "train_generator changed the discriminator.", DISCRIMINATOR_MOVED)
    found, of_z = _without_z(players, game)
    right = game.moved("generator_loss", GENERATOR, 0.1, x, labels, NO_Z)
    _expect_arrays(found, right.arrays(*GENERATOR), "the weights after one step")
    moved = np.abs(of_z).max() > 1e-7
    expect(bool(moved), "train_generator left the weights that read z as they were: fakes come of fresh noise z.")


def _without_z(players: Players, game: LinearGame) -> tuple[list[Array], Array]:
    """The generator's weights, zeros in place of those that read z, which depend on chance; then those."""
    kernel, bias = expect_weights(players.generator, game.arrays(*GENERATOR))
    of_z = kernel[:2].copy()
    kernel[:2] = 0
    return [kernel, bias], of_z


def expect_table_of_generator(student: Student, kind: Kind) -> None:
    """The generator's step moves the table as the generator's gradient says, and only so; the other step does not."""
    game, (x, labels) = kind.game(student, 34, random_table(34)), batch_of(34)
    deaf = replace(game, generator_kernel=np.zeros_like(game.generator_kernel))
    moved = "train_discriminator moved the condition's table."
    _expect_same_table(student, kind, game, "train_discriminator", moved, TABLE_MOVED)
    moved = "train_generator moved the table although the generator ignores c."
    _expect_same_table(student, kind, deaf, "train_generator", moved, TABLE_THROUGH_JUDGE)
    players = set_up(student, kind, game, rates=(0.1, 0.0))
    _step_loss(players, "train_generator", labels)
    right = game.moved("generator_loss", ("table",), 0.1, x, labels, NO_Z).table
    (found,) = expect_weights(players.condition, [game.table])
    agree(found, right, "the table after the generator's step", rtol=1e-3, atol=1e-4)


def _expect_same_table(
    student: Student, kind: Kind, game: LinearGame, method: str, message: str, mistake: Mistake
) -> None:
    rates = (0.0, 0.1) if method == "train_discriminator" else (0.1, 0.0)
    players = set_up(student, kind, game, rates=rates)
    _step_loss(players, method, *_data(method, 34))
    (table,) = expect_weights(players.condition, [game.table])
    expect(bool(np.allclose(table, game.table, atol=1e-6)), message, mistake)


def expect_statistics(student: Student, kind: Kind) -> None:
    """Batch normalisations learn in a step: real and fake images in two calls, in either order."""
    game, (x, labels) = kind.game(student, 35), batch_of(35)
    fakes = game.fakes(NO_Z, labels).reshape(x.shape)
    generator, linear_judge, condition = game_parts(student, game)
    channels = 1 + CLASSES if kind.told else 1
    heads = {"authenticity": 1} if kind.told else {"authenticity": 1, "classes": CLASSES}
    judge = small_network(student, "normalised_discriminator", [*SHAPE[:-1], channels], heads)
    play(student, kind, (generator, judge, condition)).gan.call("train_discriminator", x, labels)
    real, fake = (_seen(image, game, labels).mean(axis=0) for image in (x, fakes))
    mean = expect_moving_mean(judge, len(real))
    orders = 0.25 * real + 0.5 * fake, 0.5 * real + 0.25 * fake
    right = min(orders, key=lambda order: float(np.abs(order - mean).max()))
    agree(mean, right, "the moving mean of the discriminator's batch normalisation")
    maker = normalised_generator(student)
    play(student, kind, (maker, linear_judge, condition)).gan.call("train_generator", labels)
    moved = bool(np.abs(expect_moving_mean(maker, 2 + CLASSES)).max() > 1e-6)
    expect(moved, "train_generator left the generator's moving statistics.", WITHOUT_TRAINING_FLAG)


def _seen(images: Array, game: LinearGame, labels: Array) -> Array:
    """What the discriminator reads, flattened."""
    told = append(images, game.scale * game.table[labels]) if game.told else images
    return told.reshape(len(images), -1)


def expect_label_noise(student: Student, kind: Kind, calls: int = 15) -> None:
    """The mean over many calls is known; a right answer is more than six standard errors away in 2e-9 of the cases.

    With targets 1 - u and v, u and v uniform in [0, e] for each example, the loss is the exact one plus the batch
    mean of u * real_logit - v * fake_logit.
    """
    noise, game, (x, labels) = 0.8, kind.game(student, 36), batch_of(36)
    players = set_up(student, kind, game, label_noise=noise)
    found = [_step_loss(players, "train_discriminator", x, labels) for _ in range(calls)]
    (real, _), (fake, _) = game.judge(x, labels), game.of_fakes(x, labels, NO_Z)
    exact = game.discriminator_loss(x, labels, NO_Z)
    expect(not np.allclose(found, exact, atol=1e-5), "label_noise changes nothing.", NOISE_IGNORED)
    expected = exact + noise / 2 * float((real - fake).mean())
    error = noise / math.sqrt(12 * calls) * math.sqrt(float((real**2 + fake**2).sum())) / BATCH
    away = abs(float(np.mean(found)) - expected) / error
    message = (
        f"with label_noise={noise} the mean loss of {calls} steps should be about {expected:.3f}, received "
        f"{np.mean(found):.3f}: real targets lie between {1 - noise:.1f} and 1, fake ones between 0 and {noise}."
    )
    expect(away < 6 and float(np.std(found)) > 0.1 * error, message)


def _logs(players: Players, *data: Array) -> Array:
    return expect_logs(players.gan.call("train_step", data), LOGS, "what train_step returns")


def expect_train_step(student: Student, kind: Kind) -> None:
    """One step of each side on the labels of the batch, the discriminator first."""
    game, (x, labels) = kind.game(student, 38), batch_of(38)
    still = set_up(student, kind, game)
    first, again = (_logs(still, x, labels) for _ in range(2))
    message = "train_step gives other losses each time, although this generator ignores z and nothing learns."
    expect(np.allclose(first, again, rtol=1e-4), message, LABELS_NOT_OF_BATCH)
    players = set_up(student, kind, game, rates=(0.5, 0.25))
    logs, data = _logs(players, x, labels), (x, labels, NO_Z)
    last = game
    if student.stand_in("labelled_gan"):  # which has two steps of the discriminator
        last = game.moved("discriminator_loss", kind.discriminator_arrays(), 0.25, *data)
    judged = last.moved("discriminator_loss", kind.discriminator_arrays(), 0.25, *data)
    losses = np.array([last.discriminator_loss(*data), judged.generator_loss(*data)])
    early = bool(np.isclose(logs[1], game.generator_loss(*data), rtol=1e-3))
    expect(not early, "train_step moved the generator before the discriminator.", GENERATOR_FIRST)
    agree(logs, losses, f"({', '.join(LOGS)}) of train_step", rtol=1e-3)
    right = judged.moved("generator_loss", GENERATOR, 0.5, *data)
    found, _ = _without_z(players, game)
    expected = right.arrays(*kind.discriminator_arrays(), *GENERATOR)
    _expect_arrays([*weights_of(players.discriminator), *found], expected, "all weights after one train_step")


def expect_epoch_means(student: Student, kind: Kind) -> None:
    """Two batches of other classes and a reset, with learning rates of 0; and a batch without labels."""
    game = kind.game(student, 39)
    players = set_up(student, kind, game)
    batches = [batch_of(39), (batch_of(40)[0], np.array([0, 1, 1, 0, 1, 1], np.int32))]
    means = [np.array([game.discriminator_loss(*b, NO_Z), game.generator_loss(*b, NO_Z)]) for b in batches]
    found = [_logs(players, *batch) for batch in batches][-1]
    agree(found, np.mean(means, axis=0), f"({', '.join(LOGS)}) after two batches", rtol=1e-3)
    players.gan.call("reset_metrics")
    agree(_logs(players, *batches[0]), means[0], f"({', '.join(LOGS)}) in a new epoch", rtol=1e-3)
    expect_refused(players.gan.attempt("train_step", batches[0][0]), "train_step")


def expect_reached(trained: tuple[float, Array], reached_limit: float, limits: tuple[float, float]) -> None:
    """The result of a short training: classes reached, and no class collapsed."""
    reached, spreads = trained
    if reached < reached_limit:
        raise CheckFailed(
            f"of the points asked for, {reached_limit:.0%} should belong to their class: received {reached:.0%}."
        )
    low, high = limits
    message = (
        "the points of a class should spread as real ones do: relative to theirs, expected between "
        f"{low:g} and {high:g}, received {np.round(spreads, 2)}."
    )
    expect(bool(low <= spreads.min() and spreads.max() <= high), message)
