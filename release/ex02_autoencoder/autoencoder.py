# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all,-jupyter,-cellView,-collapsed,-scrolled,-execution,-trusted
#     formats: ipynb,py:percent
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Autoencoders: compression, denoising, and why sampling fails
#
# By the end of this notebook you have a class `Autoencoder` that squeezes an image into a few numbers and
# back, a subclass that cleans noisy images, and a number that says why neither of them can invent a digit.
# That number is where the next notebook begins.
#
# **How to work.** Every section has the same rhythm: an idea, its equation, a hole for you to fill, a quick
# check, a picture. A hole is a line `raise ToImplement(...)`; replace that whole line by your code and run
# the cell, then the check below it. When you hand in, longer hidden checks look at shapes, values,
# gradients and saving, each hole as far as possible on its own.
#
# Cells tagged `long` train: a few seconds each. They are not run again when your work is graded: your grader
# sees the curves and pictures that you saved. Saving the notebook also writes `autoencoder.py`, the module
# that the three training notebooks import. Stuck? `HINTS_SWE.ipynb` has three hints for each hole.

# %% [markdown]
# ## 1. The frame: what inherits, what contains
#
# *Has* an autoencoder an encoder? Yes, and a decoder: it **contains** them (composition), and any pair
# will do, linear, dense or convolutional. *Is* it a generative model? **No.** A `GenerativeModel` promises
# `sample`: new examples drawn from a density. An autoencoder knows how to get from an image to its code and
# back, but nothing in it says which codes occur, and how often. A class must not promise what it cannot
# keep, so `Autoencoder` inherits from a base that encodes and decodes, and not from one that samples.
#
# ```text
#   keras.Model                                          fit, save, evaluate
#     ├── EncoderDecoderModel                            encode(x), decode(z), reconstruct(x)
#     │     ├── BaseAutoencoder                          one metric, reset every epoch; corrupt(x)
#     │     │     └── Autoencoder            <- you      train_step(data), test_step(data)
#     │     │           │  └── DenoisingAutoencoder <- you   corrupt(x): one method changed
#     │     │           ├── has an  encoder  (any keras.Model: x -> code)
#     │     │           └── has a   decoder  (any keras.Model: code -> image)
#     │     └──────────────┐
#     └── GenerativeModel  │                             sample(n): draw new examples
#           └──────────────┴── LatentVariableModel       the VAE of the next notebook is both
# ```
#
# The bases are given, in `vaegan/bases.py`. No label is used anywhere: the image is its own target. That is
# why the same code works for digits, for brains, and for anything that comes as an array.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "b97ade64f015a342a1974273c8759ec8", "grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from vaegan.bases import BaseAutoencoder


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "a7bcdeb5e852542203a73066fb421e03", "grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # Only for the checks and pictures of this notebook: the module autoencoder.py does without.
# import tempfile
# from pathlib import Path
#
# from scipy.ndimage import median_filter
#
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid, reconstruction_sheet, training_curves
# from vaegan.reader import Reader
#
# digits = load_images("digits")  # 28 x 28
# small_digits = load_images("digits", size=8)  # the same images, 8 x 8: enough where only numbers matter
# digits

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# image_grid(digits.x_train[:10], columns=10, caption=f"Training images: {digits.caption}")

