"""The judge's drawn heads differ in their ventricles as they should, its ruler is right, and its verdict is as well."""

import numpy as np
import pytest

from graders.common import brains
from graders.ex06_conditional import cvae_training, training
from graders.ex06_conditional.cvae_training import expect_larger
from judge.suite import CheckFailed
from vaegan.ventricles import ventricle_area

IMAGES, LABELS = brains.heads(training.BRAINS, seed=0)


def test_ruler_by_hand():
    """The box is 60 x 36 mm; brightness 0.4 is half fluid."""
    images = np.ones((3, brains.SIZE, brains.SIZE, 1)) * np.array([0.9, 0.0, 0.4])[:, None, None, None]
    assert brains.ventricle_area(images) == pytest.approx([0.0, 60 * 36, 60 * 36 / 2])


def test_ruler_is_that_of_the_course():
    assert brains.ventricle_area(IMAGES) == pytest.approx(ventricle_area(IMAGES))


def test_heads_are_the_same_for_the_same_seed_only():
    again, others = brains.heads(20, seed=1), brains.heads(20, seed=2)
    assert np.array_equal(again[0], brains.heads(20, seed=1)[0])
    assert not np.array_equal(again[0], others[0])


def test_heads_are_images_of_both_classes():
    assert IMAGES.shape == (training.BRAINS, brains.SIZE, brains.SIZE, 1)
    assert IMAGES.dtype == np.float32
    assert IMAGES.min() >= 0
    assert IMAGES.max() <= 1
    assert np.bincount(LABELS).tolist() == [training.BRAINS // 2] * 2


def test_ventricles_of_the_classes_overlap_by_a_quarter():
    area = brains.ventricle_area(IMAGES)
    ad_larger = area[LABELS == brains.AD][:, None] > area[LABELS == brains.CN]
    assert 0.68 < ad_larger.mean() < 0.82


def test_classes_differ_in_the_ventricles_alone():
    """Elsewhere the mean images agree within five standard errors."""
    of_class = IMAGES[LABELS == brains.CN, ..., 0], IMAGES[LABELS == brains.AD, ..., 0]
    error = np.sqrt(sum(images.var(axis=0) / len(images) for images in of_class))
    differs = np.abs(of_class[1].mean(axis=0) - of_class[0].mean(axis=0)) > 5 * error
    right, up = brains._places(brains.SIZE)
    near = (np.abs(right) < 27) & (np.abs(up - 18) < 18)[:, None]
    assert differs.any()
    assert not differs[~near].any()


def test_a_head_says_little_of_its_class_by_its_brightness():
    brightness = IMAGES.mean(axis=(1, 2, 3))
    between = brightness[LABELS == brains.AD].mean() - brightness[LABELS == brains.CN].mean()
    assert abs(between) < 0.5 * brightness.std()


def pairs(larger_by, spread=10.0):
    """64 pairs of areas around 400 mm2 that differ by so much, give or take."""
    rng = np.random.default_rng(0)
    cn = rng.normal(400.0, 80.0, training.PAIRS)
    return np.stack([cn, cn + larger_by + spread * rng.normal(size=training.PAIRS)], axis=1)


def verdict(areas, group_difference=140.0):
    with pytest.raises(CheckFailed) as failure:
        expect_larger(areas, group_difference)
    return failure.value


def test_larger_ventricles_of_ad_pass():
    expect_larger(pairs(140.0), 140.0)


def test_a_difference_in_all_pairs_may_still_be_too_small():
    """As a model gives that was trained with shuffled labels."""
    areas = pairs(15.0, spread=1.0)
    assert (areas[:, 1] > areas[:, 0]).all()
    assert verdict(areas).mistake is cvae_training.LABEL_WITHOUT_EFFECT


def test_the_same_image_for_both_classes_is_recognised():
    assert verdict(pairs(0.0, spread=0.0)).mistake is cvae_training.LABEL_WITHOUT_EFFECT


def test_swapped_classes_are_recognised():
    failure = verdict(pairs(140.0, spread=0.0)[:, ::-1])
    assert failure.mistake is cvae_training.LABELS_SWAPPED
    assert "larger in 0%, on average by -140 mm2" in failure.message


def test_somewhat_smaller_ventricles_of_ad_are_no_known_mistake():
    """As one class gives that was never trained on."""
    assert verdict(pairs(-95.0)).mistake is None


def test_a_large_difference_in_few_pairs_is_no_known_mistake():
    areas = pairs(0.0, spread=1.0)
    areas[:30, 1] += 400.0
    assert verdict(areas).mistake is None
