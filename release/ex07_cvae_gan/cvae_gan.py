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
# # The combination: a conditional VAE-GAN
#
# The conditional VAE knows where each image lives, but paints softly. The conditional GAN paints sharply, but has
# no encoder: nobody can ask it for *this* image. Today you measure both faults, and then build one model out of the
# parts of both: an encoder, a decoder that is also a generator, and a discriminator. None of these parts is new.
# New is who teaches whom.
#
# **How to work.** As before: an idea, its equation, a hole, a quick check, a picture. Replace each line
# `raise ToImplement(...)` by your code and run the check below it. (Stuck? `HINTS_SWE.ipynb` has three hints for
# each hole.) The solved classes of the earlier exercises lie beside this notebook as
# `vae.py`, `gan.py` and `conditional.py`.
#
# Every cell runs in a second or two, except those tagged `long`, which train: about three minutes together on a
# laptop with two cores. Saving the notebook also writes `cvae_gan.py`, which the caller
# `train_cvaegan_mnist` imports.

# %% [markdown]
# ## 1. Two parents, and what each of them lacks (3 points, about 10 minutes)
#
# ```text
#             x, y                      z, y                       x, y       z, y
#              |                         |                          |          |
#           encoder                  generator                   encoder       |
#              |                         |                          |          |
#              z, y                    image, y                     z, y       |
#              |                         |                          |__________|
#           decoder                discriminator                         |
#              |                         |                      decoder = generator
#        compared with x,               real?                            |
#        pixel by pixel                                              image, y
#                                                                        |
#                                                                  discriminator
#                                                                   |         |
#                                                                 real?    features: compared
#                                                                          with those of x
#
#              CVAE                 ConditionalGAN                     CVAEGAN
# ```
#
# The class you build *is a* `LatentVariableModel`, as Monday's VAE: it encodes, decodes and samples. It *has* a
# discriminator and a condition. `BaseCVAEGAN` (given, `vaegan/combined.py`) keeps the books: the parts, one
# optimizer for each network, the means of the epoch. You write three classes on top of it, one idea each:
#
# ```text
#   LatentVariableModel
#     └── BaseCVAEGAN                    parts, optimizers, trackers                     (given)
#           └── ConditionalNetworks      how the label reaches each network              section 3
#                 └── CVAEGANLosses      what each of them wants                         section 4
#                       └── CVAEGAN      who is moved by what                            section 5
# ```

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "b3c3ece0ef59371e74ecab30b7ef8f13", "grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import keras
import numpy as np
import tensorflow as tf
from conditional import append_condition, append_to_data
from keras import layers, ops
from vae import Sampling, kl_to_standard_normal

from vaegan.combined import BaseCVAEGAN
from vaegan.conditional import images_and_labels, labels_in_turn


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e2a7849a1bd67efd3426549a9dfd4b96", "grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # Only for the checks and pictures of this notebook: the module cvae_gan.py does without.
# import tempfile
# from pathlib import Path
#
# from conditional import CVAE, ConditionalGAN, EmbeddingCondition, OneHotCondition
# from gan import Discriminator, Generator
# from scipy.ndimage import gaussian_filter
# from vae import Decoder, Encoder
#
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid, steerable_sheet, training_curves
# from vaegan.reader import Reader
# from vaegan.steering import steering_inputs
#
#
# def dense(num_inputs, *num_outputs, units=16):
#     """A small network for vectors: a hidden layer, and one output per number in num_outputs."""
#     x = keras.Input((num_inputs,))
#     h = layers.Dense(units, activation="relu")(x)
#     outputs = [layers.Dense(num)(h) for num in num_outputs]
#     return keras.Model(x, outputs if len(outputs) > 1 else outputs[0])
#
#
# def dense_judge(num_inputs, num_features=5):
#     """A small discriminator of vectors: (logits, features), the logit made of the features."""
#     x = keras.Input((num_inputs,))
#     features = layers.Dense(num_features, activation="tanh")(x)
#     return keras.Model(x, [layers.Dense(1)(features), features])
#
#
# def weights_of(network):
#     """Copies of all weights, to compare with later ones."""
#     return [np.asarray(variable) for variable in network.variables]
#
#
# def same(old, new):
#     """Whether two lists of weights are equal."""
#     return all(np.array_equal(first, second) for first, second in zip(old, new, strict=True))
#
#
# digits = load_images("digits")
# held_out, held_out_labels = digits.x_test, digits.y_test
# digits