# %% [markdown]
# ## 2. The reconstruction error (3 points, about 5 minutes)
#
# How far is the image that came back, $\hat x$, from the one that went in? We add up the squared
# differences of all pixels, one number for each image:
#
# $$ E(x, \hat x) = \sum_{i} (x_i - \hat x_i)^2. \tag{1} $$
#
# This is the slides' $L_2$ loss. It is a **sum** over pixels, and no mean: the errors of two halves of an
# image then add up to the error of the whole. Over the examples of a batch the training step will average
# later; here each example keeps its own number.
#
# **Write** it: one line. Sum over every axis but the first, whatever the number of axes.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "9b044479ff365ee928585bd241a6d16a", "grade": false, "grade_id": "error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reconstruction_error(x, reconstruction):
    """Squared L2 distance of each image from its reconstruction: equation (1).

    Args:
        x: float, (batch, ...).
        reconstruction: float, same shape.

    Returns:
        (batch,), dtype of the reconstruction; summed over every axis but the first, not averaged.

    Raises:
        ValueError: if the images have different shapes.
    """
    reconstruction = ops.convert_to_tensor(reconstruction)
    x = ops.cast(x, reconstruction.dtype)
    if x.shape[1:] != reconstruction.shape[1:]:
        raise ValueError(
            f"a reconstruction must have the shape of its image: expected {tuple(x.shape[1:])}, received "
            f"{tuple(reconstruction.shape[1:])}. Check what the decoder returns."
        )
    pixel_axes = tuple(range(1, len(x.shape)))
    raise ToImplement("reconstruction_error: return equation (1), summed over pixel_axes.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f4e91af9dc241ba3bf69e07554b5a3b8", "grade": true, "grade_id": "error_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# halves = np.full((4, 28, 28, 1), 0.5, "float32")
# found = np.asarray(reconstruction_error(halves, np.zeros_like(halves)))
# assert found.shape == (4,), f"one number for each image: expected shape (4,), received {found.shape}."
# assert np.allclose(found, 196), (
#     f"784 pixels that are wrong by 0.5 cost 784 * 0.25 = 196, received {found[0]:.3f}. "
#     "(0.25: averaged over pixels. 392: not squared. 14: a square root too many.)"
# )
# assert np.allclose(reconstruction_error(halves, halves), 0), "a perfect reconstruction costs nothing."
# print("reconstruction_error: shape and value look right.")

# %% [markdown]
# ## 3. The exact anchor: principal components (3 points, about 15 minutes)
#
# Before we train anything, let us find out how good a code of $J$ numbers *can* be if encoder and decoder
# are linear. This case is solved, and its answer is **PCA**, principal component analysis.
#
# Take away the mean image $m$ and keep what is left along $J$ orthonormal directions $c_1, \dots, c_J$:
#
# $$ z_j = c_j^\top (x - m), \qquad \hat x = m + \sum_{j=1}^{J} z_j\, c_j. \tag{2} $$
#
# Which directions lose least? By Pythagoras, the part of $x - m$ that is kept and the part that is lost
# are perpendicular, so $|x - m|^2 = \sum_j z_j^2 + E(x, \hat x)$. Averaged over all images, the left side is
# the total variance, whatever the directions. So **the smallest error belongs to the directions of the
# largest variance**. The variance along $c$ is $c^\top C c$, with $C$ the covariance of the pixels, and a
# unit vector makes it largest when it is the eigenvector of the largest eigenvalue $\lambda_1$; the next
# one, perpendicular to the first, belongs to $\lambda_2$, and so on. What is lost is the rest:
#
# $$ \frac1n \sum_{x} E(x, \hat x) = \sum_{j > J} \lambda_j. \tag{3} $$
#
# No need to write $C$ down: it has $784^2$ entries. The singular value decomposition of the centred images,
# one in each row, $X - m = U S V^\top$, gives $C = \frac1n (X - m)^\top (X - m) = V \frac{S^2}{n} V^\top$. So
# the rows of $V^\top$ are the directions, the largest first, and $\lambda_j = s_j^2 / n$.
#
# **Write** both functions, in NumPy: `np.linalg.svd(..., full_matrices=False)` returns $U$, the vector of
# all $s_j$, and $V^\top$.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "35f4a9995878d25847df64776785272e", "grade": false, "grade_id": "pca", "locked": false, "schema_version": 3, "solution": true, "task": false}
def principal_components(x, num_components):
    """Mean, directions of largest variance, and all variances, of a set of images.

    Args:
        x: float, (n, ...), one image for each entry of the first axis.
        num_components: int, J.

    Returns:
        mean: float64, (num_pixels,), m of equation (2).
        components: float64, (num_components, num_pixels), orthonormal rows, the largest variance first.
        variances: float64, (min(n, num_pixels),), every lambda of equation (3), the largest first.
    """
    rows = np.reshape(np.array(x, "float64"), (len(x), -1))  # (n, num_pixels)
    raise ToImplement(
        "principal_components: take away the mean of the rows, decompose what is left, and return "
        "mean, the first num_components rows of V^T, and all variances s^2 / n."
    )


def pca_reconstruct(x, mean, components):
    """Send images through their principal components and back: equation (2).

    Args:
        x: float, (n, ...).
        mean, components: as `principal_components` returns them.

    Returns:
        float64, shape of x.
    """
    rows = np.reshape(np.array(x, "float64"), (len(x), -1))
    mean, components = np.array(mean, "float64"), np.array(components, "float64")
    raise ToImplement(
        "pca_reconstruct: compute z by equation (2), go back to pixels, and give the result the "
        "shape of x."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "076f5c237d3bfaff87f3b4359cbe2114", "grade": true, "grade_id": "pca_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# small_mean, directions, variances = principal_components(small_digits.x_train, 4)
# assert small_mean.shape == (64,), f"mean: expected one number a pixel, (64,), received {small_mean.shape}."
# assert directions.shape == (4, 64), f"components: expected (4, 64), received {directions.shape}."
# assert np.allclose(directions @ directions.T, np.eye(4)), "the components should be orthonormal rows."
# assert len(variances) == 64 and np.all(np.diff(variances) <= 0), "return all variances, the largest first."
# through = pca_reconstruct(small_digits.x_train, small_mean, directions)
# assert through.shape == small_digits.x_train.shape, f"expected the shape of x, received {through.shape}."
# lost = np.mean(np.sum((small_digits.x_train - through) ** 2, axis=(1, 2, 3)))
# assert np.isclose(lost, variances[4:].sum(), rtol=1e-4), (
#     f"equation (3): the mean error should be the sum of the variances left out, {variances[4:].sum():.4f}, "
#     f"received {lost:.4f}."
# )
# print(f"PCA: four numbers an image, error {lost:.4f} of a total variance of {variances.sum():.4f}.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# mean, components, _ = principal_components(digits.x_train, 64)
# rows = [pca_reconstruct(digits.x_test[:10], mean, components[:num]) for num in (4, 16, 64)]
# image_grid(
#     np.concatenate([digits.x_test[:10], *rows]),
#     columns=10,
#     caption=f"Held-out images; below, through 4, 16 and 64 principal components: {digits.caption}",
# )

# %% [markdown]
# Four numbers give little more than an average digit with a slant; sixty-four give the digit back. Look at
# the smudges beside the strokes: a linear code can only add and subtract whole images.

# %% [markdown]
# ## 4. The autoencoder (9 points, about 35 minutes)
#
# Now one class for every pair of networks. Each method is a few lines.
#
# | method | what it does |
# |---|---|
# | `encode(x)` | asks the encoder for the code |
# | `decode(z)` | asks the decoder for the image |
# | `call(x)` | encode, decode |
# | `train_step(data)` | one gradient step on the batch mean of equation (1) |
# | `test_step(data)` | the same number, and no step |
# | `get_config`, `from_config` | take the model apart into plain data, and put it together again |
#
# **The training step.** A `tf.GradientTape` records the forward pass. Outside the tape, ask it for the
# gradients of the scalar loss with respect to `self.trainable_variables` (encoder *and* decoder) and hand
# both to `self.optimizer`. Read `self.trainable_variables` *after* the forward pass: networks make their
# weights when they are first called. Then give the errors, still one number for each example, to
# `self.update_trackers` and return what it returns: it averages over the epoch, and a smaller last batch
# counts for as much as it holds.
#
# Two details make this step work for every network and every subclass:
#
# - Call the model itself, `self(..., training=True)`, not its parts. Some layers (batch normalisation,
#   dropout) act differently in training, and Keras hands the flag on to all layers inside. In `test_step`
#   the flag is False.
# - What the network is *shown* in training is `self.corrupt(x)`; what it is *compared with* is `x`. Here
#   `corrupt` returns `x` as it is. Section 7 will override this one method, and nothing else. Held-out
#   images are not corrupted.
#
# **Saving.** Keras stores the weights and the result of `get_config`. The arguments of an autoencoder are
# objects, so `get_config` turns each into plain data with `keras.saving.serialize_keras_object`, and
# `from_config` turns it back with `keras.saving.deserialize_keras_object`. It makes an object of `cls`, and
# so serves subclasses as well.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "16590f0fd51299ec88b39ff2e275d282", "grade": false, "grade_id": "autoencoder", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="autoencoder")
class Autoencoder(BaseAutoencoder):
    """An encoder and a decoder, trained to give back what went in. Any pair will do.

    Args:
        encoder: keras.Model, x -> code.
        decoder: keras.Model, code -> image, shape of x.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def encode(self, x):
        """Return the code of x, (batch, latent_dim)."""
        raise ToImplement("Autoencoder.encode: return the encoder's output.")

    def decode(self, z):
        """Return the image, (batch, *data_shape), of each code."""
        raise ToImplement("Autoencoder.decode: return the decoder's output.")

    def call(self, x, training=None):
        """Return the reconstruction of x, shape of x. Keras hands `training` on to the layers inside."""
        raise ToImplement("Autoencoder.call: encode x and decode its code.")

    def reconstruct(self, x):
        """Return what `call` returns: an autoencoder knows no randomness."""
        return self(x, training=False)

    def train_step(self, data):
        """Take one gradient step on the batch mean of the reconstruction error.

        Args:
            data: what `fit` passes: x, or (x, y) of which y is not used.

        Returns:
            dict of the epoch's mean so far: loss.
        """
        x = self.inputs_of(data)
        raise ToImplement(
            "Autoencoder.train_step: record on a tf.GradientTape how well the model, shown "
            "self.corrupt(x) in training mode, gives back x; apply the gradients of the batch "
            "mean with self.optimizer, and return what self.update_trackers returns."
        )

    def test_step(self, data):
        """Return the same dict for held-out data; no weight changes."""
        x = self.inputs_of(data)
        raise ToImplement(
            "Autoencoder.test_step: compute the errors of x, not corrupted and not in training "
            "mode; update the trackers, change no weight."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement(
            "Autoencoder.get_config: return the parent's config with encoder and decoder added, "
            "each through keras.saving.serialize_keras_object."
        )

    @classmethod
    def from_config(cls, config):
        """Make a model of this class from the dict of `get_config`, which is left as it was."""
        raise ToImplement(
            "Autoencoder.from_config: in a copy of config, turn both parts back into objects with "
            "keras.saving.deserialize_keras_object; return cls of all arguments."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "92fd4c209252b7c1a0fc232f39b3ea9a", "grade": false, "grade_id": "linear_networks", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# def linear_networks(num_pixels, latent_dim):
#     """The simplest pair there is: one linear layer each, on images whose pixels stand in a row."""
#     parts = (num_pixels, latent_dim, "linear_encoder"), (latent_dim, num_pixels, "linear_decoder")
#     return [keras.Sequential([keras.Input((i,)), layers.Dense(o)], name=name) for i, o, name in parts]
#
#
# def rows_of(images):
#     """Images as rows, centred as PCA centres them: by the mean of the small training images."""
#     return np.reshape(images - small_digits.x_train.mean(axis=0), (len(images), -1))

# %% [markdown]
# ### 4a. Forward (2 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "a422a2328ab72b57db0021687b72e82f", "grade": true, "grade_id": "forward_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# encoder, decoder = linear_networks(64, 3)
# model, some = Autoencoder(encoder, decoder), rows_of(small_digits.x_test[:6])
# z = model.encode(some)
# assert z.shape == (6, 3), f"encode: expected (6, 3), received {z.shape}."
# assert np.allclose(z, encoder(some)), "encode should return the encoder's output as it is."
# assert np.allclose(model.decode(z), decoder(z)), "decode should return the decoder's output as it is."
# assert np.allclose(model(some), decoder(encoder(some)), atol=1e-6), "call should decode the code of x."
# print("Autoencoder, forward: looks right.")

# %% [markdown]
# ### 4b. Training (5 points)
#
# The check takes a few steps on one batch: the error must fall, encoder and decoder must both move, and
# `test_step` must move nothing.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "dd8279a6f518d8b98fa433e6c603a332", "grade": true, "grade_id": "train_step_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# keras.utils.set_random_seed(1)
# model, batch = Autoencoder(*linear_networks(64, 8)), rows_of(small_digits.x_train[:32])
# model.compile(optimizer=keras.optimizers.Adam(2e-2), jit_compile=False)
# before = [np.array(weight) for weight in model.get_weights()]
# first = model.test_step(batch)
# assert set(first) == {"loss"}, f"return update_trackers' dict, received the keys {set(first)}."
# by_hand = np.mean(np.sum((batch - np.asarray(model(batch))) ** 2, axis=1))
# assert np.isclose(first["loss"], by_hand, rtol=1e-4), (
#     f"loss should be the mean over the batch of equation (1), {by_hand:.3f}, received {first['loss']:.3f}."
# )
# assert all(map(np.array_equal, before, model.get_weights())), "test_step must not train."
# model.reset_metrics()
# model.train_step((batch, small_digits.y_train[:32]))
# moved = [not np.array_equal(*pair) for pair in zip(before, model.get_weights(), strict=True)]
# assert all(moved), f"train_step left {moved.count(False)} of {len(moved)} weight arrays as they were."
# for _ in range(9):
#     model.reset_metrics()
#     last = model.train_step(batch)
# assert last["loss"] < 0.9 * by_hand, (
#     f"ten steps on one batch should lower the error by a tenth at least, but {by_hand:.3f} became "
#     f"{last['loss']:.3f}. Is the sign of the loss right?"
# )
# print(f"train_step: the error fell from {by_hand:.2f} to {last['loss']:.2f}.")

# %% [markdown]
# ### 4c. Saving and loading (2 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e1c5ca09bcafd8e9e0df5cf8e684cff9", "grade": true, "grade_id": "config_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# saved = Autoencoder(*linear_networks(64, 3), name="mine")
# twin = Autoencoder.from_config(saved.get_config())
# assert twin.encoder is not saved.encoder, "from_config must make the networks anew."
# assert twin.name == "mine", "the name was lost: start from super().get_config()."
# some = rows_of(small_digits.x_test[:5])
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "autoencoder.keras")
#     reloaded = keras.models.load_model(Path(folder) / "autoencoder.keras")
# assert np.allclose(saved(some), reloaded(some)), "the reloaded model gives other outputs."
# print("Saving: the reloaded model is the saved one.")

# %% [markdown]
# ## 5. Does training find the principal components? (2 points, about 10 minutes)
#
# Baldi & Hornik (1989) proved it: the error of a *linear* autoencoder has no false valleys. Every point
# where the gradient vanishes is a saddle, except the best one, whose error is that of PCA. So here, and
# only here, we know what a perfectly trained autoencoder must score.
#
# Must it also find the same *numbers*? No. Any invertible matrix may stand between encoder and decoder: if
# $z$ is a code, so is $Az$, with a decoder that undoes $A$. The codes differ from PCA's. But the
# **subspace**, all images that the decoder can reach, must agree. Two subspaces are compared by their
# **principal angles**: the smallest angle between a direction of the one and a direction of the other, then
# the smallest among the directions perpendicular to those, and so on. They come from a decomposition, too.
# Let the rows of $Q_1$ and $Q_2$ be orthonormal bases of the two; then
#
# $$ \cos\theta_j = \text{the } j\text{-th singular value of } Q_1 Q_2^\top. \tag{4} $$
#
# **Write** it. The rows that arrive are no orthonormal bases: `np.linalg.qr` makes one, $Q$, from the
# *columns* of a matrix. A cosine of 1.0000000002 is rounding: clip it before you ask for the angle.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "3c2fdd95412aaa3a1e2411a9889c28cf", "grade": false, "grade_id": "angles", "locked": false, "schema_version": 3, "solution": true, "task": false}
def principal_angles(first, second):
    """Angles between the subspaces that two sets of rows span: equation (4).

    Args:
        first, second: float, (num_directions, num_pixels); rows independent, but not orthonormal.

    Returns:
        float64, (num_directions,), in degrees from 0 to 90, the smallest first.
    """
    first, second = np.array(first, "float64"), np.array(second, "float64")
    raise ToImplement(
        "principal_angles: make an orthonormal basis of each, and return the angles of equation "
        "(4) in degrees."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "c2dfa37681e375049535b1b6fbf24856", "grade": true, "grade_id": "angles_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# flat = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # the floor of a room
# tilted = np.array([[5.0, 0.0, 0.0], [3.0, 1.0, 1.0]])  # a roof over it, by other vectors
# found = principal_angles(flat, tilted)
# assert found.shape == (2,), f"one angle for each direction: expected (2,), received {found.shape}."
# assert np.allclose(found, [0, 45], atol=0.1), (
#     f"floor and roof share one direction and differ by 45 degrees in the other: expected [0, 45], "
#     f"received {found.round(2)}."
# )
# print("principal_angles: looks right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# keras.utils.set_random_seed(0)
# x = rows_of(small_digits.x_train).astype("float32")
# _, directions, variances = principal_components(x, 4)
# linear = Autoencoder(*linear_networks(64, 4))
# steps = 25 * int(np.ceil(len(x) / 128))
# rate = keras.optimizers.schedules.CosineDecay(0.03, decay_steps=steps)
# linear.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# history = linear.fit(x, epochs=25, batch_size=128, verbose=0).history
# error = linear.evaluate(x, batch_size=2_000, verbose=0, return_dict=True)["loss"]
# angles = principal_angles(directions, linear.decoder.get_weights()[0])
# print(f"error {error:.4f}, PCA's {variances[4:].sum():.4f}: {100 * (error / variances[4:].sum() - 1):.2f} % more")
# print(f"angles between the subspaces: {angles.round(2)} degrees")
#
# figure = Picture(figsize=(9, 3), layout="constrained")
# curve, codes = figure.subplots(1, 2)
# curve.plot(np.arange(1, 26), history["loss"], label="linear autoencoder")
# curve.axhline(variances[4:].sum(), color="k", linestyle="--", label="PCA: variances left out")
# curve.set(xlabel="epoch", ylabel="error per image")
# curve.legend(fontsize=8)
# codes.plot(x @ directions[0], np.asarray(linear.encode(x))[:, 0], ".", markersize=2)
# codes.set(xlabel="first number of PCA's code", ylabel="first number of the learned code")
# figure.suptitle(f"A linear autoencoder with four numbers: scikit-learn digits, 8x8", fontsize=9)
# figure

# %% [markdown]
# Left, the curve lands on the dashed line; the angles are small. Right, the codes themselves do not agree:
# a line would mean the same number. **Same subspace, other coordinates.** Remember this when somebody reads
# a meaning into one entry of a learned code.

# %% [markdown]
# ## 6. Beyond linear: convolutions (4 points, about 20 minutes)
#
# A straight subspace is a poor home for digits. Now networks that bend. An image has neighbourhoods, so
# the encoder looks through small windows, the same at every place: two **strided convolutions**, each of
# which halves height and width, and a linear layer for the code. The decoder walks back: a layer with as
# many numbers as the small maps have, and two **transposed convolutions**, each of which doubles height and
# width.
#
# | `ConvEncoder` | output, for 28 x 28 | `ConvDecoder` | output |
# |---|---|---|---|
# | convolution 3 x 3, stride 2, ReLU | 14 x 14 x `filters` | dense, ReLU | 7 * 7 * 2 `filters` |
# | convolution 3 x 3, stride 2, ReLU | 7 x 7 x 2 `filters` | reshape | 7 x 7 x 2 `filters` |
# | flatten | 98 `filters` | transposed convolution 3 x 3, stride 2, ReLU | 14 x 14 x `filters` |
# | dense, **no activation** | `latent_dim` | the same, with `activation` instead of ReLU | 28 x 28 x channels |
#
# All convolutions take `padding="same"`, else their sizes do not fit. The code may be any real number, so
# its layer has no activation. A pixel lies in [0, 1], so the decoder ends with a sigmoid by default; with
# `activation=None` it gives any real number, which the VAE of the next notebook will want.
#
# `Autoencoder` does not change by a letter: this is what composition buys.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "2b3be1daefcff8c50bf943bd2a6fcdb9", "grade": false, "grade_id": "conv_encoder", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvEncoder(keras.Model):
    """An image in, its code out: two strided convolutions and a linear layer.

    Args:
        latent_dim: int, number of entries of the code.
        filters: int, of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, latent_dim=16, filters=16, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.filters = filters
        raise ToImplement("ConvEncoder.__init__: make the four layers of the table's left half.")

    def call(self, x):
        """Return the code, float32, (batch, latent_dim), of images (batch, height, width, channels)."""
        raise ToImplement("ConvEncoder.call: send x through your layers.")

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, filters=self.filters)
        return config


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "393fde1737ca79a4c8096417ef414b10", "grade": true, "grade_id": "conv_encoder_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# encoder = ConvEncoder(latent_dim=5, filters=4)
# codes = np.asarray(encoder(digits.x_test[:64]))
# assert codes.shape == (64, 5), f"expected (batch, latent_dim) = (64, 5), received {codes.shape}."
# assert codes.min() < 0 < codes.max(), "a code takes both signs: does its layer have an activation?"
# kernels = [weight.shape for weight in encoder.trainable_variables if len(weight.shape) == 4]
# assert kernels == [(3, 3, 1, 4), (3, 3, 4, 8)], (
#     f"expected the kernels of two convolutions, (3, 3, 1, 4) and (3, 3, 4, 8), received {kernels}."
# )
# print("ConvEncoder: looks right.")

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "d9e6cc917500e29718c54a77ca8ab5b2", "grade": false, "grade_id": "conv_decoder", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvDecoder(keras.Model):
    """A code in, an image out: a dense layer and two transposed convolutions.

    Args:
        image_shape: tuple of int, (height, width, channels); height and width are multiples of 4.
        filters: int, of the first transposed convolution; the maps before it are twice as many.
        activation: of the last layer; None for any real number.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, image_shape=(28, 28, 1), filters=16, activation="sigmoid", **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.filters = filters
        self.activation = activation
        height, width, channels = self.image_shape
        if height % 4 or width % 4:
            raise ValueError(
                f"two layers double the size: expected a height and width that are multiples of 4, received "
                f"{height} x {width}. Resize the images."
            )
        raise ToImplement("ConvDecoder.__init__: make the four layers of the table's right half.")

    def call(self, z):
        """Return the images, float32, (batch, *image_shape), of codes (batch, latent_dim)."""
        raise ToImplement("ConvDecoder.call: send z through your layers.")

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(image_shape=self.image_shape, filters=self.filters, activation=self.activation)
        return config


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e787bc7b9afa70aedc8327e77c4e34a7", "grade": true, "grade_id": "conv_decoder_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# codes = np.random.default_rng(0).normal(0.0, 5.0, (16, 5)).astype("float32")
# images = np.asarray(ConvDecoder(image_shape=(8, 12, 1), filters=4)(codes))
# assert images.shape == (16, 8, 12, 1), f"expected (16, 8, 12, 1), received {images.shape}."
# assert 0 <= images.min() and images.max() <= 1, "with its default activation the decoder gives pixels in [0, 1]."
# numbers = np.asarray(ConvDecoder(image_shape=(8, 12, 1), filters=4, activation=None)(codes))
# assert numbers.min() < 0, "activation=None should give any real number: hand the argument to the last layer."
# print("ConvDecoder: looks right.")

# %% [markdown]
# Now train it: sixteen numbers for an image, on the scikit-learn digits, for a few seconds. Held-out
# images go in as `validation_data`: Keras calls your `test_step` for them.

# %% tags=["active-ipynb", "long", "raises-exception"]
# keras.utils.set_random_seed(0)
# conv = Autoencoder(ConvEncoder(latent_dim=16), ConvDecoder())
# rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=20 * int(np.ceil(len(digits.x_train) / 32)))
# conv.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# history = conv.fit(
#     digits.x_train, epochs=20, batch_size=32, validation_data=(digits.x_test,), validation_batch_size=1_000, verbose=0
# ).history
# by_pca = pca_reconstruct(digits.x_test, mean, components[:16])  # of section 3
# pca_error = float(np.mean(reconstruction_error(digits.x_test, by_pca)))
# print(f"held out, 16 numbers an image: PCA {pca_error:.1f}, your networks {history['val_loss'][-1]:.1f}")
# training_curves(history, f"Convolutional autoencoder, z=16: {digits.caption}", unit="error per image")

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# rebuilt = np.asarray(conv.reconstruct(digits.x_test[:10]))
# image_grid(
#     np.concatenate([digits.x_test[:10], by_pca[:10], rebuilt]),
#     columns=10,
#     caption=f"Held out; through 16 principal components; through 16 learned numbers: {digits.caption}",
# )

# %% [markdown]
# Look beside the strokes first: the smudges are gone. The last layer can say "no ink here" without cancelling
# one image by another. The error fell below PCA's, though not by much: these images were enlarged from 8 x 8, so
# that 64 numbers describe them completely. `train_ae_mnist.ipynb` asks the same of the real thing.

# %% [markdown]
# ## 7. Denoising: inheritance (6 points, about 20 minutes)
#
# Show the network a *noisy* image and ask for the *clean* one (Vincent et al. 2008). For each pixel,
#
# $$ \tilde x = x + s\,\varepsilon, \qquad \varepsilon \sim \mathcal N(0, I), \tag{5} $$
#
# and the error stays $E(x, \hat x)$, with the clean $x$. What is the best answer to a noisy image? Of all
# functions $f$, the mean of $|x - f(\tilde x)|^2$ is smallest for $f(\tilde x) = \mathbb E[x \mid \tilde x]$,
# the average of all clean images that could have become $\tilde x$: for a square, the mean is always the best
# guess. So the network has to learn what images look like, and copying its input is no longer a solution.
#
# How clean is an answer? One measures the **peak signal-to-noise ratio**, in decibel, of each image; the
# peak is the largest value a pixel can have, here 1:
#
# $$ \mathrm{PSNR}(x, \hat x) = 10 \log_{10} \frac{1}{\frac{1}{d} \sum_{i=1}^{d} (x_i - \hat x_i)^2}. \tag{6} $$
#
# Ten decibel more is a tenth of the mean squared error. A network that does nothing, the identity, leaves
# an error of $s^2$ in every pixel, so it scores $-20 \log_{10} s$: with $s = 0.5$ it is 6.0 dB.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "0decaf38ef323dd7482e31df3ecf32ee", "grade": false, "grade_id": "psnr", "locked": false, "schema_version": 3, "solution": true, "task": false}
def psnr(x, reconstruction):
    """Peak signal-to-noise ratio of each image, for pixels in [0, 1]: equation (6).

    Args:
        x: float, (batch, ...), the clean images.
        reconstruction: float, same shape; differs from x in every image.

    Returns:
        float64, (batch,), in decibel; larger is better.
    """
    x, reconstruction = np.array(x, "float64"), np.array(reconstruction, "float64")
    pixel_axes = tuple(range(1, x.ndim))
    raise ToImplement("psnr: return equation (6), with the mean over pixel_axes.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "596bea08cf0a3ea5572913117855be6d", "grade": true, "grade_id": "psnr_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# grey = np.full((3, 28, 28, 1), 0.5, "float32")
# found = psnr(grey, grey + 0.1)
# assert found.shape == (3,), f"one number for each image: expected (3,), received {found.shape}."
# assert np.allclose(found, 20, atol=1e-3), (
#     f"pixels that are wrong by 0.1 make 20 dB, received {found[0]:.2f}. (-20: the sign. 10: not squared. "
#     "46: the natural logarithm.)"
# )
# print("psnr: looks right.")

# %% [markdown]
# **Write** the subclass. It inherits encoder, decoder, training and saving, and changes one method:
# `corrupt`. Draw fresh noise for every call, every image and every pixel, from `keras.random.normal` with
# `seed=self.seed_generator`. Leave the noisy pixels as they come, below 0 and above 1 too: cutting them off
# would tell the network where black is. And because the constructor has an argument more, `get_config` has
# an entry more.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "876b9623d7240dcf2d8bf17a0bedd903", "grade": false, "grade_id": "denoising", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="autoencoder")
class DenoisingAutoencoder(Autoencoder):
    """An autoencoder that is shown noisy images in training, and asked for the clean ones.

    Vincent et al. (2008).

    Args:
        encoder, decoder: as of `Autoencoder`.
        noise_std: float >= 0, standard deviation s of the noise of equation (5).
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, noise_std=0.5, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        if noise_std < 0:
            raise ValueError(f"noise_std is a standard deviation: expected 0 or more, received {noise_std}.")
        self.noise_std = noise_std
        self.seed_generator = keras.random.SeedGenerator()

    def corrupt(self, x):
        """Return x with noise, float32, same shape: equation (5); other noise on every call."""
        x = ops.cast(x, "float32")
        raise ToImplement(
            "DenoisingAutoencoder.corrupt: add noise of standard deviation self.noise_std, drawn "
            "with self.seed_generator."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement(
            "DenoisingAutoencoder.get_config: return the parent's config with noise_std added."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "faf5424972dda1227666c9a21e4a3603", "grade": true, "grade_id": "denoising_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# keras.utils.set_random_seed(3)
# denoiser = DenoisingAutoencoder(*linear_networks(64, 4), noise_std=0.25, name="mine")
# grey = ops.full((500, 64), 0.5)
# noise = np.asarray(denoiser.corrupt(grey)) - 0.5
# assert noise.shape == (500, 64), f"corrupt: expected the shape of x, received {noise.shape}."
# assert abs(noise.std() - 0.25) < 0.01, f"expected noise of 0.25, received {noise.std():.3f}. Did you cut it off?"
# assert abs(noise.mean()) < 0.01, f"the noise should average 0, received {noise.mean():.3f}."
# assert not np.allclose(noise[0], noise[1]), "every image needs noise of its own."
# assert not np.allclose(noise, np.asarray(denoiser.corrupt(grey)) - 0.5), "two calls gave the same noise."
# twin = DenoisingAutoencoder.from_config(denoiser.get_config())
# assert (twin.noise_std, twin.name) == (0.25, "mine"), (
#     f"get_config lost an argument: expected noise_std 0.25 and name mine, received {twin.noise_std}, {twin.name}."
# )
# print("DenoisingAutoencoder: looks right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# keras.utils.set_random_seed(0)
# denoiser = DenoisingAutoencoder(ConvEncoder(latent_dim=32), ConvDecoder(), noise_std=0.5)
# rate = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=20 * int(np.ceil(len(digits.x_train) / 32)))
# denoiser.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# denoiser.fit(digits.x_train, epochs=20, batch_size=32, verbose=0)
#
# clean = digits.x_test
# noisy = clean + np.random.default_rng(1).normal(0.0, 0.5, clean.shape).astype("float32")
# answers = {
#     "noisy": noisy,
#     "noisy, cut off": np.clip(noisy, 0.0, 1.0),
#     "median filter": np.clip(median_filter(noisy, size=(1, 5, 5, 1)), 0.0, 1.0),
#     "your denoiser": np.asarray(denoiser.reconstruct(noisy)),
# }
# for name, images in answers.items():
#     print(f"{name:15s} {psnr(clean, images).mean():5.1f} dB, held out")
# sheet = [clean, *answers.values()]
# titles = [""] * 8 + [f"{value:.1f} dB" for images in answers.values() for value in psnr(clean[:8], images[:8])]
# image_grid(
#     np.concatenate([images[:8] for images in sheet]),
#     columns=8,
#     titles=titles,
#     caption=f"Held out: clean; {', '.join(answers)}; noise of 0.5: {digits.caption}",
# )

# %% [markdown]
# Two baselines are the least that a number needs: doing nothing, and the cheap method that everybody has.
# Your network gains because it knows what digits look like, and that is its danger too. Look for an answer
# that is clean, plausible, and *another digit*. In a hospital, that would be a lesion removed or invented.

# %% [markdown]
# ## 8. What is a code good for? (2 points, about 10 minutes)
#
# The encoder has never seen a label. Do images of one digit have neighbouring codes all the same? Ask the
# simplest classifier: for each held-out image find the $k$ training images with the nearest codes, and let
# their labels vote. It learns nothing, so whatever it can do was in the codes already.
#
# **Write** the vote. Distances are squared Euclidean ones; if two labels have equally many votes, the
# smaller label wins (`np.bincount(...).argmax()` does just that). `np.argsort` along the last axis puts the
# nearest first.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "7b91b522f9e0fad336d1078576d243f2", "grade": false, "grade_id": "neighbours", "locked": false, "schema_version": 3, "solution": true, "task": false}
def vote_of_neighbours(train_codes, train_labels, codes, num_neighbours=5):
    """Label each code by the majority of its nearest training codes.

    Args:
        train_codes: float, (n, latent_dim).
        train_labels: int, (n,), 0 or more.
        codes: float, (m, latent_dim).
        num_neighbours: int, k.

    Returns:
        int64, (m,); of labels with equally many votes, the smallest.
    """
    train_codes, codes = np.array(train_codes, "float64"), np.array(codes, "float64")
    train_labels = np.array(train_labels, "int64")
    raise ToImplement(
        "vote_of_neighbours: compute the distance of each code from each training code, find the "
        "num_neighbours nearest, and return the label with most votes."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "fa67cbee9506d7473baaf7ff94885a44", "grade": true, "grade_id": "neighbours_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# codes = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [9.0, 9.0], [9.0, 8.0], [5.0, 5.0]])
# labels = np.array([3, 3, 7, 7, 7, 0])
# found = vote_of_neighbours(codes, labels, np.array([[0.2, 0.2], [9.0, 9.5]]), num_neighbours=3)
# assert np.array_equal(found, [3, 7]), f"expected the labels [3, 7], received {found}."
# print("vote_of_neighbours: looks right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# views = {
#     "784 pixels": [np.reshape(images, (len(images), -1)) for images in (digits.x_train, digits.x_test)],
#     "16 principal components": [
#         np.reshape(images, (len(images), -1)) @ components[:16].T for images in (digits.x_train, digits.x_test)
#     ],
#     "16 learned numbers": [np.asarray(conv.encode(images)) for images in (digits.x_train, digits.x_test)],
# }
# for name, (train_codes, test_codes) in views.items():
#     read = vote_of_neighbours(train_codes, digits.y_train, test_codes)
#     print(f"{name:25s} {100 * np.mean(read == digits.y_test):5.1f} % of held-out digits read right")

# %% [markdown]
# Sixteen numbers instead of 784, found without a single label, and reading them is as good. That is a
# compact **representation**. Be as strict here as before: is it better than PCA, which costs no training?

# %% [markdown]
# ## 9. Why sampling fails (1 point, about 5 minutes)
#
# Take a random code and decode it: is that not a new digit? Two experiments. First the straight way from
# the code of one image to that of another,
#
# $$ z(t) = (1 - t)\, z_{\text{start}} + t\, z_{\text{end}}, \qquad 0 \le t \le 1. \tag{7} $$
#
# **Write** it, both ends included.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "217c3ae1a6ef33bed8c392938ee420d9", "grade": false, "grade_id": "path", "locked": false, "schema_version": 3, "solution": true, "task": false}
def straight_path(start, end, num_steps):
    """Codes on the straight way from one code to another, equally spaced: equation (7).

    Args:
        start, end: float, (latent_dim,).
        num_steps: int >= 2.

    Returns:
        float32, (num_steps, latent_dim); the first is start, the last is end.
    """
    start, end = np.array(start, "float32"), np.array(end, "float32")
    raise ToImplement("straight_path: return num_steps codes by equation (7).")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "1f29346efad7defd9c1c3d59d474755d", "grade": true, "grade_id": "path_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# path = straight_path([0.0, 2.0], [4.0, 0.0], 5)
# assert path.shape == (5, 2), f"expected (num_steps, latent_dim) = (5, 2), received {path.shape}."
# assert np.allclose(path, [[0, 2], [1, 1.5], [2, 1], [3, 0.5], [4, 0]]), f"equally spaced codes; received {path}."
# print("straight_path: looks right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# reader = Reader(digits.x_train, digits.y_train, num_classes=10, num_steps=400)
# codes = np.asarray(conv.encode(digits.x_test))
# rng = np.random.default_rng(0)
# pairs = rng.permutation(len(codes))[:200].reshape(100, 2)
# pairs = pairs[digits.y_test[pairs[:, 0]] != digits.y_test[pairs[:, 1]]]  # different digits at the ends
# walked = np.asarray(conv.decode(np.concatenate([straight_path(codes[a], codes[b], 9) for a, b in pairs])))
# confidence = reader.confidence(walked).reshape(len(pairs), 9)
# normal = rng.normal(size=(500, 16)).astype("float32")
# from_prior = np.asarray(conv.decode(normal))
# fitted = np.asarray(conv.decode(codes.mean(axis=0) + codes.std(axis=0) * normal))
# print("how sure the reader is of what it sees, on average")
# print(f"reconstructions           {confidence[:, [0, -1]].mean():.2f}")
# print(f"half way between two      {confidence[:, 4].mean():.2f}")
# print(f"random codes, N(0, 1)     {reader.confidence(from_prior).mean():.2f}")
# print(f"random codes, same spread {reader.confidence(fitted).mean():.2f}")
# image_grid(
#     np.concatenate([walked[:36], from_prior[:9], fitted[:9]]),
#     columns=9,
#     caption=f"Four straight ways; random codes, N(0, 1); random codes of the same mean and spread: {digits.caption}",
# )

# %% [markdown]
# At both ends a digit, half way two ghosts laid over each other, and random codes give shapes that nobody
# writes. Nobody told the training what to do *between* the codes of its images, so these places were never
# practised: the code space has **holes**. And which distribution should we draw from, at all? Codes have
# whatever mean and spread the training left them.
#
# Read the numbers with care: the reader knows ten digits and nothing else, so it is rather sure of *some*
# digit whatever it sees. That it becomes less sure at all says much; that it stays sure says nothing.
#
# The cure takes both at once: make each image a small cloud instead of a point, so that the neighbourhood
# is practised, and pull all clouds towards one known distribution, so that we know where to draw. That is
# the variational autoencoder, and the next notebook.

# %% [markdown]
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit`
# `autoencoder.ipynb` and `autoencoder.py`, and go on to `train_ae_mnist.ipynb`, `train_dae_mnist.ipynb` and
# `train_dae_ad.ipynb`, which train your classes on digits and on brains.
