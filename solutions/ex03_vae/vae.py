# %% [markdown]
# # Variational autoencoders, the object-oriented way
#
# By the end of this notebook you have a class `VAE` that estimates the density of images: it can say how
# probable an image is (almost), rebuild it from ten numbers, and draw digits that nobody ever wrote.
#
# **How to work.** Every section has the same rhythm: an idea, its equation, a hole for you to fill, a quick
# check, a picture. A hole is a line `raise ToImplement(...)`; replace that whole line by your code and run
# the cell, then the check below it. The quick checks find the usual slips. When you hand in, longer hidden
# checks look at shapes, values, gradients and saving, each hole on its own, so one missing hole does not
# cost you the others.
#
# Every cell runs in a second or two on a laptop, except those tagged `long`, which train (ten seconds
# together). They are not run again when your work is graded: your grader sees the curves and pictures that
# you saved. Saving the notebook also writes `vae.py`, the module that `train_vae_mnist.ipynb` imports; in
# VS Code you may just as well edit that. Stuck? `HINTS_SWE.ipynb` has three hints for each hole.

# %% [markdown]
# ## 1. The frame: what inherits, what contains
#
# Two questions decide a class diagram. *Is a* VAE a generative model? Yes, so it **inherits**: whoever can
# use any `GenerativeModel` can use it. *Is* a VAE an encoder? No, it **has** one, so it **contains** it
# (composition), and you can swap the encoder without touching the VAE.
#
# ```text
#   keras.Model                                    fit, save, evaluate
#     └── GenerativeModel                          sample(n): draw new examples
#           └── LatentVariableModel                encode(x), decode(z), reconstruct(x)
#                 └── BaseVAE                      the three metrics, reset every epoch
#                       └── VAE   <- you           elbo_terms(x), train_step(data)
#                            │
#                            ├── has an  Encoder     (is a keras.Model)    <- you
#                            ├── has a   Sampling    (is a keras Layer)    <- you
#                            ├── has a   Decoder     (is a keras.Model)    <- you
#                            └── has a   Likelihood
#                                          ├── BernoulliLikelihood         <- you
#                                          └── GaussianLikelihood          <- you
# ```
#
# The upper four are given, in `vaegan/bases.py`: read them, they fit on two screens. Their methods raise
# `ToImplement`: an abstract method is a promise that a subclass keeps.
#
# **Where a VAE sits.** Of the models that learn a density $p(x)$ from unlabelled images, a VAE is
# *explicit* (it writes $p(x)$ down) and *approximate* (it computes a bound on it, not the number).
# Tomorrow's GAN is *implicit*: it only draws samples. As machine learning it has a task (give test images
# high density), experience (training images) and a performance measure (the held-out bound): the last one
# is how we shall know that it learned.

# %% role="given" grade_id="imports"
import math

import keras
import tensorflow as tf
from keras import layers, ops

from vaegan import ToImplement  # what every hole raises until you have filled it
from vaegan.bases import BaseVAE, Likelihood

# %% tags=["active-ipynb"] role="given" grade_id="tools"
# # Only for the checks and pictures of this notebook: the module vae.py does without.
# import tempfile
# from pathlib import Path
#
# import numpy as np
#
# from vaegan.data import GAUSSIAN_2D_ENTROPY, gaussian_2d, load_images
# from vaegan.pictures import Picture, image_grid, latent_scatter, reconstruction_sheet, training_curves
#
#
# def ellipse(center, spread, scale=2.0):
#     """Points of the ellipse at `scale` standard deviations of an axis-aligned Gaussian, (2, 100)."""
#     angle = np.linspace(0.0, 2.0 * np.pi, 100)
#     circle = np.stack([np.cos(angle), np.sin(angle)])
#     return np.reshape(center, (2, 1)) + scale * np.reshape(spread, (2, 1)) * circle
#
#
# digits = load_images("digits")
# digits

# %% tags=["active-ipynb"] grade_id="digits_picture"
# image_grid(digits.x_train[:10], columns=10, caption=f"Training images: {digits.caption}")

# %% [markdown]
# ## 2. From autoencoder to VAE
#
# An autoencoder squeezes an image through a short code and back. Nothing tells it what to do with codes
# that no training image uses, so its code space has holes, and decoding a random code gives rubbish. A VAE
# repairs this with two changes. The encoder answers with a small *cloud* of codes, a Gaussian $q(z|x)$,
# instead of one point; and all clouds together are pulled towards one known cloud, the **prior**
# $p(z) = \mathcal N(0, I)$. Then neighbours must decode to similar images, and a draw from the prior lands
# where the decoder has practised.

# %% [markdown]
# ## 3. The encoder: $q(z|x)$
#
# For each image $x$ the encoder returns the parameters of a Gaussian with independent entries,
#
# $$ q(z|x) = \prod_{j=1}^{J} \mathcal N\!\left(z_j;\ \mu_j(x),\ \sigma_j^2(x)\right). $$
#
# It has one body and two **heads**: `z_mean` is $\mu$, and `z_log_var` is $\log \sigma^2$, the natural
# logarithm of the *variance*. Why the logarithm? A linear layer gives any real number, and any real number
# is a fine log-variance, whereas a variance must be positive. (The slides say covariance, $\sigma^2$ and
# log-variance in different places. Here it is always the log-variance, and nothing that holds one is ever
# called sigma.)
#
# **Write** the layers in `__init__` (that is where Keras looks for them) and the forward pass in `call`.
# The idiom: `x = self.first(x)`, then `x = self.second(x)`, and so on. `self` is the very object being
# built or called. `get_config` is given: it returns the constructor's arguments, so that a saved encoder
# can be made again.


# %% role="solution" grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    """q(z|x): an image in, the mean and the log-variance of a Gaussian over z out.

    Args:
        latent_dim: int, number of entries of z.
        hidden_units: int, width of the hidden layer.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        ### BEGIN SOLUTION: Encoder.__init__: make the layers: one that flattens the image, a hidden Dense
        ### layer of hidden_units with ReLU, and two Dense heads of latent_dim units without activation.
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.mean_head = layers.Dense(latent_dim)
        self.log_var_head = layers.Dense(latent_dim)
        ### END SOLUTION

    def call(self, x):
        """Return the parameters of q(z|x).

        Args:
            x: float, (batch, height, width, channels), in [0, 1].

        Returns:
            (z_mean, z_log_var), each float32, (batch, latent_dim); z_log_var is the natural log of the
            variance.
        """
        ### BEGIN SOLUTION: Encoder.call: send x through the body, and its output through each head; return
        ### z_mean, z_log_var.
        h = self.hidden(self.flatten(x))  # (batch, hidden_units)
        return self.mean_head(h), self.log_var_head(h)
        ### END SOLUTION

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, hidden_units=self.hidden_units)
        return config


