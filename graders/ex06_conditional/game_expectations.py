"""What the checks of the conditional GAN and of the AC-GAN expect of a step, whichever of the two it is."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from graders.common.objects import flat, weights_of
from graders.ex06_conditional import game_mistakes, mistakes, networks
from graders.ex06_conditional.expectations import (
    expect_logs,
    expect_moving_mean,
    expect_refused,
    expect_weights,
)
from graders.ex06_conditional.games import BATCH, NO_Z, Kind, Players, batch_of, play, set_up, step_loss
from graders.ex06_conditional.networks import CLASSES, PIXELS, SHAPE
from graders.ex06_conditional.oracles import LinearGame
from judge.suite import Array, CheckFailed, Mistake, Student, agree, expect

LOGS = ("discriminator_loss", "generator_loss")


def expect_losses(student: Student, kind: Kind, method: str, seeds: tuple[int, ...] = (53, 63)) -> None:
    """The loss of one side, with a generator that ignores z."""
    for seed in seeds:
        game = kind.game(seed)
        players = set_up(student, kind, game)
        x, labels = batch_of(seed)
        of_discriminator = method == "train_discriminator"
        data = (x, labels) if of_discriminator else (labels,)
        first, second = (step_loss(student, kind, players, game, method, *data) for _ in range(2))
        by_chance = abs(first - second) > 1e-4 * (1 + abs(first))
        message = f"{method} gave {first:.4g}, then {second:.4g}, for the same labels and a generator that ignores z."
        expect(not by_chance, message, mistakes.FAKES_OF_OTHER_LABELS)
        right = game.discriminator_loss if of_discriminator else game.generator_loss
        wrong = game_mistakes.discriminator_loss if of_discriminator else game_mistakes.generator_loss
        known = wrong(game, x, labels, NO_Z)
        agree(first, right(x, labels, NO_Z), f"the loss of {method}", mistakes=known)


def expect_discriminator_step(student: Student, kind: Kind) -> None:
    """One step of gradient descent, compared with central differences; the generator's side stays."""
    game = kind.game(32)
    players = set_up(student, kind, game, rates=(0.3, 0.1))
    x, labels = batch_of(32)
    before = weights_of(players.generator)
    step_loss(student, kind, players, game, "train_discriminator", x, labels)
    unchanged = all(map(np.array_equal, before, weights_of(players.generator)))
    expect(unchanged, "train_discriminator changed the generator.", mistakes.GENERATOR_MOVED)
    names = kind.discriminator_arrays()
    _expect_moved(
        weights_of(players.discriminator), game, "discriminator_loss", names, (0.1, 0.3), (x, labels, NO_Z)
    )


def _expect_moved(
    found: list[Array], game: LinearGame, loss: str, names: tuple[str, ...], rates: tuple[float, float],
    data: tuple[Array, ...],
) -> None:  # fmt: skip
    """Fail unless these arrays moved down the gradient of the loss, at the first of the two rates."""
    right, start = game.moved(loss, names, rates[0], *data).arrays(*names), game.arrays(*names)
    from_here, step = flat(start, right), flat(right, right) - flat(start, right)
    known = [
        Mistake("step-without-update", "No weight moved: hand gradients to the optimizer.", from_here),
        Mistake(mistakes.ONE_OPTIMIZER.name, mistakes.ONE_OPTIMIZER.hint, from_here + rates[1] / rates[0] * step),
        Mistake("step-uphill", "Your step goes uphill: the loss grows.", from_here - step),
        Mistake(
            "step-sum-over-batch", "Your step is right, times the number of examples: take the mean of the loss.",
            from_here + BATCH * step,
        ),
    ]  # fmt: skip
    agree(
        flat(found, right),
        from_here + step,
        "the weights after one step",
        rtol=1e-3,
        atol=1e-4,
        mistakes=known,
    )


def expect_generator_step(student: Student, kind: Kind) -> None:
    """One step of gradient descent, compared with central differences; the discriminator stays.

    The gradient of the weights that read z depends on the noise: they only have to move.
    """
    game = kind.game(33)
    players = set_up(student, kind, game, rates=(0.1, 0.3))
    x, labels = batch_of(33)
    before = weights_of(players.discriminator)
    step_loss(student, kind, players, game, "train_generator", labels)
    unchanged = all(map(np.array_equal, before, weights_of(players.discriminator)))
    expect(unchanged, "train_generator changed the discriminator.", mistakes.DISCRIMINATOR_MOVED)
    kernel, bias = expect_weights(players.generator, game.arrays("generator_kernel", "generator_bias"))
    moved = np.abs(kernel[:2] - game.generator_kernel[:2]).max() > 1e-7
    kernel[:2] = 0
    names = ("generator_kernel", "generator_bias")
    _expect_moved([kernel, bias], game, "generator_loss", names, (0.1, 0.3), (x, labels, NO_Z))
    expect(
        bool(moved), "train_generator left the weights that read z as they were.", mistakes.Z_ROWS_NOT_MOVED
    )


