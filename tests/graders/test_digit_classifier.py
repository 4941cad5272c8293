"""The judge's digit classifier reads digits that it was not trained on, and its distance is one."""

import json
from pathlib import Path

import numpy as np
import pytest

from graders import digit_classifier
from graders.common import reader
from graders.common.reference import digits
from vaegan.data import load_images
from vaegan.data.digits import MARGIN
from vaegan.data.images import resize

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "digit_classifier.json"
LEAST = {"mnist": 0.99, "digits": 0.98}


def accuracy(x, y):
    return (digit_classifier.classify(x).argmax(axis=1) == y).mean()


def test_it_reads_held_out_scikit_learn_digits():
    data = load_images("digits")
    assert accuracy(data.x_test, data.y_test) >= LEAST["digits"]


@pytest.mark.slow
def test_it_reads_the_test_images_of_mnist(real_mnist):
    data = load_images("mnist", data_dir=real_mnist)
    assert accuracy(data.x_test, data.y_test) >= LEAST["mnist"]


def test_what_was_measured_when_it_was_trained_is_what_it_promises():
    measured = json.loads(RESULT.read_text())
    assert measured["MNIST test accuracy"] >= LEAST["mnist"]
    assert measured["scikit-learn held-out accuracy"] >= LEAST["digits"]
    assert measured["largest difference of a probability, NumPy and float16 from Keras"] < 0.01


def test_weights_are_small_and_16_bit():
    assert digit_classifier.WEIGHTS.stat().st_size < 300_000
    with np.load(digit_classifier.WEIGHTS, allow_pickle=False) as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype(np.float16)}


def test_probabilities_sum_to_one_and_images_do_not_influence_each_other():
    x = load_images("digits").x_test[:260]
    found = digit_classifier.classify(x)
    assert found.shape == (260, 10)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found[255:] == pytest.approx(digit_classifier.classify(x[255:]), abs=1e-5)
    assert digit_classifier.classify(x[:0]).shape == (0, 10)


def test_a_digit_shifted_by_a_pixel_is_read_the_same_and_an_inverted_one_is_not():
    data = load_images("digits")
    assert accuracy(np.roll(data.x_test, 1, axis=2), data.y_test) > 0.97
    assert accuracy(1 - data.x_test, data.y_test) < 0.5


@pytest.mark.parametrize("shape", [(4, 28, 28), (4, 8, 8, 1), (28, 28, 1), (4, 28, 28, 3)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="expected images of shape"):
        digit_classifier.features(np.zeros(shape))


def convolution_by_definition(maps, kernel, bias, stride):
    """out[n, i, j, f] = relu(bias[f] + sum over the window), one number at a time."""
    height, width, _, filters = kernel.shape
    rows = range(0, maps.shape[1] - height + 1, stride)
    columns = range(0, maps.shape[2] - width + 1, stride)
    out = np.zeros((len(maps), len(rows), len(columns), filters))
    for n, (a, i), (b, j), f in (
        (n, r, c, f)
        for n in range(len(maps))
        for r in enumerate(rows)
        for c in enumerate(columns)
        for f in range(filters)
    ):
        out[n, a, b, f] = max(0.0, bias[f] + (maps[n, i : i + height, j : j + width] * kernel[..., f]).sum())
    return out


@pytest.mark.parametrize("stride", [1, 2])
def test_the_convolution_is_that_of_the_definition(stride):
    rng = np.random.default_rng(stride)
    maps, kernel, bias = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
    found = digit_classifier._convolve(maps, kernel, bias, stride)
    assert found == pytest.approx(convolution_by_definition(maps, kernel, bias, stride))


def test_the_distance_of_a_set_from_itself_is_zero():
    features = digit_classifier.features(load_images("digits").x_test)
    assert digit_classifier.frechet_distance(features, features) == pytest.approx(0.0, abs=1e-3)


def test_the_distance_grows_with_noise():
    x, rng = load_images("digits").x_test, np.random.default_rng(1)
    noise = rng.normal(size=x.shape)
    real = digit_classifier.features(x)
    distances = [
        digit_classifier.frechet_distance(real, digit_classifier.features(np.clip(x + sd * noise, 0, 1)))
        for sd in (0.0, 0.1, 0.2, 0.4)
    ]
    assert distances == sorted(distances)
    assert distances[1] > 1


def test_the_distance_is_symmetric_and_that_of_halves_is_small():
    features = digit_classifier.features(load_images("digits").x_train)
    one, other = features[0::2], features[1::2]
    there, back = digit_classifier.frechet_distance(one, other), digit_classifier.frechet_distance(other, one)
    assert there == pytest.approx(back, rel=1e-6)
    noise = np.random.default_rng(2).random((700, 28, 28, 1))
    assert 20 * there < digit_classifier.frechet_distance(one, digit_classifier.features(noise))


def test_the_distance_of_normal_sets_by_hand():
    """Diagonal covariances: |m|^2 + sum of (s_a - s_b)^2, here 9 + (2 - 1)^2 + (1 - 3)^2 = 14."""
    rng = np.random.default_rng(3)
    unit = rng.normal(size=(4000, 2))
    unit = (unit - unit.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(unit, rowvar=False))).T
    a, b = unit * [2.0, 1.0], unit * [1.0, 3.0] + [3.0, 0.0]
    assert digit_classifier.frechet_distance(a, b) == pytest.approx(14.0)


def test_a_collapsed_set_is_far_from_a_varied_one():
    features = digit_classifier.features(load_images("digits").x_test)
    one_image = np.repeat(features[:1], len(features), axis=0)
    assert digit_classifier.frechet_distance(features, one_image) > 10


def test_the_suite_names_the_version_it_was_calibrated_with():
    assert digit_classifier.fingerprint() == reader.CLASSIFIER, (
        "the classifier changed: run benchmarks/calibrate.py, then write the new fingerprint into reader.py"
    )


def test_digits_are_enlarged_as_the_course_enlarges_them():
    images = digits().test_images[:20]
    framed = np.pad(images[..., 0], [(0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)])
    assert reader.enlarge(images)[..., 0] == pytest.approx(resize(framed, 28), abs=2e-3)


def test_real_digits_are_read_as_what_they_are():
    data = digits()
    assert reader.share_read_as_asked(data.test_images, data.test_labels) > 0.97
    assert reader.share_read_as_asked(data.test_images, (data.test_labels + 1) % 10) < 0.03


def test_real_digits_are_as_varied_as_real_digits_and_one_digit_is_not():
    data = digits()
    real = data.train_images, data.train_labels
    assert reader.spread_by_class(*real, *real) == pytest.approx(1.0)
    means = np.stack([real[0][real[1] == k].mean(axis=0) for k in range(10)])
    assert reader.spread_by_class(means[real[1]], real[1], *real) == pytest.approx(0.0, abs=1e-4)


def test_points_of_a_class_belong_to_it_and_points_between_do_not():
    points, labels = reader.blobs(4000, 4, seed=1)
    assert reader.share_at_own_centre(points, labels, 4) > 0.99
    assert reader.share_at_own_centre(points, (labels + 1) % 4, 4) < 0.01
    assert reader.share_at_own_centre(np.zeros((9, 2)), np.zeros(9, np.int32), 4) == 0.0