# %% tags=["active-ipynb"] role="test" grade_id="encoder_check" points=2
# z_mean, z_log_var = Encoder(latent_dim=16, hidden_units=32)(digits.x_test[:64])
# assert z_mean.shape == (64, 16), (
#     f"z_mean should be (batch, latent_dim) = (64, 16), received {z_mean.shape}."
# )
# assert z_log_var.shape == (64, 16), f"z_log_var should be (64, 16), received {z_log_var.shape}."
# assert not np.allclose(z_mean, z_log_var), "z_mean and z_log_var are equal: give each its own head."
# for head, values in (("z_mean", z_mean), ("z_log_var", z_log_var)):
#     assert np.min(values) < 0 or np.max(values) == 0, (
#         f"{head} is never negative: a head must reach every real number, so it has no activation."
#     )
# print("Encoder: shapes and heads look right.")

# %% tags=["active-ipynb"] grade_id="encoder_picture"
# keras.utils.set_random_seed(3)
# means, _ = Encoder(latent_dim=2)(digits.x_test)
# latent_scatter(
#     np.asarray(means), digits.y_test, f"z_mean of an untrained encoder, held-out images: {digits.caption}"
# )

# %% [markdown]
# All images, one heap: the untrained encoder cannot tell one digit from another. The circles are those of
# the prior, at 1, 2 and 3 standard deviations. Look at this picture again when the encoder is trained.

# %% [markdown]
# ## 4. Sampling: the reparameterisation
#
# We need a $z$ drawn from $q(z|x)$, and we need gradients with respect to $\mu$ and $\sigma$. "Draw a
# number" has no derivative. So draw the noise *outside*, from a distribution that has no parameters, and
# shift and stretch it:
#
# $$ z = \mu(x) + \sigma(x) \odot \varepsilon, \qquad \varepsilon \sim \mathcal N(0, I). \tag{1} $$
#
# For a fixed $\varepsilon$ this is plain arithmetic in $\mu$ and $\sigma$, and gradients flow. Mind that
# (1) wants the standard deviation $\sigma$, and that you hold $\log \sigma^2$: work out on paper how one
# becomes the other.
#
# **Write** `call`. Fresh noise for every call, every example and every entry of $z$: take it from
# `keras.random.normal` with `seed=self.seed_generator`, which moves on with each draw. (An integer there
# would give the *same* noise on every call.)


# %% role="solution" grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    """Draws z from N(z_mean, exp(z_log_var)) so that gradients reach both: equation (1).

    Kingma & Welling (2014), section 2.4.

    Args:
        seed: int or None; with an int, two layers of the same seed draw the same sequence.
        **kwargs: `name` and what else a Keras layer takes.
    """

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        """Return one z per example.

        Args:
            z_mean: float32, (batch, latent_dim).
            z_log_var: float32, same shape; natural log of the variance.

        Returns:
            float32, same shape; other noise on every call and for every example.
        """
        ### BEGIN SOLUTION: Sampling.call: draw epsilon, of the shape of z_mean, with self.seed_generator;
        ### return z by equation (1).
        epsilon = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon
        ### END SOLUTION

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(seed=self.seed)
        return config


# %% tags=["active-ipynb"] role="test" grade_id="sampling_check" points=4
# sampling = Sampling(seed=1)
# many_means, many_log_vars = (
#     np.full((20_000, 2), 1.0, "float32"),
#     np.full((20_000, 2), np.log(4.0), "float32"),
# )
# z = np.asarray(sampling(many_means, many_log_vars))
# assert z.shape == (20_000, 2), f"z has the shape of z_mean: expected (20000, 2), received {z.shape}."
# assert not np.allclose(z[0], z[1]), "every example needs noise of its own, but two rows are equal."
# assert abs(z.mean() - 1.0) < 0.05, f"with z_mean = 1 the draws should average 1, received {z.mean():.2f}."
# spread = z.std()
# assert abs(spread - 2.0) < 0.1, (
#     f"with variance 4 the draws should spread by 2, received {spread:.2f}. Equation (1) stretches noise "
#     "by the standard deviation; z_log_var is the log of the variance."
# )
# assert not np.allclose(z, sampling(many_means, many_log_vars)), (
#     "two calls drew the same noise: use the generator."
# )
# pinned = sampling(np.ones((4, 2), "float32"), np.full((4, 2), -60.0, "float32"))
# assert np.allclose(pinned, 1.0), "with variance almost 0, z should be z_mean."
# with tf.GradientTape() as tape:
#     heads = tf.Variable([[0.5, -0.5]]), tf.Variable([[0.1, 0.2]])
#     drawn = tf.reduce_sum(sampling(*heads))
# for head, gradient in zip(("z_mean", "z_log_var"), tape.gradient(drawn, heads), strict=True):
#     assert gradient is not None, (
#         f"no gradient reaches {head}: z must be computed from it, with Keras operations."
#     )
# print("Sampling: moments, freshness and gradients look right.")

# %% tags=["active-ipynb"] grade_id="sampling_picture"
# mean, log_var = np.array([1.5, -0.5], "float32"), np.log(np.array([1.2, 0.4], "float32") ** 2)
# z = np.asarray(Sampling(seed=0)(np.tile(mean, (500, 1)), np.tile(log_var, (500, 1))))
# figure = Picture(figsize=(5, 4), layout="constrained")
# axes = figure.subplots()
# axes.plot(z[:, 0], z[:, 1], ".", markersize=3, alpha=0.5, label="500 draws of your layer")
# for scale in (1, 2):
#     axes.plot(*ellipse(mean, (1.2, 0.4), scale), "k", linewidth=1)
# axes.plot(*mean, "r+", markersize=12, label="z_mean")
# axes.set(xlabel="z[0], sd 1.2", ylabel="z[1], sd 0.4", aspect="equal")
# axes.set_title(
#     "The reparameterisation: noise, shifted and stretched\n(made-up q(z|x); ellipses at 1 and 2 sd)",
#     fontsize=9,
# )
# axes.legend(fontsize=8, loc="upper right")
# figure

# %% [markdown]
# About 39 % of the draws should lie inside the inner ellipse and 86 % inside the outer one. A cloud much
# too wide or too narrow for its ellipses is the sign of a variance taken for a standard deviation.

# %% [markdown]
# ## 5. The decoder: $p(x|z)$
#
# The decoder walks the other way: a latent vector in, the parameters of a distribution over images out.
# Which parameters? The slides give every pixel a mean *and* a variance; we use one number per pixel,
# because a Bernoulli pixel has no second parameter and our Gaussian has a fixed variance. For the Bernoulli
# that number is a **logit** $\ell_i$, any real number, and the pixel's mean is
# $\pi_i = \mathrm{sigmoid}(\ell_i)$. So the decoder ends *without* an activation: the likelihood of section
# 7 knows what to do with logits, and does it without rounding trouble.
#
# **Write** the layers, the forward pass, and this time `get_config` too: look at the encoder's.


# %% role="solution" grade_id="decoder"
@keras.saving.register_keras_serializable(package="vae")
class Decoder(keras.Model):
    """p(x|z): a latent vector in, one real number per pixel out.

    Args:
        image_shape: tuple of int, (height, width, channels).
        hidden_units: int, width of the hidden layer.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, image_shape=(28, 28, 1), hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.image_shape = tuple(image_shape)
        self.hidden_units = hidden_units
        num_pixels = math.prod(self.image_shape)
        ### BEGIN SOLUTION: Decoder.__init__: make the layers: a hidden Dense layer of hidden_units with
        ### ReLU, a Dense layer of num_pixels units without activation, and one that reshapes to
        ### image_shape.
        self.hidden = layers.Dense(hidden_units, activation="relu")
        self.pixels = layers.Dense(num_pixels)
        self.reshape = layers.Reshape(self.image_shape)
        ### END SOLUTION

    def call(self, z):
        """Return the parameters of p(x|z).

        Args:
            z: float, (batch, latent_dim).

        Returns:
            float32, (batch, *image_shape): logits, unbounded; not probabilities.
        """
        ### BEGIN SOLUTION: Decoder.call: send z through your layers; return logits in the shape of images.
        return self.reshape(self.pixels(self.hidden(z)))
        ### END SOLUTION

    def get_config(self):
        """Return the constructor's arguments."""
        ### BEGIN SOLUTION: Decoder.get_config: return the parent's config with image_shape and hidden_units
        ### added.
        config = super().get_config()
        config.update(image_shape=self.image_shape, hidden_units=self.hidden_units)
        return config
        ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="decoder_check" points=2