def expect_table_of_generator(student: Student, kind: Kind) -> None:
    """The generator's step moves the table as the generator's gradient says, and only so; the other step does not."""
    game = kind.game(34, networks.random_table(34))
    x, labels = batch_of(34)
    players = set_up(student, kind, game, rates=(0.0, 0.1))
    step_loss(student, kind, players, game, "train_discriminator", x, labels)
    message = "train_discriminator moved the condition's table."
    expect(_same_table(players, game), message, mistakes.TABLE_MOVED_BY_DISCRIMINATOR)
    deaf = replace(game, generator_kernel=np.zeros_like(game.generator_kernel))
    players = set_up(student, kind, deaf, rates=(0.1, 0.0))
    step_loss(student, kind, players, deaf, "train_generator", labels)
    message = "train_generator moved the table although the generator ignores c."
    expect(_same_table(players, game), message, mistakes.TABLE_THROUGH_JUDGE)
    players = set_up(student, kind, game, rates=(0.1, 0.0))
    step_loss(student, kind, players, game, "train_generator", labels)
    right = game.moved("generator_loss", ("table",), 0.1, x, labels, NO_Z).table
    (found,) = expect_weights(players.condition, [game.table])
    still = replace(mistakes.TABLE_NOT_MOVED, value=game.table)
    what = "the table after the generator's step"
    agree(found, right, what, rtol=1e-3, atol=1e-4, mistakes=[still])


def _same_table(players: Players, game: LinearGame) -> bool:
    (table,) = expect_weights(players.condition, [game.table])
    return bool(np.allclose(table, game.table, atol=1e-6))