# %% [markdown]
# ### 1a. Sharpness, as a number (3 points, about 10 minutes)
#
# Where an image is sharp, neighbouring pixels differ. The discrete Laplacian takes, at every pixel that has four
# neighbours, four times the pixel minus its neighbours; the **variance** of that over the image is large where
# there are edges, and small where everything is smeared out:
#
# $$ \Delta x_{h,w} = 4 x_{h,w} - x_{h-1,w} - x_{h+1,w} - x_{h,w-1} - x_{h,w+1}, \qquad
# \mathrm{sharpness}(x) = \mathrm{Var}_{h,w}\left[\Delta x_{h,w}\right]. \tag{1} $$
#
# It is no measure of beauty: noise is sharp, too. What we ask of drawn images is that their sharpness is *that of
# real ones*, neither less nor more.
#
# **Write** it in NumPy, without a loop over pixels: five shifted views of the images.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "46861c273d3b8d4c726f5e5e12f6f597", "grade": false, "grade_id": "sharpness", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sharpness(images):
    """Variance of the Laplacian of each image: equation (1).

    Args:
        images: float, (batch, height, width, 1), height and width at least 3; NumPy or tensor.

    Returns:
        float64 NumPy array, (batch,): over the (height - 2) * (width - 2) pixels that have four neighbours.
    """
    x = np.asarray(images, "float64")[..., 0]
    raise ToImplement(
        "sharpness: the Laplacian from five shifted views of x; return its variance for each "
        "image."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f3a982aefabee2d1da60d3ceb7b9ca9a", "grade": true, "grade_id": "sharpness_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# dot = np.zeros((1, 5, 5, 1))
# dot[0, 2, 2] = 1.0
# found = sharpness(np.concatenate([dot, 2 * dot, np.ones_like(dot)]))
# assert found.shape == (3,), f"one number for each image: expected (3,), received {found.shape}."
# # nine inner pixels: 4 once, -1 four times, 0 four times: mean 0, mean square 20 / 9
# assert np.allclose(found, [20 / 9, 80 / 9, 0.0]), (
#     f"a dot, a dot twice as bright, a white image: expected 2.22, 8.89, 0, received {found.round(2)}."
# )
# print("Sharpness: the Laplacian's variance looks right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# chosen = digits.x_test[digits.y_test == 8][:1]
# softer = [gaussian_filter(chosen, (0, width, width, 0)) for width in (0.0, 0.7, 1.4, 2.1)]
# moved = np.roll(chosen, 1, axis=2)
# shown = np.concatenate([*softer, moved])
# distances = ((shown - chosen) ** 2).sum(axis=(1, 2, 3))
# image_grid(
#     shown,
#     columns=5,
#     titles=[
#         f"{s:.2f}; {d:.0f}"
#         for s, d in zip(sharpness(shown), distances, strict=True)
#     ],
#     caption="Sharpness; squared distance of the pixels from the first image. "
#     f"An eight, blurred more and more, and the sharp one moved by a pixel ({digits.caption})",
# )

# %% [markdown]
# Look at the second numbers. To the pixels, the *blurred* eights are nearer to the original than the sharp one that
# stands a pixel further to the right, which you would not tell from it. Whoever is paid for small pixel distances
# and is not sure of the place learns to blur. That is the CVAE's fault, and it is not a lack of skill but of a
# better **ruler**.
#
# ### 1b. Measure both parents
#
# Now train both for a short time and measure: is the sharpness that of real digits? Does a classifier, trained on
# real digits alone, read the class that was asked for? And can the model give back a held-out image, so that its
# class is still read? A GAN cannot even be asked.

# %% tags=["active-ipynb", "long", "raises-exception"]
# def parents():
#     """A CVAE and a conditional GAN, not trained."""
#     cvae = CVAE(Encoder(latent_dim=8), Decoder(), OneHotCondition(10))
#     cvae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
#     cgan = ConditionalGAN(Generator(8, filters=16), Discriminator(filters=16), 8, OneHotCondition(10))
#     adam = [keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)]
#     cgan.compile(*adam, jit_compile=False)
#     return cvae, cgan
#
#
# keras.utils.set_random_seed(0)
# cvae, cgan = parents()
# cvae.fit(digits.x_train, digits.y_train, epochs=30, batch_size=32, verbose=0)
# cgan.fit(digits.x_train, digits.y_train, epochs=40, batch_size=32, verbose=0)
# reader = Reader(digits.x_train, digits.y_train, 10, num_steps=300)

# %% tags=["active-ipynb", "long", "raises-exception"]
# asked = np.arange(500) % 10
#
#
# def measure(name, fakes, rebuilt=None):
#     """Print one line of numbers on fakes of the classes in `asked`, and on reconstructions of the held-out digits."""
#     line = f"{name:16s} sharpness {sharpness(fakes).mean():.2f}, read as asked {reader.accuracy(fakes, asked):4.0%}"
#     if rebuilt is None:
#         return print(line + ", cannot reconstruct")
#     print(
#         line + f"; rebuilt: sharpness {sharpness(rebuilt).mean():.2f}, "
#         f"class kept {reader.accuracy(rebuilt, held_out_labels):4.0%}"
#     )
#
#
# print(f"{'real, held out':16s} sharpness {sharpness(held_out).mean():.2f}")
# measure("CVAE", cvae.sample(500, asked), cvae.reconstruct((held_out, held_out_labels)))
# measure("ConditionalGAN", cgan.sample(500, asked))

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# shown = np.concatenate([held_out[:10], cvae.reconstruct((held_out[:10], held_out_labels[:10]))])
# shown = np.concatenate([shown, cvae.sample(10), cgan.sample(10)])
# image_grid(
#     shown,
#     columns=10,
#     caption=f"Held-out digits, the CVAE's reconstructions, its fakes, the GAN's fakes: {digits.caption}",
# )

# %% [markdown]
# ## 2. A better ruler: the discriminator's features (4 points, about 20 minutes)
#
# Which differences between two images matter? The discriminator learns just that: its body turns an image into
# **features**, on which its last layer decides whether the image is real. Larsen et al. (2016) compare an image with
# its reconstruction *there*, instead of pixel by pixel. A stroke that has moved by a pixel gives nearly the same
# features; a stroke that has been smeared out does not.
#
# So today's discriminator answers twice, in one pass through its body:
#
# $$ f = \mathrm{body}(x, c), \qquad \ell = w^\top f + b, \qquad D(x \mid y) = \mathrm{sigmoid}(\ell). \tag{2} $$
#
# **Write** `FeatureDiscriminator`: the body follows the rules of Tuesday's discriminator (strided convolutions,
# LeakyReLU with slope 0.2, at the end `Flatten`), the head is a Dense layer of one unit on *these* features. One thing
# is new: after the second convolution comes a `LayerNormalization` instead of a batch normalisation. It, too, keeps the
# features at one scale, so that a distance means the same all through the training. But it looks at one image alone,
# and it has no memory that would differ between training and use. A ruler should not depend on who else is measured:
# with batch normalisation here, $z$ fell silent in our trials, at 0.2 nats. Make the layers in `__init__`.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "f7ec235f429e10ab2525501890ec1579", "grade": false, "grade_id": "features", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="cvae_gan")
class FeatureDiscriminator(keras.Model):
    """Is this image real, and by what do you tell? After Larsen et al. (2016).

    Args:
        filters: int, of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, filters=32, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        raise ToImplement(
            "FeatureDiscriminator.__init__: make the layers of the body, ending with Flatten, and "
            "the head: Dense, one unit, no activation."
        )

    def call(self, x, training=None):
        """Return what equation (2) says of each image.

        Args:
            x: float, (batch, height, width, channels).
            training: bool or None; of no consequence to layers that are the same in training and in use.

        Returns:
            (logits (batch, 1), features (batch, num_features)), both float32 and unbounded.
        """
        raise ToImplement(
            "FeatureDiscriminator.call: send x through the body once; return the head's logits of "
            "the features, and the features."
        )

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(filters=self.filters)
        return config


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "2af21b767c29fc205a865c388c264f1d", "grade": true, "grade_id": "features_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# judge = FeatureDiscriminator(filters=4)
# some = digits.x_test[:6]
# with tf.GradientTape(persistent=True) as tape:
#     logits, features = judge(some)
# assert tuple(logits.shape) == (6, 1), f"logits: expected (6, 1), received {tuple(logits.shape)}."
# assert len(features.shape) == 2 and features.shape[0] == 6, (
#     f"features: expected (6, num_features), received {tuple(features.shape)}. Flatten them."
# )
# of_logits = [tape.gradient(logits, weight) is not None for weight in judge.trainable_variables]
# of_features = [tape.gradient(features, weight) is not None for weight in judge.trainable_variables]
# assert all(of_logits), "the logit should depend on every weight."
# assert sum(of_features) == len(of_features) - 2, (
#     "the features should depend on every weight but the head's kernel and bias: they come before the head."
# )
# print(f"FeatureDiscriminator: {features.shape[1]} features, and a logit made of them.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# maps = np.asarray(judge(chosen)[1]).reshape(7, 7, -1)
# maps = np.moveaxis((maps - maps.min()) / np.ptp(maps), -1, 0)[..., None]
# image_grid(maps, columns=8, caption=f"Eight of an untrained discriminator's features of the eight: {digits.caption}")

# %% [markdown]
# ## 3. Three networks, one label (5 points, about 25 minutes)
#
# Wednesday's rule: a network that is to obey a label must be told it. Here there are three, and each gets $c$ where
# it has room, with the two functions that you wrote:
#
# $$ q(z \mid x, y) = \mathrm{encoder}(x, c), \qquad \tilde x = \mathrm{decoder}(z, c), \qquad
# (\ell, f) = \mathrm{discriminator}(x, c). \tag{3} $$
#
# The decoder is Tuesday's `Generator`: it ends in a sigmoid, its output *is* the image. Two things need care.
#
# - **Modes.** The generator has batch normalisation, and some discriminator may have it. `decode` and `judge`
#   take `training` and pass it on; nobody but the caller knows whether this is training or use.
# - **The judge is told, not bribed.** A learned table belongs to the decoder. The discriminator reads it through
#   `stop_gradient` (given), as on Wednesday.
#
# With an encoder *and* a label there is something that neither parent can do well: take a real image, keep its $z$,
# and say another label. **Write** the methods; `relabel` is the one that this chapter is about.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "28f455eadd10335376f7c6ef06583958", "grade": false, "grade_id": "networks", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ConditionalNetworks(BaseCVAEGAN):
    """How the label reaches the encoder, the decoder and the discriminator; what the model can do in use."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sampling = Sampling()

    def encode(self, x, labels):
        """Return (z_mean, z_log_var) of q(z|x,y), each float32, (batch, latent_dim)."""
        raise ToImplement(
            "ConditionalNetworks.encode: append c to the data; return the encoder's two outputs."
        )

    def decode(self, z, labels, training=False):
        """Return the images of z (batch, latent_dim) and labels (batch,), in [0, 1]."""
        raise ToImplement(
            "ConditionalNetworks.decode: append c to z; return the decoder's images, passing "
            "training on."
        )

    def judge(self, images, labels, training=False):
        """Return (logits (batch, 1), features (batch, num_features)) of images that claim to be of these labels."""
        c = ops.stop_gradient(self.condition(labels))  # for the discriminator: read, not rewritten
        raise ToImplement(
            "ConditionalNetworks.judge: append c to the images; return the discriminator's two "
            "answers, passing training on."
        )

    def sample(self, num_samples, labels=None):
        """Return new images, (num_samples, *data_shape).

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        raise ToImplement("ConditionalNetworks.sample: draw z with self.noise, and generate.")

    def reconstruct(self, inputs):
        """Return the image of z_mean and the same label, shape of x; inputs: (x, labels)."""
        raise ToImplement(
            "ConditionalNetworks.reconstruct: the same as relabel, with the labels that the "
            "images have."
        )

    def relabel(self, inputs, new_labels):
        """Return each image as it would be with another label: same z, other c.

        Args:
            inputs: (x, labels), images and their own labels.
            new_labels: int, (batch,).

        Returns:
            images, shape of x; no randomness: z is z_mean.
        """
        x, labels = inputs
        raise ToImplement(
            "ConditionalNetworks.relabel: encode x with its own labels, and generate from z_mean "
            "with the new ones."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e13ab594fc16cdfd90569730b9c502f6", "grade": true, "grade_id": "networks_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# def small(cls, condition=None, **kwargs):
#     """A model of points in the plane with three classes and z of two entries."""
#     condition = condition or OneHotCondition(3)
#     dim = condition.condition_dim
#     return cls(dense(2 + dim, 2, 2), dense(2 + dim, 2), dense_judge(2 + dim), condition, **kwargs)
#
#
# keras.utils.set_random_seed(0)
# networks = small(ConditionalNetworks)
# rng = np.random.default_rng(0)
# points, labels = rng.normal(size=(6, 2)).astype("float32"), np.array([0, 1, 2, 0, 1, 2])
# one_hot, others = np.eye(3, dtype="float32")[labels], (labels + 1) % 3
# told = np.concatenate([points, one_hot], axis=-1)
# for name, network in (("encode", "encoder"), ("decode", "decoder"), ("judge", "discriminator")):
#     found, expected = getattr(networks, name)(points, labels), getattr(networks, network)(told)
#     found, expected = (answer if isinstance(answer, list | tuple) else [answer] for answer in (found, expected))
#     assert len(found) == len(expected) and all(map(np.allclose, found, expected)), (
#         f"{name} should be the {network}'s answer to its input with the one-hot label behind it."
#     )
# assert networks.sample(7).shape == (7, 2), "sample(7) without labels: 0, 1, 2, 0, 1, 2, 0."
# assert not np.allclose(networks.sample(6, labels), networks.sample(6, labels)), "sample: draw z afresh."
# z_mean, _ = networks.encode(points, labels)
# assert np.allclose(networks.reconstruct((points, labels)), networks.generate(z_mean, labels)), (
#     "reconstruct should decode z_mean, with the label that the image has."
# )
# assert np.allclose(networks.relabel((points, labels), others), networks.generate(z_mean, others)), (
#     "relabel should encode with the image's own label and decode with the other."
# )
# print("ConditionalNetworks: all three are told the label.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# untrained = ConditionalNetworks(
#     Encoder(latent_dim=8), Generator(8, filters=16), FeatureDiscriminator(filters=16), OneHotCondition(10)
# )
# image_grid(
#     np.asarray(untrained.relabel((held_out[[0] * 10], held_out_labels[[0] * 10]), np.arange(10))),
#     columns=10,
#     caption="One digit with ten labels, before training: grey static",
# )

# %% [markdown]
# ## 4. What each of them wants (11 points, about 25 minutes)
#
# Three kinds of images are about: real ones $x$, their reconstructions $\tilde x$ (from $z \sim q(z \mid x, y)$), and
# drawn ones $x_p$ (from $z \sim p(z)$).
#
# **What the VAE contributes.** The prior loss is the KL that you know. The feature loss takes the place of the pixel
# loss: it is $-\log p(f(x) \mid z, y)$ under a Gaussian of variance 1 around the reconstruction's features, without
# its constant. So it is a **sum** over the features:
#
# $$ L_{\text{prior}} = \mathrm{KL}\left(q(z \mid x, y)\,\|\,p(z)\right), \qquad
# L_{\text{feature}} = \tfrac12 \left\lVert f(x) - f(\tilde x) \right\rVert^2. \tag{4} $$
#
# **What the GAN contributes.** The discriminator has two kinds of fakes to recognise, and the decoder two kinds to
# pass off as real:
#
# $$ L_D = -\log D(x) - \log\left(1 - D(\tilde x)\right) - \log\left(1 - D(x_p)\right), \tag{5} $$
# $$ L_{\text{adversarial}} = -\log D(\tilde x) - \log D(x_p). \tag{6} $$
#
# *Why the reconstructions, too?* They are nearer to real images than anything drawn from the prior, so they teach
# the discriminator finer differences. *Why not they alone?* In use one draws from the prior; where no $z$ of a
# training image lies, nobody would have looked.
#
# **A pencil first.** One real image stands against two fakes. If fakes look exactly like real images, the best
# constant answer is $D = \frac13$, not $\frac12$. What is (5) then? And what is it at $D = \frac12$? The picture below
# has both: $\log 3 + 2 \log\frac32 = 1.910$, and $3 \log 2 = 2.079$.
#
# **An option** of Bao et al. (2017). Fooling the discriminator one image at a time can be a nervous game. Instead,
# the decoder may match the *mean* of the features over the batch: it then need not win any single case,
#
# $$ L_{\text{mean}} = \tfrac12 \Big\lVert \tfrac1B \sum_b f(x_b) - \tfrac1B \sum_b f(x_{p,b}) \Big\rVert^2. \tag{7} $$
#
# **Write** the five losses. The first four give one number for each example; (7) is one number for the batch, for a
# mean has no examples. Logits come as (batch, 1): mind that (batch, 1) plus (batch,) is (batch, batch).

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "e228eb9eed08e1062b4db6328d7c6f17", "grade": false, "grade_id": "losses", "locked": false, "schema_version": 3, "solution": true, "task": false}
class CVAEGANLosses(ConditionalNetworks):
    """What the three networks want: equations (4) to (7)."""

    def prior_loss(self, z_mean, z_log_var):
        """KL of q(z|x,y) from N(0, I), per example: (batch,), in nats, summed over latent_dim."""
        raise ToImplement("prior_loss: Monday's function knows.")

    def feature_loss(self, features, rebuilt_features):
        """Half the squared distance of an image's features from its reconstruction's: (batch,), summed over features.

        Args:
            features, rebuilt_features: float, (batch, num_features).
        """
        raise ToImplement(
            "feature_loss: the right side of equation (4), one number for each example."
        )

    def authenticity_loss(self, real_logits, rebuilt_logits, drawn_logits):
        """Equation (5), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        raise ToImplement(
            "authenticity_loss: -log of a sigmoid is a softplus, of minus the logit or of the "
            "logit; drop the axis of length 1."
        )

    def adversarial_loss(self, rebuilt_logits, drawn_logits):
        """Equation (6), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        raise ToImplement(
            "adversarial_loss: what the decoder wants the discriminator to say of both kinds of "
            "fakes."
        )

    def mean_feature_loss(self, features, drawn_features):
        """Half the squared distance of the batch's mean features: a scalar, equation (7).

        Args:
            features: float, (batch, num_features), of real images.
            drawn_features: float, (batch, num_features), of drawn ones.
        """
        raise ToImplement("mean_feature_loss: first the mean over the batch, then the square.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "4fc9eaa3bee27264e6ea962086c097c3", "grade": true, "grade_id": "vae_losses_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# losses = small(CVAEGANLosses)
# f, rebuilt_f = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
# found = np.asarray(losses.feature_loss(f, rebuilt_f))
# assert found.shape == (2,), f"feature_loss: expected (2,), one number for each example, received {found.shape}."
# assert np.allclose(found, [6.5, 0.0]), f"half of 0 + 4 + 9 is 6.5, and 0: received {found}."
# found = np.asarray(losses.prior_loss(np.array([[1.0, 0.0], [0.0, 0.0]]), np.zeros((2, 2))))
# assert np.allclose(found, [0.5, 0.0]), f"prior_loss: expected 0.5 and 0 nats, received {found}."
# print("Losses of the VAE's side: one number for each example.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "e502e117de654e072e7ba880986ab996", "grade": true, "grade_id": "gan_losses_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# half, third = np.zeros((4, 1), "float32"), np.full((4, 1), -np.log(2), "float32")  # logits of D = 1/2 and D = 1/3
# for logits, of_judge, of_decoder in ((half, 3 * np.log(2), 2 * np.log(2)), (third, 1.9095, 2 * np.log(3))):
#     found = np.asarray(losses.authenticity_loss(logits, logits, logits))
#     assert found.shape == (4,), f"authenticity_loss: expected (4,), received {found.shape}."
#     assert np.allclose(found, of_judge, atol=1e-3), f"expected {of_judge:.3f}, received {found[0]:.3f}."
#     found = np.asarray(losses.adversarial_loss(logits, logits))
#     assert np.allclose(found, of_decoder, atol=1e-3), f"expected {of_decoder:.3f}, received {found[0]:.3f}."
# sure = np.full((4, 1), 20.0, "float32")
# assert np.allclose(losses.authenticity_loss(sure, -sure, -sure), 0.0, atol=1e-3), "real 20, fakes -20: costs nothing."
# assert np.allclose(losses.adversarial_loss(sure, sure), 0.0, atol=1e-3), "the decoder wants both taken for real."
# print("Losses of the GAN's side: three kinds of images, two of them fakes.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# d = np.linspace(0.02, 0.98, 97)
# logits = np.log(d / (1 - d))[:, None].astype("float32")
# figure = Picture(figsize=(5, 3), layout="constrained")
# axes = figure.subplots()
# axes.plot(d, losses.authenticity_loss(logits, logits, logits))
# for best, name in ((1 / 3, "1/3: log 3 + 2 log 3/2"), (1 / 2, "1/2: 3 log 2")):
#     axes.plot(best, -np.log(best) - 2 * np.log(1 - best), "o", label=name)
# axes.set(xlabel="D, the same answer to all three kinds", ylabel="nats", ylim=(1.5, 4.5))
# axes.set_title("Equation (5): one real image, two fakes", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "09a34cbe66e6fb17f931ef11803471e7", "grade": true, "grade_id": "mean_features_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# found = np.asarray(losses.mean_feature_loss(np.array([[1.0, 0.0], [3.0, 0.0]]), np.array([[0.0, 4.0], [0.0, 0.0]])))
# assert found.shape == (), f"mean_feature_loss: expected one number for the batch, received shape {found.shape}."
# assert np.isclose(found, 4.0), f"means (2, 0) and (0, 2): half of 4 + 4 is 4, received {found:.2f}."
# print("Mean features: the mean first, then the square.")

# %% [markdown]
# ## 5. Who is moved by what (23 points, about 60 minutes)
#
# Here lies the art. Each network follows its own sum of losses, and no other:
#
# | | prior | feature | adversarial | its optimizer |
# |---|---|---|---|---|
# | encoder | 1 | 1 | | `encoder_optimizer` |
# | decoder | | $\gamma$ | 1 (or (7)) | `decoder_optimizer` |
# | discriminator | | | $L_D$ | `discriminator_optimizer` |
#
# $$ L_{\text{encoder}} = L_{\text{prior}} + L_{\text{feature}}, \qquad
# L_{\text{decoder}} = \gamma L_{\text{feature}} + L_{\text{adversarial}}, \qquad
# L_{\text{discriminator}} = L_D. \tag{8} $$
#
# Why so?
#
# - **The discriminator never sees the feature loss.** It could make that loss 0 at a stroke: features that are
#   always the same. A ruler that may shrink itself measures nothing.
# - **The encoder never sees the adversarial loss.** It is to say where an image lives, not which $z$ is easy to
#   paint well.
# - **The decoder sees no prior loss**: no KL depends on it. And $\gamma$ stands on *its* side alone: it sets how much
#   likeness counts against realism. On the encoder's side it would change what $z$ means.
#
# Three more rules, for the three networks are in one graph and everything flows everywhere:
#
# - In all three steps the decoder is in training mode: what is judged are the images that it makes while it learns.
#   The discriminator is in training mode in **its own step alone**. In the other two it is a ruler, and a ruler
#   keeps its memory of moments to itself: `training=False`.
# - What a step does not move may be computed outside its tape. For the decoder, $z$ is given: draw it before the
#   tape. But $\tilde x$ must be made *on* the tape, or the feature loss reaches nobody.
# - Each step draws afresh: $z$ from $q$ with `self.sampling`, $z$ from the prior with `self.noise`.
#
# **Write** the three steps, then `train_step`: discriminator, encoder, decoder, in this order. `side_of(name)` are
# the variables that the step of a network moves.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "77378e87203566d478f6dca9cfc072eb", "grade": false, "grade_id": "cvae_gan", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="cvae_gan")
class CVAEGAN(CVAEGANLosses):
    """A conditional VAE whose decoder plays a GAN, and whose ruler is the discriminator. Larsen et al. (2016)."""

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,), theirs; also those of the images that are drawn.

        Returns:
            float32 scalar, the batch mean of equation (5) before the step.
        """
        raise ToImplement(
            "train_discriminator: make reconstructions and drawn images, the decoder in training "
            "mode; on a tape, judge the three kinds in three calls, in training mode; step on the "
            "mean of (5)."
        )

    def train_encoder(self, images, labels):
        """Take one step of the encoder alone.

        Returns:
            (prior_loss, feature_loss): two float32 scalars, batch means before the step. Their sum is minimised.
        """
        raise ToImplement(
            "train_encoder: on a tape, encode, draw z, decode in training mode, judge both "
            "images; step on the sum of the two means of (4)."
        )

    def train_decoder(self, images, labels):
        """Take one step of the decoder's side alone.

        Returns:
            float32 scalar before the step: the batch mean of the decoder's loss in (8); with `mean_features`,
            (7) stands in the place of (6).
        """
        raise ToImplement(
            "train_decoder: draw z of both kinds; on a tape, decode both in training mode and "
            "judge real, rebuilt and drawn images; step on gamma times the mean feature loss plus "
            "the other term."
        )

    def train_step(self, data):
        """Take one step of the discriminator, one of the encoder, one of the decoder.

        Args:
            data: what `fit` passes: (x, y).

        Returns:
            dict of the epoch's means so far, as `update_trackers` says.
        """
        images, labels = images_and_labels(data)
        raise ToImplement(
            "train_step: the three steps in this order; return what self.update_trackers returns."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement(
            "get_config: the parent's config, the four parts through "
            "keras.saving.serialize_keras_object, gamma and mean_features."
        )

    @classmethod
    def from_config(cls, config):
        """Make a CVAEGAN from the dict of `get_config`, which is left as it was."""
        raise ToImplement(
            "from_config: in a copy of config, turn the four parts back into objects with "
            "keras.saving.deserialize_keras_object; return cls of all arguments."
        )

# %% [markdown]
# ### 5a. The discriminator's step (5 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "6d99d0372423a0f1d6d421be843ea2a3", "grade": true, "grade_id": "discriminator_step_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# SIDES = ("encoder", "decoder", "discriminator", "condition")
#
#
# def compiled(model):
#     """The model with three optimizers; it runs without a graph, which would take a second to trace."""
#     model.compile(*(keras.optimizers.Adam(1e-2) for _ in range(3)), jit_compile=False, run_eagerly=True)
#     return model
#
#
# def moved_by(step, model):
#     """The names of the parts that a step moves."""
#     before = {name: weights_of(getattr(model, name)) for name in SIDES}
#     getattr(model, step)(points, labels)
#     return {name for name in SIDES if not same(before[name], weights_of(getattr(model, name)))}
#
#
# model = compiled(small(CVAEGAN, EmbeddingCondition(3, condition_dim=4)))
# found = moved_by("train_discriminator", model)
# assert found == {"discriminator"}, f"the discriminator's step should move it alone, but moves {found}."
# undecided = compiled(small(CVAEGAN))
# undecided.discriminator.set_weights([np.zeros_like(weight) for weight in undecided.discriminator.get_weights()])
# loss = float(undecided.train_discriminator(points, labels))
# assert abs(loss - 2.0794) < 1e-3, f"D = 1/2 to all three kinds costs 3 ln 2 = 2.079, received {loss:.3f}."
# print("CVAEGAN, discriminator: three kinds of images, and it moves alone.")

# %% [markdown]
# ### 5b. The encoder's step (5 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "c4f7017bbc6fa403c091e743e68de115", "grade": true, "grade_id": "encoder_step_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# model = compiled(small(CVAEGAN, EmbeddingCondition(3, condition_dim=4)))
# found = moved_by("train_encoder", model)
# assert found == {"encoder"}, f"the encoder's step should move it alone, but moves {found}."
# numb = compiled(small(CVAEGAN))  # features 0 for all images: what is left is the KL
# numb.discriminator.set_weights([np.zeros_like(weight) for weight in numb.discriminator.get_weights()])
# first = [float(value) for value in numb.train_encoder(points, labels)]
# assert abs(first[1]) < 1e-6, f"equal features cost nothing, received {first[1]:.3f}."
# for _ in range(30):
#     last = [float(value) for value in numb.train_encoder(points, labels)]
# assert last[0] < 0.5 * first[0], f"30 steps on the KL alone should lower it: {first[0]:.3f} became {last[0]:.3f}."
# print("CVAEGAN, encoder: prior and features, and it moves alone.")

# %% [markdown]
# ### 5c. The decoder's step (5 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "1d291927747d73f5a9a862a5a461e57a", "grade": true, "grade_id": "decoder_step_check", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (5 points): run this cell; a click opens its code
# for mean_features in (False, True):
#     model = compiled(small(CVAEGAN, EmbeddingCondition(3, condition_dim=4), mean_features=mean_features))
#     found = moved_by("train_decoder", model)
#     assert found == {"decoder", "condition"}, (
#         f"mean_features={mean_features}: the decoder's step should move decoder and condition, but moves {found}."
#     )
# undecided = compiled(small(CVAEGAN, gamma=100.0))
# undecided.discriminator.set_weights([np.zeros_like(weight) for weight in undecided.discriminator.get_weights()])
# loss = float(undecided.train_decoder(points, labels))
# assert abs(loss - 1.3863) < 1e-3, f"equal features, D = 1/2 to both fakes: 2 ln 2 = 1.386, received {loss:.3f}."
# print("CVAEGAN, decoder: likeness and realism, and its side moves alone.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# table = np.array(
#     [
#         [name in moved_by(f"train_{step}", model) for name in SIDES]
#         for step in ("discriminator", "encoder", "decoder")
#     ]
# )
# figure = Picture(figsize=(4.6, 2.4), layout="constrained")
# axes = figure.subplots()
# axes.imshow(table, cmap="Greens", vmin=0, vmax=1.5)
# axes.set_xticks(range(4), SIDES, fontsize=8)
# axes.set_yticks(range(3), [f"train_{step}" for step in ("discriminator", "encoder", "decoder")], fontsize=8)
# axes.set_title("Which step moved what (measured on your model)", fontsize=9)
# figure

# %% [markdown]
# ### 5d. All three, and saving (8 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "53266ced7f2c2b557f98db187fcc5d35", "grade": true, "grade_id": "step_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# model = compiled(small(CVAEGAN))
# before = {name: weights_of(getattr(model, name)) for name in SIDES[:3]}
# logs = model.train_step((points, labels))
# names = {"discriminator_loss", "encoder_loss", "prior_loss", "feature_loss", "decoder_loss"}
# assert set(logs) == names, f"return what update_trackers returns, received {set(logs)}."
# still = [name for name in SIDES[:3] if same(before[name], weights_of(getattr(model, name)))]
# assert not still, f"train_step did not move {still}."
# history = model.fit(points, labels, epochs=2, batch_size=4, verbose=0).history
# assert np.isfinite(list(history.values())).all(), f"a loss is no number: {history}"
# print("CVAEGAN: one step of each network per batch.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "8ff40b5e7c83c849b935e486c0233448", "grade": true, "grade_id": "config_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# saved = small(CVAEGAN, EmbeddingCondition(3, condition_dim=4), gamma=0.25, mean_features=True)
# twin = CVAEGAN.from_config(saved.get_config())
# assert isinstance(twin.condition, EmbeddingCondition) and twin.condition is not saved.condition, (
#     "from_config must make the condition anew, as an object."
# )
# assert (twin.gamma, twin.mean_features, twin.condition.condition_dim) == (0.25, True, 4), "an argument was lost."
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "model.keras")
#     reloaded = keras.models.load_model(Path(folder) / "model.keras")
# assert np.allclose(saved.reconstruct((points, labels)), reloaded.reconstruct((points, labels))), (
#     "the reloaded model gives other outputs."
# )
# print("CVAEGAN, saving: the reloaded model is the saved one.")

# %% [markdown]
# ## 6. Train it, and look
#
# About a minute and a half. Then the table of section 1 again, with a third line.

# %% tags=["active-ipynb", "long", "raises-exception"]
# keras.utils.set_random_seed(0)
# parts = Encoder(latent_dim=8), Generator(8, filters=16), FeatureDiscriminator(filters=16)
# model = CVAEGAN(*parts, OneHotCondition(10))
# model.compile(
#     encoder_optimizer=keras.optimizers.Adam(1e-3),
#     decoder_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
#     jit_compile=False,
# )
# history = model.fit(digits.x_train, digits.y_train, epochs=30, batch_size=32, verbose=0).history
# training_curves(history, f"CVAEGAN: {digits.caption}")

# %% tags=["active-ipynb", "long", "raises-exception"]
# print(f"{'real, held out':16s} sharpness {sharpness(held_out).mean():.2f}")
# measure("CVAE", cvae.sample(500, asked), cvae.reconstruct((held_out, held_out_labels)))
# measure("ConditionalGAN", cgan.sample(500, asked))
# measure("CVAEGAN", model.sample(500, asked), model.reconstruct((held_out, held_out_labels)))

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# pair = held_out[:10], held_out_labels[:10]
# image_grid(
#     np.concatenate([held_out[:10], cvae.reconstruct(pair), model.reconstruct(pair), model.sample(10)]),
#     columns=10,
#     caption=f"Held-out digits; rebuilt by the CVAE; by the CVAE-GAN; drawn by the CVAE-GAN: {digits.caption}",
# )

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# ones = np.repeat(held_out[:4], 10, axis=0), np.repeat(held_out_labels[:4], 10)
# steerable_sheet(
#     np.asarray(model.relabel(ones, np.tile(np.arange(10), 4))),
#     10,
#     caption=f"Four held-out digits, each with all ten labels and its own z ({digits.caption})",
# )

# %% [markdown]
# Watch the losses while you read the pictures: the feature loss may *grow* although the reconstructions get better. The
# ruler is learning, too. So no loss of this model tells by itself how good it is; sharpness, the class that is read,
# and your eyes do.
#
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit`
# `cvae_gan.ipynb` and `cvae_gan.py`, and go on to the caller `train_cvaegan_mnist.ipynb`.