# decoder = Decoder(image_shape=(6, 4, 1), hidden_units=32)
# logits = np.asarray(decoder(np.random.default_rng(0).normal(0.0, 50.0, (64, 3)).astype("float32")))
# assert logits.shape == (64, 6, 4, 1), (
#     f"expected (batch, *image_shape) = (64, 6, 4, 1), received {logits.shape}."
# )
# assert logits.min() < 0 < logits.max(), (
#     "logits take both signs; does the last Dense layer have an activation?"
# )
# assert logits.max() > 1, "for a z this large some logits should exceed 1: is a sigmoid squashing them?"
# twin = Decoder.from_config(decoder.get_config())
# assert (twin.image_shape, twin.hidden_units) == ((6, 4, 1), 32), (
#     f"get_config lost an argument: expected image_shape (6, 4, 1) and hidden_units 32, received "
#     f"{twin.image_shape} and {twin.hidden_units}."
# )
# print("Decoder: shape, logits and get_config look right.")

# %% tags=["active-ipynb"] grade_id="decoder_picture"
# keras.utils.set_random_seed(0)
# untrained = ops.sigmoid(Decoder()(keras.random.normal((10, 10))))
# image_grid(
#     np.asarray(untrained),
#     columns=10,
#     caption="Untrained decoder, ten draws of z from the prior: grey static",
# )

# %% [markdown]
# ## 6. What to minimise
#
# We want the density $p(x) = \int p(x|z)\,p(z)\,dz$ of the training images to be high. The integral is out
# of reach, but a bound is not: the **evidence lower bound**, ELBO. Its negative, for one image, is
#
# $$ -\mathrm{ELBO}(x) =
# \underbrace{\mathbb E_{z \sim q(z|x)}\left[-\log p(x|z)\right]}_{\text{reconstruction loss}}
# + \underbrace{\mathrm{KL}\left(q(z|x)\,\|\,p(z)\right)}_{\text{KL loss}} \;\ge\; -\log p(x). \tag{2} $$
#
# The first term asks that $x$ can be rebuilt from its own cloud of codes. The second keeps each cloud near
# the prior, so that the codes cannot simply memorise the images. Both are in **nats** (natural logarithms)
# and both are *sums*: over pixels, and over the entries of $z$. Only over the examples of a batch do we
# average. Average over pixels as well, and the first term shrinks 784 times against the second.
#
# The expectation is estimated with a single draw of $z$ per image, by equation (1). The next three holes
# are the terms: two ways to write the first, and the second in closed form.

# %% [markdown]
# ## 7. Reconstruction loss: the Bernoulli likelihood
#
# Pixel $i$ is a coin with probability $\pi_i = \mathrm{sigmoid}(\ell_i)$ of being white:
#
# $$ -\log p(x|z) = -\sum_{i} \left[\, x_i \log \pi_i + (1 - x_i) \log(1 - \pi_i) \,\right]. \tag{3} $$
#
# This is the binary cross-entropy, summed over pixels. Do not compute it through $\pi_i$: for $\ell_i = 40$
# the probability rounds to 1 and $\log(1 - \pi_i)$ is lost. Simplify (3) in terms of $\ell_i$ first, with
# $-\log \mathrm{sigmoid}(-\ell) = \mathrm{softplus}(\ell)$ (it is `ops.softplus`), or use a function that
# takes logits.
#
# Our pixels are grey, not black or white. Equation (3) still makes a good loss, but for grey pixels it is
# no longer the logarithm of a probability: never compare these numbers with those published for *binarised*
# MNIST.
#
# **Write** the loss and the mean. Sum over every axis but the first, whatever the number of axes.