def expect_statistics(student: Student, kind: Kind) -> None:
    """Batch normalisations learn in a step: real and fake images in two calls, in either order."""
    game = kind.game(35)
    x, labels = batch_of(35)
    fakes = game.fakes(NO_Z, labels).reshape(x.shape)
    generator, _, condition = networks.game_parts(student, game)
    channels = 1 + CLASSES if kind.told else 1
    heads = {"authenticity": 1} if kind.told else {"authenticity": 1, "classes": CLASSES}
    judge = networks.normalised(student, "normalised_discriminator", [*SHAPE[:-1], channels], heads)
    players = play(student, kind, (generator, judge, condition))
    players.gan.call("train_discriminator", x, labels)
    real, fake = (_pixel_means(image, game, labels) for image in (x, fakes))
    mean = expect_moving_mean(judge, PIXELS // SHAPE[-1] * channels)
    right = min(
        (0.25 * real + 0.5 * fake, 0.5 * real + 0.25 * fake), key=lambda m: float(np.abs(m - mean).max())
    )
    agree(mean, right, "the moving mean of the discriminator's batch normalisation", mistakes=[
        replace(mistakes.WITHOUT_TRAINING_FLAG, value=np.zeros_like(real)),
        Mistake("real-and-fake-in-one-batch",
                      "You show real and fake images in one batch: each is normalised by the other's statistics. "
                      "Call the discriminator twice.", 0.25 * (real + fake)),
        Mistake("training-flag-on-one-side", "Pass training=True for real and for fake images.", 0.5 * real),
        Mistake("training-flag-on-one-side", "Pass training=True for real and for fake images.", 0.5 * fake),
    ])  # fmt: skip
    maker = networks.normalised(student, "normalised_generator", [2 + CLASSES], {"image": PIXELS}, SHAPE)
    judge = networks.game_parts(student, game)[1]
    play(student, kind, (maker, judge, condition)).gan.call("train_generator", labels)
    of_labels = expect_moving_mean(maker, 2 + CLASSES)[2:]
    moved = bool(np.abs(of_labels).max() > 1e-6)
    expect(moved, "train_generator left the generator's moving statistics.", mistakes.WITHOUT_TRAINING_FLAG)


def _pixel_means(images: Array, game: LinearGame, labels: Array) -> Array:
    seen = images
    if game.told:
        planes = np.broadcast_to(game.table[labels][:, None, None], (*images.shape[:3], game.table.shape[1]))
        seen = np.concatenate([images, planes], axis=-1)
    mean: Array = seen.reshape(len(seen), -1).mean(axis=0)
    return mean


def expect_label_noise(student: Student, kind: Kind, calls: int = 15) -> None:
    """The mean over many calls is known; a right answer is more than six standard errors away in 2e-9 of the cases.

    With targets 1 - u and v, u and v uniform in [0, e] for each example, the loss is the exact one plus the batch
    mean of u * real_logit - v * fake_logit.
    """
    noise = 0.8
    game = kind.game(36)
    x, labels = batch_of(36)
    players = set_up(student, kind, game, label_noise=noise)
    data = (x, labels)
    found = [step_loss(student, kind, players, game, "train_discriminator", *data) for _ in range(calls)]
    real, _ = game.judge(x, labels)
    fake, _ = game.judge(game.fakes(NO_Z, labels).reshape(x.shape), labels)
    exact = game.discriminator_loss(x, labels, NO_Z)
    expect(
        not np.allclose(found, exact, atol=1e-5), "label_noise changes nothing.", mistakes.LABEL_NOISE_IGNORED
    )
    expected = exact + noise / 2 * float((real - fake).mean())
    error = noise / math.sqrt(12 * calls) * math.sqrt(float((real**2 + fake**2).sum())) / BATCH
    away = abs(float(np.mean(found)) - expected) / error
    message = (
        f"with label_noise={noise} the mean loss of {calls} steps should be about {expected:.3f}, received "
        f"{np.mean(found):.3f}: real targets lie between {1 - noise:.1f} and 1, fake ones between 0 and {noise}."
    )
    expect(away < 6 and float(np.std(found)) > 0.1 * error, message)


def expect_fresh_fakes(student: Student, kind: Kind, method: str) -> None:
    """With a generator that listens to z, the loss differs from call to call."""
    game = kind.game(37, latent=1.0)
    x, labels = batch_of(37)
    data = (x, labels) if method == "train_discriminator" else (labels,)
    players = set_up(student, kind, game)
    losses = [step_loss(student, kind, players, game, method, *data) for _ in range(2)]
    expect(
        abs(losses[0] - losses[1]) > 1e-6, f"{method} drew the same fakes twice.", mistakes.SAME_EVERY_CALL
    )


def expect_train_step(student: Student, kind: Kind) -> None:
    """One step of each side on the labels of the batch, the discriminator first."""
    game = kind.game(38)
    x, labels = batch_of(38)
    still = set_up(student, kind, game).gan
    first, again = (
        expect_logs(still.call("train_step", (x, labels)), LOGS, "what train_step returns") for _ in range(2)
    )
    message = "train_step gives other losses each time, although this generator ignores z and nothing learns."
    expect(np.allclose(first, again, rtol=1e-4), message, mistakes.LABELS_NOT_OF_BATCH)
    players = set_up(student, kind, game, rates=(0.5, 0.25))
    logs = expect_logs(players.gan.call("train_step", (x, labels)), LOGS, "what train_step returns")
    data, side = (x, labels, NO_Z), ("generator_kernel", "generator_bias")
    judged = game.moved("discriminator_loss", kind.discriminator_arrays(), 0.25, *data)
    right = judged.moved("generator_loss", side, 0.5, *data)
    hurried = game.moved("generator_loss", side, 0.5, *data)
    losses = np.array([game.discriminator_loss(*data), judged.generator_loss(*data)])
    early = np.array([hurried.discriminator_loss(*data), game.generator_loss(*data)])
    agree(logs, losses, f"({', '.join(LOGS)}) of train_step", rtol=1e-3, mistakes=[
        replace(mistakes.LOSSES_SWAPPED, value=losses[::-1]),
        replace(mistakes.GENERATOR_FIRST, value=np.array([logs[0], early[1]])),
    ])  # fmt: skip
    kernel, bias = expect_weights(players.generator, game.arrays(*side))
    kernel[:2] = 0
    found = [*weights_of(players.discriminator), kernel, bias]
    arrays = (*kind.discriminator_arrays(), *side)
    expected = right.arrays(*arrays)
    agree(
        flat(found, expected),
        flat(expected, expected),
        "all weights after one train_step",
        rtol=1e-3,
        atol=1e-4,
    )


def expect_epoch_means(student: Student, kind: Kind) -> None:
    """Two batches and a reset, with learning rates of 0; and a batch without labels."""
    game = kind.game(39)
    players = set_up(student, kind, game)
    batches = [batch_of(39), batch_of(40)]
    means = [np.array([game.discriminator_loss(*b, NO_Z), game.generator_loss(*b, NO_Z)]) for b in batches]
    for x, labels in batches:
        found = expect_logs(players.gan.call("train_step", (x, labels)), LOGS, "what train_step returns")
    what = f"({', '.join(LOGS)}) after two batches"
    agree(
        found,
        (means[0] + means[1]) / 2,
        what,
        rtol=1e-3,
        mistakes=[replace(mistakes.LAST_BATCH, value=means[1])],
    )
    players.gan.call("reset_metrics")
    found = expect_logs(players.gan.call("train_step", batches[0]), LOGS, "what train_step returns")
    agree(found, means[0], f"({', '.join(LOGS)}) in a new epoch", rtol=1e-3)
    expect_refused(players.gan.attempt("train_step", batches[0][0]), "train_step")


def expect_reached(
    trained: tuple[float, Array], reached_limit: float, spread_limits: tuple[float, float]
) -> None:
    """The result of a short training: classes reached, and no class collapsed."""
    reached, spreads = trained
    if reached < reached_limit:
        raise CheckFailed(
            f"of the points asked for, {reached_limit:.0%} should belong to their class: received {reached:.0%}."
        )
    low, high = spread_limits
    message = (
        "the points of a class should spread as real ones do: relative to theirs, expected between "
        f"{low:g} and {high:g}, received {np.round(spreads, 2)}."
    )
    expect(bool(low <= spreads.min() and spreads.max() <= high), message)
