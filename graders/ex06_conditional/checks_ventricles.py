"""The check of the conditional VAE on brains: what the label changes while z stays."""

from __future__ import annotations

from graders.ex06_conditional import mistakes, training
from graders.ex06_conditional.checks_cvae_training import test_cvae_generate, test_cvae_train_step
from judge.suite import Array, CheckFailed, Student, check


@check(
    cell="cvae_train_check",
    says="After a short training on drawn brains, the same z has larger ventricles as AD than as CN.",
    needs=[test_cvae_train_step, test_cvae_generate],
    seconds=60,
    read_again="section 4",
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
        raise CheckFailed(message, mistakes.LABEL_WITHOUT_EFFECT)
    raise CheckFailed(message, mistakes.LABELS_SWAPPED if by < -training.VENTRICLES_SWAPPED else None)