# %% role="solution" grade_id="bernoulli"
@keras.saving.register_keras_serializable(package="vae")
class BernoulliLikelihood(Likelihood):
    """Independent pixels, each a coin whose logit the decoder gives: equation (3)."""

    def negative_log_likelihood(self, x, parameters):
        """Return -log p(x|z) from logits.

        Args:
            x: float, (batch, ...), in [0, 1].
            parameters: float, same shape; logits, any real number.

        Returns:
            (batch,), in nats; summed over every axis but the first, finite for every logit.
        """
        logits = ops.convert_to_tensor(parameters)
        x = ops.cast(x, logits.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        ### BEGIN SOLUTION: BernoulliLikelihood.negative_log_likelihood: return equation (3), computed from
        ### the logits and summed over pixel_axes.
        return ops.sum(ops.softplus(logits) - x * logits, axis=pixel_axes)
        ### END SOLUTION

    def mean(self, parameters):
        """Return the mean image, same shape as parameters, in [0, 1]."""
        ### BEGIN SOLUTION: BernoulliLikelihood.mean: turn logits into probabilities.
        return ops.sigmoid(parameters)
        ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="bernoulli_check" points=3
# bernoulli = BernoulliLikelihood()
# some = digits.x_test[:5]
# undecided = np.asarray(bernoulli.negative_log_likelihood(some, np.zeros_like(some)))
# assert undecided.shape == (5,), f"one loss per image: expected shape (5,), received {undecided.shape}."
# assert np.allclose(undecided, 784 * np.log(2), atol=0.01), (
#     f"logits of 0 mean probability 1/2 for each of the 784 pixels: expected 784 ln 2 = 543.43, received "
#     f"{undecided[0]:.3f}. (0.69: averaged over pixels. 712: a sigmoid too many.)"
# )
# white = np.ones((1, 2, 2, 1), "float32")
# right, wrong, very_wrong = (
#     float(bernoulli.negative_log_likelihood(white, logit * white)[0]) for logit in (20, -20, -200)
# )
# assert abs(right) < 1e-3, f"four white pixels, logit 20: almost no loss expected, received {right:.3f}."
# assert abs(wrong - 80) < 1e-2, (
#     f"four white pixels, logit -20: expected 4 * 20 = 80 nats, received {wrong:.3f}."
# )
# assert abs(very_wrong - 800) < 0.1, (
#     f"logit -200: expected 800 nats, received {very_wrong}: stay with the logits."
# )
# assert np.allclose(bernoulli.mean(np.zeros((1, 2))), 0.5), "the mean of a pixel with logit 0 is 1/2."
# print("Bernoulli likelihood: sums, signs and extreme logits look right.")

# %% tags=["active-ipynb"] grade_id="bernoulli_picture"
# logit_grid = np.linspace(-6, 6, 121, dtype="float32")[:, None]
# figure = Picture(figsize=(5, 3.2), layout="constrained")
# axes = figure.subplots()
# for pixel in (0.0, 0.25, 0.5, 1.0):
#     axes.plot(
#         logit_grid,
#         BernoulliLikelihood().negative_log_likelihood(np.full_like(logit_grid, pixel), logit_grid),
#         label=f"x = {pixel}",
#     )
# axes.set(xlabel="logit", ylabel="nats")
# axes.set_title("Equation (3) for one pixel of value x", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# A black or white pixel can be explained at no cost; a grey one cannot: its best loss is above zero. That
# floor is why the loss of the best VAE stays far from 0.

# %% [markdown]
# ## 8. The KL divergence, in closed form
#
# How far is one cloud from the prior? For Gaussians the integral can be done by hand (Kingma & Welling
# 2014, appendix B; the slides print its negative):
#
# $$ \mathrm{KL}\left(q(z|x)\,\|\,\mathcal N(0, I)\right)
# = -\tfrac12 \sum_{j=1}^{J}\left(1 + \log \sigma_j^2 - \mu_j^2 - \sigma_j^2\right). \tag{4} $$
#
# It is 0 when the cloud *is* the prior, and positive otherwise. A mean of 2 costs 2 nats per entry; halving
# or doubling the spread costs too. Entries of $z$ are independent, so their costs add up.
#
# **Write** it as a function of `z_mean` and `z_log_var`. It needs no state, so it is a function and not a
# class.


# %% role="solution" grade_id="kl"
def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of N(z_mean, exp(z_log_var)) from N(0, I), per example: equation (4).

    Args:
        z_mean: float, (batch, latent_dim).
        z_log_var: float, same shape; natural log of the variance.

    Returns:
        float, (batch,), in nats; summed over latent_dim, not averaged.

    Raises:
        ValueError: if the shapes differ.
    """
    z_mean, z_log_var = ops.convert_to_tensor(z_mean), ops.convert_to_tensor(z_log_var)
    if z_mean.shape != z_log_var.shape:
        raise ValueError(
            f"z_log_var must have the shape of z_mean: expected {tuple(z_mean.shape)}, received "
            f"{tuple(z_log_var.shape)}. Check the units of the encoder's two heads."
        )
    ### BEGIN SOLUTION: kl_to_standard_normal: return equation (4), one number per example.
    return -0.5 * ops.sum(1.0 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var), axis=-1)
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="kl_check" points=4
# def kl_of(mean, log_var, latent_dim=1, batch=4):
#     """Your KL for `batch` equal examples whose entries all have this mean and log-variance."""
#     shape = (batch, latent_dim)
#     return np.asarray(
#         kl_to_standard_normal(np.full(shape, mean, "float32"), np.full(shape, log_var, "float32"))
#     )
#
#
# assert kl_of(0, 0, latent_dim=3).shape == (4,), (
#     f"one number per example: expected (4,), received {kl_of(0, 0, latent_dim=3).shape}. "
#     "Sum over latent_dim only."
# )
# assert np.allclose(kl_of(0, 0), 0), (
#     f"mean 0, variance 1 is the prior itself: expected 0, received {kl_of(0, 0)[0]:.3f}."
# )
# assert kl_of(2, 0)[0] > 0, "a KL divergence is never negative: check the sign in front."
# assert np.allclose(kl_of(2, 0), 2), (
#     f"mean 2, variance 1 costs 2 nats, received {kl_of(2, 0)[0]:.3f}. (4: the factor 1/2 is missing.)"
# )
# assert np.allclose(kl_of(2, 0, latent_dim=5), 10), (
#     f"five such entries cost 10 nats, received {kl_of(2, 0, latent_dim=5)[0]:.3f}: costs add up "
#     "over the entries."
# )
# assert np.allclose(kl_of(0, np.log(4)), 0.8069, atol=1e-3), (
#     f"mean 0, variance 4 costs 0.807 nats, received {kl_of(0, np.log(4))[0]:.3f}. What does z_log_var hold?"
# )
# print("KL: closed form looks right.")

# %% tags=["active-ipynb"] grade_id="kl_picture"
# mean_grid, log_var_grid = np.meshgrid(np.linspace(-3, 3, 121), np.linspace(-6, 2.5, 121))
# surface = np.asarray(kl_to_standard_normal(mean_grid.reshape(-1, 1), log_var_grid.reshape(-1, 1)))
# figure = Picture(figsize=(5.2, 3.8), layout="constrained")
# axes = figure.subplots()
# levels = [0, 0.05, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12]
# contours = axes.contourf(mean_grid, log_var_grid, surface.reshape(mean_grid.shape), levels=levels)
# axes.plot(0, 0, "r*", markersize=12, label="the prior: KL = 0")
# axes.set(xlabel="z_mean", ylabel="z_log_var")
# axes.set_title("Equation (4) for one entry of z, in nats", fontsize=9)
# axes.legend(fontsize=8, loc="lower right")
# figure.colorbar(contours)
# figure

# %% [markdown]
# A bowl with one lowest point, at the prior. Downwards, where the cloud shrinks, the cost grows without
# end: the single point to which an autoencoder squeezes its code would cost infinitely much.

# %% [markdown]
# ## 9. Reconstruction loss, once more: the Gaussian likelihood
#
# If $x$ holds real numbers, let the decoder give the mean $m$ of a Gaussian with one fixed variance $s^2$:
#
# $$ -\log p(x|z) =
# \tfrac12 \sum_i \left[ \frac{(x_i - m_i)^2}{s^2} + \log\left(2 \pi s^2\right) \right]. \tag{5} $$
#
# The slides give the $L_2$ distance as *the* autoencoder loss; it is this likelihood in disguise: the
# squared error, scaled and shifted by constants. The constants matter all the same. The scale $1/s^2$ sets
# the balance with the KL, and the shift makes (2) a true bound on $-\log p(x)$, which section 12 uses to
# the third decimal.
#
# **Write** it. The same sum over the same axes; the logarithm is inside the sum.


# %% role="solution" grade_id="gaussian"
@keras.saving.register_keras_serializable(package="vae")
class GaussianLikelihood(Likelihood):
    """Independent Gaussian entries: the decoder gives the mean, the variance is fixed: equation (5).

    Args:
        variance: float > 0, of every entry of x.
    """

    def __init__(self, variance=1.0):
        if not variance > 0:
            raise ValueError(f"variance must be positive, received {variance}. It is not a log-variance.")
        self.variance = float(variance)

    def negative_log_likelihood(self, x, parameters):
        """Return -log p(x|z), the normalising constant included.

        Args:
            x: float, (batch, ...).
            parameters: float, same shape; the means.

        Returns:
            (batch,), in nats; summed over every axis but the first.
        """
        mean = ops.convert_to_tensor(parameters)
        x = ops.cast(x, mean.dtype)
        pixel_axes = tuple(range(1, len(x.shape)))
        ### BEGIN SOLUTION: GaussianLikelihood.negative_log_likelihood: return equation (5) with
        ### self.variance, summed over pixel_axes.
        scaled_error = ops.square(x - mean) / self.variance
        return 0.5 * ops.sum(scaled_error + math.log(2.0 * math.pi * self.variance), axis=pixel_axes)
        ### END SOLUTION

    def mean(self, parameters):
        """Return the mean image: the decoder's output is the mean."""
        return parameters

    def get_config(self):
        """Return the constructor's arguments."""
        return {"variance": self.variance}


# %% tags=["active-ipynb"] role="test" grade_id="gaussian_check" points=2
# def gaussian_cost(error, variance, num_entries=1):
#     """Your cost, in nats, of `num_entries` entries that all miss their mean by `error`."""
#     mean = np.zeros((3, num_entries, 1), "float32")
#     return np.asarray(GaussianLikelihood(variance).negative_log_likelihood(mean + error, mean))
#
#
# assert gaussian_cost(0, 1, 5).shape == (3,), (
#     f"one loss per example: expected (3,), received {gaussian_cost(0, 1, 5).shape}."
# )
# assert np.allclose(gaussian_cost(0, 1), 0.9189, atol=1e-3), (
#     f"no error, variance 1: expected ln(2 pi) / 2 = 0.919 nats per entry, "
#     f"received {gaussian_cost(0, 1)[0]:.3f}."
# )
# assert np.allclose(gaussian_cost(0, 1, 5), 4.5947, atol=1e-3), (
#     f"five entries: expected 4.595 nats, received {gaussian_cost(0, 1, 5)[0]:.3f}. "
#     "The logarithm counts once per entry."
# )
# assert np.allclose(gaussian_cost(2, 4) - gaussian_cost(0, 4), 0.5, atol=1e-3), (
#     "missing by one standard deviation (2, with variance 4) should add half a nat: divide by the variance."
# )
# print("Gaussian likelihood: scale and constants look right.")

# %% tags=["active-ipynb"] grade_id="gaussian_picture"
# errors = np.linspace(-3, 3, 121, dtype="float32")[:, None]
# figure = Picture(figsize=(5, 3.2), layout="constrained")
# axes = figure.subplots()
# for variance in (0.1, 1.0, 4.0):
#     cost = GaussianLikelihood(variance).negative_log_likelihood(errors, np.zeros_like(errors))
#     axes.plot(errors, cost, label=f"variance {variance}")
# axes.set(xlabel="x - mean", ylabel="nats", ylim=(-1, 8))
# axes.set_title(
#     "Equation (5) for one entry: the sharper, the cheaper when right\nand the dearer when wrong", fontsize=9
# )
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# For small variances the cost dips below zero. Nothing is wrong: a *density* may exceed 1, so its negative
# logarithm may be negative. A KL may not.

# %% [markdown]
# ## 10. The VAE: putting the parts together
#
# Now the parts meet in one class. Nothing new to derive: each method is a few lines that call what you
# have. Fill the class from top to bottom; the four checks after it follow the same order, so you can run
# the first one as soon as the forward methods are there.
#
# | method | what it does |
# |---|---|
# | `encode(x)` | asks the encoder: `z_mean, z_log_var` |
# | `decode(z)` | asks the decoder: the parameters of $p(x \mid z)$ |
# | `call(x)` | encode, draw one $z$ by (1), decode |
# | `elbo_terms(x)` | the two terms of (2), one number per example each |
# | `train_step(data)` | one gradient step on the batch mean of their sum |
# | `test_step(data)` | the same numbers, and no step |
# | `sample(num_samples)` | $z$ from the prior, decode, show the mean |
# | `reconstruct(x)` | decode the mean of $q(z \mid x)$, show the mean |
# | `get_config`, `from_config` | take the model apart into plain data, and put it together again |
#
# **The training step.** A `tf.GradientTape` records the forward pass. Outside the tape, ask it for the
# gradients of the scalar loss with respect to `self.trainable_variables` (encoder *and* decoder: one loss,
# one step) and hand both to `self.optimizer`. Then give the two losses, still one number per example, to
# `self.update_trackers` and return what it returns. The trackers average over the epoch: returning your own
# `loss` instead would report the last batch. (Dense layers act the same in training and in use; with batch
# normalisation or dropout you would also pass `training=True` here.)
#
# **Mean or sample?** On the slides a reconstruction is "produced by sampling". A sampled Bernoulli image is
# black and white static around the digit; what people show, and what `sample` and `reconstruct` return
# here, is the *mean* of $p(x|z)$. `self.likelihood` knows how.
#
# **Saving.** Keras stores the weights and the result of `get_config`. A VAE's arguments are objects, so
# `get_config` turns each into plain data with `keras.saving.serialize_keras_object`, and `from_config`
# turns it back with `keras.saving.deserialize_keras_object`. Forget one and the reloaded model has other
# parts than the saved one.


# %% role="solution" grade_id="vae"
@keras.saving.register_keras_serializable(package="vae")
class VAE(BaseVAE):
    """A variational autoencoder: any encoder, any decoder, any likelihood. Kingma & Welling (2014).

    Args:
        encoder: keras.Model, x -> (z_mean, z_log_var), each (batch, latent_dim).
        decoder: keras.Model, z (batch, latent_dim) -> parameters of p(x|z), shape of x.
        likelihood: a Likelihood; None means BernoulliLikelihood().
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.likelihood = BernoulliLikelihood() if likelihood is None else likelihood
        self.sampling = Sampling()

    def encode(self, x):
        """Return (z_mean, z_log_var) of q(z|x), each float32, (batch, latent_dim)."""
        ### BEGIN SOLUTION: VAE.encode: return the encoder's two outputs.
        z_mean, z_log_var = self.encoder(x)
        return z_mean, z_log_var
        ### END SOLUTION

    def decode(self, z):
        """Return the parameters of p(x|z) for z (batch, latent_dim)."""
        ### BEGIN SOLUTION: VAE.decode: return the decoder's output.
        return self.decoder(z)
        ### END SOLUTION

    def call(self, x):
        """Return the parameters of p(x|z), shape of x, for one z drawn from q(z|x)."""
        ### BEGIN SOLUTION: VAE.call: encode x, draw one z with self.sampling, return its decoding.
        z_mean, z_log_var = self.encode(x)
        return self.decode(self.sampling(z_mean, z_log_var))
        ### END SOLUTION

    def elbo_terms(self, x):
        """Return the two terms of equation (2), estimated with one z per example.

        Args:
            x: float, (batch, *data_shape).

        Returns:
            (reconstruction_loss, kl_loss), each float32, (batch,), in nats; not averaged over the batch.
        """
        ### BEGIN SOLUTION: VAE.elbo_terms: encode x, draw one z, decode it; return the likelihood's loss
        ### for x and the KL of equation (4), both per example.
        z_mean, z_log_var = self.encode(x)
        parameters = self.decode(self.sampling(z_mean, z_log_var))
        reconstruction_loss = self.likelihood.negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)
        ### END SOLUTION

    def train_step(self, data):
        """Take one gradient step on the batch mean of -ELBO.

        Args:
            data: what `fit` passes: x, or (x, y) of which y is not used.

        Returns:
            dict of the epoch's means so far: loss, reconstruction_loss, kl_loss.
        """
        x = self.inputs_of(data)
        ### BEGIN SOLUTION: VAE.train_step: record the batch mean of equation (2) on a tf.GradientTape,
        ### apply its gradients with self.optimizer, and return what self.update_trackers returns.
        with tf.GradientTape() as tape:
            reconstruction_loss, kl_loss = self.elbo_terms(x)
            loss = ops.mean(reconstruction_loss + kl_loss)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return self.update_trackers(reconstruction_loss, kl_loss)
        ### END SOLUTION

    def test_step(self, data):
        """Return the same dict for held-out data; no weight changes."""
        x = self.inputs_of(data)
        ### BEGIN SOLUTION: VAE.test_step: compute the two losses, update the trackers, change no weight.
        reconstruction_loss, kl_loss = self.elbo_terms(x)
        return self.update_trackers(reconstruction_loss, kl_loss)
        ### END SOLUTION

    def sample(self, num_samples):
        """Return new mean images, (num_samples, *data_shape), for z drawn from the prior."""
        ### BEGIN SOLUTION: VAE.sample: draw z from N(0, I), decode, return the likelihood's mean.
        z = keras.random.normal((num_samples, self.latent_dim))
        return self.likelihood.mean(self.decode(z))
        ### END SOLUTION

    def reconstruct(self, x):
        """Return the mean image, shape of x, decoded from z_mean: no randomness."""
        ### BEGIN SOLUTION: VAE.reconstruct: encode x, decode z_mean, return the likelihood's mean.
        z_mean, _ = self.encode(x)
        return self.likelihood.mean(self.decode(z_mean))
        ### END SOLUTION

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        ### BEGIN SOLUTION: VAE.get_config: return the parent's config with encoder, decoder and likelihood
        ### added, each through keras.saving.serialize_keras_object.
        config = super().get_config()
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        return config
        ### END SOLUTION

    @classmethod
    def from_config(cls, config):
        """Make a VAE from the dict of `get_config`, which is left as it was."""
        ### BEGIN SOLUTION: VAE.from_config: in a copy of config, turn the three parts back into objects
        ### with keras.saving.deserialize_keras_object; return cls of all arguments.
        config = dict(config)
        for part in ("encoder", "decoder", "likelihood"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
        ### END SOLUTION


# %% [markdown]
# ### 10a. Forward
#
# The zero-weight test needs no training and no seed: set every weight to 0. Then all logits are 0, every
# pixel costs $\ln 2$, both heads say 0, and $q(z|x)$ is the prior itself. So the two terms must be 543.43
# and 0.

# %% tags=["active-ipynb"] role="test" grade_id="vae_forward_check" points=3
# vae = VAE(Encoder(latent_dim=3, hidden_units=32), Decoder(hidden_units=32))
# some = digits.x_test[:6]
# z_mean, z_log_var = vae.encode(some)
# assert z_mean.shape == z_log_var.shape == (6, 3), (
#     f"encode: expected two arrays (6, 3), received {z_mean.shape}."
# )
# assert vae.decode(z_mean).shape == some.shape, (
#     f"decode: expected {some.shape}, received {vae.decode(z_mean).shape}."
# )
# assert vae(some).shape == some.shape, f"call: expected {some.shape}, received {vae(some).shape}."
# assert not np.allclose(vae(some), vae(some)), (
#     "call gave the same answer twice: draw a z, do not decode z_mean."
# )
# terms = vae.elbo_terms(some)
# assert [tuple(term.shape) for term in terms] == [(6,), (6,)], (
#     f"elbo_terms: expected two arrays (6,), one number per example, "
#     f"received {[tuple(term.shape) for term in terms]}."
# )
# vae.set_weights([np.zeros_like(weight) for weight in vae.get_weights()])
# reconstruction_loss, kl_loss = (float(term[0]) for term in vae.elbo_terms(some))
# assert abs(reconstruction_loss - 784 * np.log(2)) < 0.01, (
#     f"all weights 0: the reconstruction loss should be 543.43, received {reconstruction_loss:.2f}. "
#     "Is the order (reconstruction_loss, kl_loss), and does the likelihood get the logits themselves?"
# )
# assert abs(kl_loss) < 1e-5, (
#     f"all weights 0: q(z|x) is the prior, so the KL loss should be 0, received {kl_loss:.3f}."
# )
# print("VAE, forward: shapes and the zero-weight test look right.")

# %% tags=["active-ipynb"] grade_id="vae_forward_picture"
# keras.utils.set_random_seed(0)
# small_vae = VAE(Encoder(latent_dim=10, hidden_units=128), Decoder(hidden_units=128))
# before = np.asarray(small_vae.reconstruct(digits.x_test[:10]))
# reconstruction_sheet(digits.x_test[:10], before, f"Untrained VAE, on test images: {digits.caption}")

# %% [markdown]
# ### 10b. Training
#
# The check takes a few steps on one batch: the loss must fall, `loss` must be the sum of its two parts,
# both the encoder and the decoder must move, and `test_step` must move nothing.

# %% tags=["active-ipynb"] role="test" grade_id="train_step_check" points=5
# keras.utils.set_random_seed(1)
# vae = VAE(Encoder(latent_dim=3, hidden_units=32), Decoder(hidden_units=32))
# vae.compile(optimizer=keras.optimizers.Adam(2e-2), jit_compile=False)
# batch = digits.x_train[:32]
# vae(batch)
# weights = [np.array(weight) for weight in vae.get_weights()]
# logs = {name: float(value) for name, value in vae.test_step(batch).items()}
# assert set(logs) == {"loss", "reconstruction_loss", "kl_loss"}, (
#     f"return update_trackers' dict, received keys {set(logs)}."
# )
# assert abs(logs["loss"] - logs["reconstruction_loss"] - logs["kl_loss"]) < 0.01, (
#     "loss must be the sum of its two terms."
# )
# assert all(np.array_equal(old, new) for old, new in zip(weights, vae.get_weights(), strict=True)), (
#     "test_step must not train."
# )
# for name, part in (("encoder", vae.encoder), ("decoder", vae.decoder)):
#     part_before = [weight.numpy() for weight in part.trainable_variables]
#     vae.train_step((batch, digits.y_train[:32]))
#     part_after = [weight.numpy() for weight in part.trainable_variables]
#     moved = [not np.array_equal(old, new) for old, new in zip(part_before, part_after, strict=True)]
#     assert all(moved), f"train_step left {moved.count(False)} weight arrays of the {name} as they were."
# first = logs["loss"]
# for _ in range(8):
#     vae.reset_metrics()
#     last = float(vae.train_step(batch)["loss"])
# assert last < 0.85 * first, (
#     f"10 steps on one batch should lower the loss by a seventh at least, but {first:.0f} became "
#     f"{last:.0f}. Is the sign of the loss right?"
# )
# print(f"train_step: the loss fell from {first:.0f} to {last:.0f} nats.")

# %% [markdown]
# Now a short real training, two or three seconds, on the scikit-learn digits. Held-out images go in as
# `validation_data`: Keras calls your `test_step` for them.

# %% tags=["active-ipynb", "long"] grade_id="train_step_picture"
# small_vae.compile(optimizer=keras.optimizers.Adam(3e-3), jit_compile=False)
# history = small_vae.fit(
#     digits.x_train,
#     epochs=5,
#     batch_size=64,
#     validation_data=(digits.x_test,),
#     validation_batch_size=1_000,
#     verbose=0,
# ).history
# terms = ("reconstruction_loss", "kl_loss", "loss")
# in_order = {name: history[name] for term in terms for name in (term, f"val_{term}")}
# training_curves(in_order, f"A small VAE, z=10: {digits.caption}")

# %% [markdown]
# The three panels obey reconstruction + KL = total, at every epoch. The first epoch's KL overshoots. Then,
# while the reconstruction improves, the KL *rises*: what is known about the image has to be written into
# $z$, and the KL is the price of writing. A KL that falls to 0 instead means that the decoder has stopped
# listening to $z$.

# %% [markdown]
# ### 10c. Generating

# %% tags=["active-ipynb"] role="test" grade_id="generate_check" points=2
# vae, some = VAE(Encoder(latent_dim=3, hidden_units=32), Decoder(hidden_units=32)), digits.x_test[:10]
# fakes = np.asarray(vae.sample(7))
# assert fakes.shape == (7, 28, 28, 1), f"sample(7): expected (7, 28, 28, 1), received {fakes.shape}."
# assert not np.allclose(fakes[0], fakes[1]), "all fakes are equal: every one needs a z of its own."
# assert not np.allclose(fakes, vae.sample(7)), "two calls of sample gave the same fakes."
# rebuilt = np.asarray(vae.reconstruct(some))
# assert rebuilt.shape == some.shape, f"reconstruct: expected the shape of x, received {rebuilt.shape}."
# assert np.array_equal(rebuilt, vae.reconstruct(some)), "reconstruct should decode z_mean, without noise."
# for name, images in (("sample", fakes), ("reconstruct", rebuilt)):
#     assert 0 <= images.min() and images.max() <= 1, (
#         f"{name} should return mean images in [0, 1], not logits."
#     )
# print("sample and reconstruct look right.")

# %% tags=["active-ipynb", "long"] grade_id="reconstruct_picture"
# rebuilt = np.asarray(small_vae.reconstruct(digits.x_test[:10]))
# reconstruction_sheet(digits.x_test[:10], rebuilt, f"After 5 short epochs, on test images: {digits.caption}")

# %% tags=["active-ipynb", "long"] grade_id="sample_picture"
# image_grid(
#     np.asarray(small_vae.sample(20)),
#     columns=10,
#     caption=f"Twenty fakes after 5 short epochs, trained on {digits.caption}",
# )

# %% [markdown]
# Blurred and half-formed, yet plainly of the kind of the training images: a second or two of training. Note
# that you cannot choose which digit comes, since a plain VAE has no handle for the class. That is
# Wednesday's topic.

# %% [markdown]
# ### 10d. Saving and loading
#
# The part that is easy to forget is an argument that differs from its default. So the check uses such
# arguments.

# %% tags=["active-ipynb"] role="test" grade_id="config_check" points=3
# keras.utils.set_random_seed(2)
# saved = VAE(
#     Encoder(latent_dim=4, hidden_units=24),
#     Decoder(hidden_units=16),
#     GaussianLikelihood(variance=0.25),
#     name="mine",
# )
# config = saved.get_config()
# twin = VAE.from_config(config)
# assert isinstance(twin.encoder, Encoder) and isinstance(twin.decoder, Decoder), (
#     "from_config must make the sub-models anew."
# )
# assert (twin.encoder.latent_dim, twin.encoder.hidden_units) == (4, 24), (
#     "the encoder came back with other arguments."
# )
# assert twin.decoder.hidden_units == 16, "the decoder came back with other arguments."
# assert getattr(twin.likelihood, "variance", None) == 0.25, (
#     "the likelihood was lost: expected GaussianLikelihood(0.25)."
# )
# assert twin.name == "mine", "the name was lost: start from super().get_config()."
# some = digits.x_test[:5]
# saved(some)
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "vae.keras")
#     reloaded = keras.models.load_model(Path(folder) / "vae.keras")
# assert np.allclose(saved.reconstruct(some), reloaded.reconstruct(some)), (
#     "the reloaded model gives other outputs."
# )
# print("Saving: the reloaded model is the saved one.")

# %% tags=["active-ipynb", "long"] grade_id="config_picture"
# with tempfile.TemporaryDirectory() as folder:
#     small_vae.save(Path(folder) / "vae.keras")
#     reloaded = keras.models.load_model(Path(folder) / "vae.keras")
# pair = np.concatenate([small_vae.reconstruct(digits.x_test[:10]), reloaded.reconstruct(digits.x_test[:10])])
# image_grid(
#     pair,
#     columns=10,
#     caption=f"Reconstructions: the trained model above, its reloaded twin below ({digits.caption})",
# )

# %% [markdown]
# ## 11. Did it learn? The held-out ELBO
#
# Pictures flatter. The honest measure is the loss on images that the model never trained on, in nats per
# image: by (2) it bounds $-\log p(x)$ from above, so lower is better, and two models may be compared by it
# (same data, same likelihood). If the training loss is much lower than the held-out loss, the model
# memorises.
#
# With `evaluate`, Keras runs your `test_step` over all batches. One $z$ is drawn per image, so the number
# wobbles a little from run to run; over many images the wobble is small.

# %% tags=["active-ipynb", "long"] grade_id="held_out"
# for name, images in (("training", digits.x_train), ("held out", digits.x_test)):
#     totals = [
#         small_vae.evaluate(images, batch_size=1_000, verbose=0, return_dict=True)["loss"] for _ in range(3)
#     ]
#     print(
#         f"-ELBO, {name:8s} ({len(images):4d} images): {np.mean(totals):6.1f} nats, "
#         f"three runs within {np.ptp(totals):.1f}"
#     )

# %% [markdown]
# Nearly the same: in five epochs nothing is memorised. Raise `epochs` to 100 in section 10b and look again:
# with only 1,433 training images a gap of one to two nats opens. `train_vae_mnist.ipynb` asks the same of
# the real thing.

# %% [markdown]
# ## 12. A case where we know the answer
#
# Does the whole machine reach the optimum? For images nobody knows it. For a two-dimensional Gaussian we
# do.
#
# Take points from a Gaussian with standard deviations 5 and 1, turned by some angle. No density can
# describe them with fewer nats, on average, than their entropy,
#
# $$ H = \ln(2 \pi e) + \ln 5 = 4.447 \text{ nats}, $$
#
# and $-\mathrm{ELBO} \ge -\log p(x)$, so no VAE can do better. Can one do as well? Let the decoder be a
# single linear layer, $m = Wz + b$, with `GaussianLikelihood(variance=1.0)`. Then
# $p(x) = \mathcal N(b,\ WW^\top + I)$: this model is known as probabilistic PCA. The data's covariance has
# eigenvalues 25 and 1. The unit variance supplies 1 in every direction, so $WW^\top$ has to supply only the
# missing 24 along the long axis and nothing along the short one. With variance 1, and not with a larger
# one, the fit can be exact. And the true posterior is a Gaussian whose mean is linear in $x$ and whose
# covariance is constant, so a linear encoder can match that too: **the bound can be reached.**
#
# Your class takes any encoder and decoder, so the same `VAE` runs it: this is what composition buys.

# %% tags=["active-ipynb", "long"] grade_id="gaussian_2d_training"
# # Long: about 10 seconds on a laptop with two cores.
# keras.utils.set_random_seed(0)
# points, held_out_points = (
#     gaussian_2d(20_000, seed=0, rotation=0.6),
#     gaussian_2d(20_000, seed=1, rotation=0.6),
# )
# point, code = keras.Input((2,)), keras.Input((2,))
# # Points lie up to 20 from the origin; a log-variance head that starts at zero keeps its exponential small.
# heads = [layers.Dense(2)(point), layers.Dense(2, kernel_initializer="zeros")(point)]
# linear_encoder = keras.Model(point, heads, name="linear_encoder")
# linear_decoder = keras.Model(code, layers.Dense(2)(code), name="linear_decoder")
# linear_vae = VAE(linear_encoder, linear_decoder, GaussianLikelihood(variance=1.0))
# learning_rate = keras.optimizers.schedules.CosineDecay(0.05, decay_steps=12 * 200)
# linear_vae.compile(optimizer=keras.optimizers.Adam(learning_rate), jit_compile=False)
# history = linear_vae.fit(
#     points,
#     epochs=12,
#     batch_size=100,
#     validation_data=(held_out_points,),
#     validation_batch_size=20_000,
#     verbose=0,
# ).history
# final = linear_vae.evaluate(held_out_points, batch_size=20_000, verbose=0, return_dict=True)
# print({name: round(value, 3) for name, value in final.items()}, f"optimum {GAUSSIAN_2D_ENTROPY:.3f}")
#
# figure = Picture(figsize=(10, 3.8), layout="constrained")
# curve, plane = figure.subplots(1, 2)
# curve.plot(np.arange(1, 13), history["val_loss"], label="-ELBO, held out")
# curve.axhline(
#     GAUSSIAN_2D_ENTROPY, color="k", linestyle="--", label=f"entropy of the data, {GAUSSIAN_2D_ENTROPY:.3f}"
# )
# curve.set(xlabel="epoch", ylabel="nats per point", ylim=(4.2, 6.2))
# curve.legend(fontsize=8)
# weight, bias = linear_decoder.get_weights()
# spreads, directions = np.linalg.eigh(weight.T @ weight + np.eye(2))
# circle = np.stack(ellipse((0, 0), (1, 1)))
# plane.plot(*held_out_points[:1_000].T, ".", markersize=2, alpha=0.5, label="held-out points")
# plane.plot(
#     *(bias[:, None] + directions @ (np.sqrt(spreads)[:, None] * circle)),
#     "r",
#     label="the model's p(x), 2 sd",
# )
# plane.set(aspect="equal")
# plane.legend(fontsize=8)
# figure.suptitle(
#     "Linear VAE on 2-D Gaussian points, standard deviations 5 and 1 (generated data)", fontsize=9
# )
# figure

# %% [markdown]
# The held-out loss should end within 0.05 nats of the dashed line (a hair *below* is possible: 20,000
# points have an entropy of their own), and the ellipse should hug the points. It is a sharp test of the
# whole chain. With a KL that lacks its 1/2 the curve stops at 5.8. With noise scaled by the variance it
# falls to 3.5, far below the entropy: better than the best possible, which is how a wrong formula shows
# itself when the pictures look fine.
#
# Look at the KL of each entry of $z$. When the two entries line up with the axes of the cloud, one carries
# $\frac12 \ln 25 = 1.61$ nats and the other nothing.

# %% tags=["active-ipynb", "long"] grade_id="gaussian_2d_codes"
# z_mean, z_log_var = linear_vae.encode(held_out_points)
# per_entry = [
#     float(ops.mean(kl_to_standard_normal(z_mean[:, j : j + 1], z_log_var[:, j : j + 1]))) for j in range(2)
# ]
# figure = Picture(figsize=(4, 2.8), layout="constrained")
# axes = figure.subplots()
# axes.bar(["z[0]", "z[1]"], per_entry)
# axes.axhline(0.5 * np.log(25), color="k", linestyle="--", label="ln(25) / 2")
# axes.set(ylabel="KL, nats")
# axes.set_title("What each entry of z carries\n(2-D Gaussian, generated data)", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# For the unused entry $q(z_j|x)$ equals the prior, whatever $x$ is. This is called **posterior collapse**,
# and here it is right: there was only one direction left to explain. For images it would be a failure, and
# it shows what the slides' sentence "after training $q(z|x_i)$ is close to a standard normal" must not
# mean. What comes close to $\mathcal N(0, I)$ is the *aggregate*: all clouds of all images together. Each
# single cloud stays small and in its own place, or else $z$ would say nothing about $x$.

# %% [markdown]
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit`
# `vae.ipynb` and `vae.py`, and go on to `train_vae_mnist.ipynb`, which trains your class on the digits
# proper.
