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
# # Conditional models: you name the digit
#
# A plain VAE or GAN draws *some* digit. By the end of this notebook you have three models that draw the one
# you ask for: a conditional VAE, a conditional GAN, and an auxiliary-classifier GAN. Little of it is new
# code. That is the point: you inherit nearly everything, and find out which few methods a label changes.
#
# **How to work.** As before: an idea, its equation, a hole, a quick check, a picture. Replace each line
# `raise ToImplement(...)` by your code and run the check below it. The solved classes of the earlier
# exercises lie beside this notebook as `vae.py` and `gan.py`, so a hole that you left open there does not
# hold you up here.
#
# Every cell runs in a second or two, except those tagged `long`, which train: about a minute together on a
# laptop with two cores. Saving the notebook also writes `conditional.py`, which the four callers import:
# `train_cvae_mnist`, `train_cgan_mnist`, `train_acgan_mnist` and, on brains, `train_conditional_ad`.

# %% [markdown]
# ## 1. The frame: three models, one new part
#
# ```text
#   keras.Model
#     └── GenerativeModel                  sample(n)
#           ├── LatentVariableModel
#           │     └── BaseVAE              inputs_of(data): what the losses need from a batch
#           │           └── VAE            train_step, test_step                     vae.py
#           │                 └── CVAE                                    <- you
#           └── BaseGAN                    optimizers, noise(n)
#                 └── GAN                  targets: label noise                      gan.py
#                       └── LabelledGAN    what the two below share       <- you
#                             ├── ConditionalGAN   D is told the label    <- you
#                             └── ACGAN            D guesses the label    <- you
#
#   keras.layers.Layer
#     └── Condition                        labels in, vectors c out
#           ├── OneHotCondition                                           <- you
#           └── EmbeddingCondition                                        <- you
# ```
#
# All three conditional models **have a** `Condition`, the object that turns a label into numbers. It is not
# one of their parents: a CVAE *is a* VAE, but it is no condition. `Condition` itself is given, in
# `vaegan/conditional.py`, on one screen, with two helpers: `images_and_labels` takes a batch of `fit` apart
# and complains in a sentence if there are no labels, and `labels_in_turn` makes 0, 1, 2, ... for whoever
# wants samples and does not care of what.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "67afb52e16a76bf74e6322be109439ef", "grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import keras
import tensorflow as tf
from gan import GAN, discriminator_loss, generator_loss
from keras import layers, ops
from vae import VAE, kl_to_standard_normal

from vaegan.conditional import Condition, images_and_labels, labels_in_turn


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "ccfc96bff9b95fa0f82fcc3913369a29", "grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # Only for the checks and pictures of this notebook: the module conditional.py does without.
# import tempfile
# from pathlib import Path
#
# import numpy as np
# from gan import Generator
# from vae import Decoder, Encoder, GaussianLikelihood
#
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid, steerable_sheet, training_curves
# from vaegan.steering import steering_inputs
#
#
# def dense(num_inputs, *num_outputs, units=64):
#     """A small network for vectors: two hidden layers, and one output per number in num_outputs."""
#     x = keras.Input((num_inputs,))
#     h = layers.Dense(units, activation="relu")(layers.Dense(units, activation="relu")(x))
#     outputs = [layers.Dense(num)(h) for num in num_outputs]
#     return keras.Model(x, outputs if len(outputs) > 1 else outputs[0])
#
#
# def weights_of(model):
#     """Copies of the trainable weights, to compare with later ones."""
#     return [variable.numpy() for variable in model.trainable_variables]
#
#
# def same(old, new):
#     """Whether two lists of weights are equal."""
#     return all(np.array_equal(first, second) for first, second in zip(old, new, strict=True))
#
#
# digits = load_images("digits")
# digits

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# image_grid(
#     digits.x_train[:10],
#     columns=10,
#     titles=digits.y_train[:10],
#     caption=f"Training images, and now also their labels: {digits.caption}",
# )

# %% [markdown]
# ## 2. From a label to numbers (4 points, about 20 minutes)
#
# A label is a name, not a quantity: 7 is not more than 3. So it must not enter a network as the number 7.
# Two ways to turn the label $y$ into a vector $c$:
#
# $$ c = e_y \quad\text{(one-hot: 1 at place } y \text{, else 0)}, \qquad\qquad
# c = E_{y} \quad\text{(embedding: row } y \text{ of a table } E \text{)}. \tag{1} $$
#
# The table is a weight, learned with the rest. The two are closer than they look: a Dense layer applied to
# a one-hot vector picks one row of its kernel, so *one-hot followed by Dense is an embedding*. A table of
# its own pays when there are many classes, or when several networks should share it.
#
# **Write** both. Make the table with `self.add_weight` in `__init__` (then it exists before the first call,
# and a saved model finds it when it is loaded). The labels arrive as an int32 tensor: `Condition` takes care
# of that.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "ef4552c89f7aae3d078e3eb603221b31", "grade": false, "grade_id": "conditions", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="conditional")
class OneHotCondition(Condition):
    """Label k becomes the k-th unit vector; nothing to learn, condition_dim = num_classes."""

    def call(self, labels):
        """Return c for int32 labels (batch,): float32, (batch, num_classes), one 1 per row, else 0."""
        raise ToImplement(
            "OneHotCondition.call: return the labels one-hot, with num_classes entries."
        )


@keras.saving.register_keras_serializable(package="conditional")
class EmbeddingCondition(Condition):
    """Label k becomes row k of a table that is learned with the model.

    Args:
        num_classes: int, number of rows.
        condition_dim: int, number of columns.
        **kwargs: `name` and what else a Keras layer takes.
    """

    def __init__(self, num_classes, condition_dim=16, **kwargs):
        super().__init__(num_classes, **kwargs)
        self.condition_dim = condition_dim
        raise ToImplement(
            "EmbeddingCondition.__init__: make self.table with self.add_weight: trainable, "
            "num_classes rows, condition_dim columns, a random initializer."
        )

    def call(self, labels):
        """Return c for int32 labels (batch,): float32, (batch, condition_dim), rows of the table."""
        raise ToImplement(
            "EmbeddingCondition.call: return the row of self.table that each label names."
        )

    def get_config(self):
        """Return the constructor's arguments."""
        raise ToImplement(
            "EmbeddingCondition.get_config: add what the parent's config does not hold yet."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "7b8258720b8d0d097ec786d5b5e91fa2", "grade": true, "grade_id": "conditions_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# labels = np.array([2, 0, 2, 1])
# one_hot = np.asarray(OneHotCondition(3)(labels))
# assert one_hot.shape == (4, 3), (
#     f"one-hot: expected (batch, num_classes) = (4, 3), received {one_hot.shape}."
# )
# assert np.array_equal(one_hot, [[0, 0, 1], [1, 0, 0], [0, 0, 1], [0, 1, 0]]), (
#     f"labels 2, 0, 2, 1 have their 1 at places 2, 0, 2, 1, received\n{one_hot}"
# )
# embedding = EmbeddingCondition(3, condition_dim=5)
# c = np.asarray(embedding(labels))
# assert c.shape == (4, 5), f"embedding: expected (batch, condition_dim) = (4, 5), received {c.shape}."
# assert np.array_equal(c[0], c[2]), "examples 0 and 2 have the same label, so they must get the same row."
# assert not np.allclose(c[0], c[1]), "two classes have the same row: start the table with random numbers."
# shapes = [tuple(weight.shape) for weight in embedding.trainable_weights]
# assert shapes == [(3, 5)], (
#     f"expected one trainable weight, (num_classes, condition_dim), received {shapes}."
# )
# twin = EmbeddingCondition.from_config(embedding.get_config())
# assert (twin.num_classes, twin.condition_dim) == (3, 5), (
#     f"get_config lost an argument: expected 3 classes in 5 entries, received {twin.num_classes} in "
#     f"{twin.condition_dim}."
# )
# print("Conditions: one-hot, table and get_config look right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# figure = Picture(figsize=(8, 3.2), layout="constrained")
# for axes, condition in zip(
#     figure.subplots(1, 2), (OneHotCondition(10), EmbeddingCondition(10, 16)), strict=True
# ):
#     axes.imshow(np.asarray(condition(np.arange(10))), cmap="viridis")
#     axes.set(xlabel="entry of c", ylabel="label", yticks=range(10))
#     axes.set_title(type(condition).__name__, fontsize=9)
# figure

# %% [markdown]
# Left, nothing to learn. Right, the table before training: random rows, small numbers.

# %% [markdown]
# ## 3. Where the label enters (4 points, about 15 minutes)
#
# A vector is easily told its label: write $c$ behind it. An image has no place for a vector, but it has
# channels. Give it `condition_dim` more of them, each a **plane** that holds one entry of $c$ at every
# pixel:
#
# $$ \tilde z = (z,\ c), \qquad \tilde x_{h,w} = (x_{h,w},\ c) \quad\text{for every pixel } (h, w). \tag{2} $$
#
# Then a convolution sees the label wherever it looks.
#
# **A trap.** The shape `(batch, height, width, condition_dim)` can be had in many ways, and only one of them
# has the right *content*. A published example repeats the entries of $c$ and then reshapes the long list.
# That gives no error, the right shape, and nonsense: the second picture below shows it. Give $c$ two axes
# of length 1 where height and width belong, *then* spread it along them (`ops.tile`, `ops.broadcast_to`, or
# a product with ones).
#
# **Write** both functions. The order matters to whoever uses them: what was there first, then $c$.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "3e8446bf3584405fe2aec00b7914dbb7", "grade": false, "grade_id": "planes", "locked": false, "schema_version": 3, "solution": true, "task": false}
def append_condition(z, c):
    """Write c behind z.

    Args:
        z: float, (batch, latent_dim); any vectors.
        c: float, (batch, condition_dim).

    Returns:
        (batch, latent_dim + condition_dim), of z's dtype.
    """
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    raise ToImplement("append_condition: return z and c side by side, z first.")


def append_planes(images, c):
    """Give every image one more channel per entry of c: a plane that holds that entry at every pixel.

    Args:
        images: float, (batch, height, width, channels).
        c: float, (batch, condition_dim).

    Returns:
        (batch, height, width, channels + condition_dim), of the images' dtype; the image's channels first.
    """
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    raise ToImplement(
        "append_planes: give c two axes of length 1 in the middle, spread it over height and "
        "width, and return images and planes side by side along the channels."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "2f9653be850baeb4da86ec8ddb00461b", "grade": false, "grade_id": "append_to_data", "locked": true, "schema_version": 3, "solution": false, "task": false}
def append_to_data(x, c):
    """Append c to a batch of images (as planes) or of vectors (as further entries)."""
    return append_planes(x, c) if len(x.shape) == 4 else append_condition(x, c)


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "b8df1255aeccb52503fd3376ba520d0c", "grade": true, "grade_id": "planes_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# z, c = np.full((2, 3), 9.0, "float32"), np.array([[0.0, 1.0], [5.0, 7.0]], "float32")
# both = np.asarray(append_condition(z, c))
# assert both.shape == (2, 5), f"append_condition: expected (2, 3 + 2), received {both.shape}."
# assert np.array_equal(both[:, :3], z) and np.array_equal(both[:, 3:], c), (
#     f"expected z in the first three columns and c in the last two, received\n{both}"
# )
# images = np.random.default_rng(0).uniform(size=(2, 4, 6, 1)).astype("float32")
# with_planes = np.asarray(append_planes(images, c))
# assert with_planes.shape == (2, 4, 6, 3), (
#     f"append_planes: expected (2, 4, 6, 3), received {with_planes.shape}."
# )
# assert np.array_equal(with_planes[..., :1], images), (
#     "the first channel should be the image itself, untouched."
# )
# for example in range(2):
#     for entry in range(2):
#         found = np.unique(with_planes[example, :, :, 1 + entry])
#         assert np.array_equal(found, [c[example, entry]]), (
#             f"plane {entry} of example {example} should hold {c[example, entry]} at every pixel, "
#             f"but holds {found}."
#         )
# print("Planes: order and content look right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# chosen = digits.x_test[digits.y_test == 2][:1]
# c = np.eye(10, dtype="float32")[[2]]
# right = np.asarray(append_planes(chosen, c))[0] * (
#     [1.0] + [0.8] * 10
# )  # light grey: white would vanish on paper
# repeated = np.repeat(c, 28 * 28).reshape(1, 28, 28, 10)  # the trap
# wrong = np.concatenate([chosen, 0.8 * repeated], axis=-1)[0]
# image_grid(
#     np.moveaxis(np.concatenate([right, wrong], axis=-1), -1, 0),
#     columns=11,
#     titles=["image", *(f"c[{entry}]" for entry in range(10))] * 2,
#     caption=f"A two and its ten planes. Above: yours. Below: repeat, then reshape. ({digits.caption})",
# )

# %% [markdown]
# Above, one plane is bright: that of class 2. Below, the same numbers in another order: every plane has the
# same stripe, and nine tenths of the pixels have no label at all. A network can even learn a little from that
# (the stripe sits elsewhere for each class), so the training goes on and nothing warns you.

# %% [markdown]
# ## 4. The conditional VAE (15 points, about 40 minutes)
#
# Everything of the VAE, under the condition $y$ (Kingma et al. 2014, their model M2 with every label
# known):
#
# $$ -\mathrm{ELBO}(x \mid y) = \mathbb E_{z \sim q(z|x,y)}\left[-\log p(x \mid z, y)\right]
# + \mathrm{KL}\left(q(z \mid x, y)\,\|\,p(z)\right) \;\ge\; -\log p(x \mid y). \tag{3} $$
#
# The prior $p(z) = \mathcal N(0, I)$ is *not* conditioned (Sohn, Lee & Yan 2015, whose name for it, CVAE, has
# stuck, learn a prior $p(z \mid y)$ as well). So $z$ is asked to be distributed alike in every
# class, and what is left for it to carry is what the classes have in common: slant, thickness, size. The
# label says *what*, $z$ says *how*. Hence the promise of this chapter: keep $z$, change the label, and the
# same hand writes another digit.
#
# **What changes, and what is inherited.**
#
# | method | in `CVAE` |
# |---|---|
# | `inputs_of(data)` | the hook: now images *and labels* |
# | `encode(x, labels)`, `decode(z, labels)` | with $c$ appended |
# | `call`, `elbo_terms`, `reconstruct` | one argument as before, now the pair `(x, labels)` |
# | `generate(z, labels)`, `sample(n, labels)` | you choose the class |
# | `get_config`, `from_config` | one more part |
# | **`train_step`, `test_step`**, `metrics`, `compile`, `fit`, `save`, ... | **inherited, not a line** |
#
# How can `train_step` be inherited, if it never heard of labels? Read it in `vae.py`: it asks
# `self.inputs_of(data)` what the losses need and hands that to `self.elbo_terms`, whatever it is. A method
# that a parent calls so that children can change it is called a **hook**. Whoever wrote `VAE` did not know
# about `CVAE`, and did not have to.
#
# The encoder and the decoder are Monday's, unchanged: they find their input sizes when they are first
# called. `append_to_data` chooses between your two functions, so points in the plane will do as well as
# images.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "d3db652626ec14b1992efe65b21a80a3", "grade": false, "grade_id": "cvae", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="conditional")
class CVAE(VAE):
    """A VAE of p(x|y): encoder and decoder are told the label. Kingma et al. (2014), M2.

    Args:
        encoder: keras.Model, x with c appended -> (z_mean, z_log_var), each (batch, latent_dim).
        decoder: keras.Model, z with c appended (batch, latent_dim + condition_dim) -> parameters of p(x|z,y).
        condition: a Condition, labels -> c.
        likelihood: a Likelihood; None means BernoulliLikelihood().
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, encoder, decoder, condition, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, likelihood, **kwargs)
        self.condition = condition

    @property
    def latent_dim(self):
        """Number of entries of z: the encoder's attribute, else the decoder's input without c."""
        if hasattr(self.encoder, "latent_dim"):
            return self.encoder.latent_dim
        return super().latent_dim - self.condition.condition_dim

    def inputs_of(self, data):
        """Return what the losses need from a batch of `fit`: x and its labels, (batch,)."""
        raise ToImplement(
            "CVAE.inputs_of: return the images and the labels of data, with the function that is "
            "imported for this."
        )

    def encode(self, x, labels):
        """Return (z_mean, z_log_var) of q(z|x,y), each float32, (batch, latent_dim)."""
        raise ToImplement("CVAE.encode: append c to the data and return the encoder's two outputs.")

    def decode(self, z, labels):
        """Return the parameters of p(x|z,y) for z (batch, latent_dim) and labels (batch,)."""
        raise ToImplement("CVAE.decode: append c to z and return the decoder's output.")

    def call(self, inputs):
        """Return the parameters of p(x|z,y), shape of x, for one z drawn from q(z|x,y).

        Args:
            inputs: (x, labels).
        """
        x, labels = inputs
        raise ToImplement(
            "CVAE.call: encode, draw one z with self.sampling, return its decoding; the label is "
            "the same in both."
        )

    def elbo_terms(self, inputs):
        """Return the two terms of equation (3), estimated with one z per example.

        Args:
            inputs: (x, labels), what `inputs_of` returned.

        Returns:
            (reconstruction_loss, kl_loss), each float32, (batch,), in nats; not averaged over the batch.
        """
        x, labels = inputs
        raise ToImplement(
            "CVAE.elbo_terms: as VAE.elbo_terms, with the label given to encode and decode."
        )

    def generate(self, z, labels):
        """Return the mean images of p(x|z,y) for z (batch, latent_dim) and labels (batch,)."""
        raise ToImplement("CVAE.generate: decode and return the likelihood's mean.")

    def sample(self, num_samples, labels=None):
        """Return new mean images, (num_samples, *data_shape), for z from the prior.

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        raise ToImplement("CVAE.sample: draw z from N(0, I) and generate.")

    def reconstruct(self, inputs):
        """Return the mean image, shape of x, decoded from z_mean with the same label; inputs: (x, labels)."""
        x, labels = inputs
        raise ToImplement(
            "CVAE.reconstruct: encode, and generate from z_mean with the same labels."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement(
            "CVAE.get_config: return the parent's config with the condition added, serialised."
        )

    @classmethod
    def from_config(cls, config):
        """Make a CVAE from the dict of `get_config`, which is left as it was."""
        raise ToImplement(
            "CVAE.from_config: in a copy of config, turn the condition back into an object; the "
            "parent's from_config does the rest."
        )


# %% [markdown]
# ### 4a. Forward (4 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "0e146000a836bdef8803ab4c0bc5bec8", "grade": true, "grade_id": "cvae_forward_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# def small_cvae(**kwargs):
#     """A CVAE of the digits with few weights, untrained."""
#     return CVAE(
#         Encoder(latent_dim=3, hidden_units=32), Decoder(hidden_units=32), OneHotCondition(10), **kwargs
#     )
#
#
# cvae, some, labels = small_cvae(), digits.x_test[:6], digits.y_test[:6]
# others = (labels + 1) % 10
# z_mean, z_log_var = cvae.encode(some, labels)
# assert z_mean.shape == z_log_var.shape == (6, 3), (
#     f"encode: expected two arrays (6, 3), received {z_mean.shape}."
# )
# assert not np.allclose(z_mean, cvae.encode(some, others)[0]), (
#     "encode: other labels, same answer. Append c to x."
# )
# assert cvae.decode(z_mean, labels).shape == some.shape, (
#     f"decode: expected {some.shape}, received {cvae.decode(z_mean, labels).shape}."
# )
# assert not np.allclose(cvae.decode(z_mean, labels), cvae.decode(z_mean, others)), (
#     "decode: other labels, same answer. Append c to z."
# )
# assert cvae((some, labels)).shape == some.shape, (
#     f"call: expected {some.shape}, received {cvae((some, labels)).shape}."
# )
# assert not np.allclose(cvae((some, labels)), cvae((some, labels))), (
#     "call gave the same answer twice: draw a z."
# )
# print("CVAE, forward: both sides read the label.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# digit_cvae = CVAE(Encoder(latent_dim=2, hidden_units=256), Decoder(hidden_units=256), OneHotCondition(10))
# z, classes = steering_inputs(num_rows=3, num_classes=10, latent_dim=2)
# untrained = ops.sigmoid(digit_cvae.decode(z, classes))
# steerable_sheet(
#     np.asarray(untrained),
#     10,
#     caption="Untrained CVAE: one class per column, the same z along a row. All static",
# )

# %% [markdown]
# ### 4b. The loss (4 points)
#
# The zero-weight test again: all weights 0, so every pixel costs $\ln 2$, whatever the label, and $q(z|x,y)$
# is the prior.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "bf6ae12274553a6ee62e61293c25eedf", "grade": true, "grade_id": "cvae_loss_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# cvae = small_cvae()
# x, y = cvae.inputs_of((some, labels))
# assert np.array_equal(x, some) and np.array_equal(y, labels), (
#     "inputs_of should return the images and their labels."
# )
# try:
#     cvae.inputs_of(some)
#     raise AssertionError("inputs_of took images without labels: let images_and_labels complain.")
# except ValueError as complaint:
#     print("Without labels:", complaint)
# first, second = (np.asarray(cvae.elbo_terms((some, answer))[1]) for answer in (labels, others))
# assert not np.allclose(first, second), (
#     "elbo_terms: the KL should depend on the label that the encoder reads."
# )
# cvae.set_weights([np.zeros_like(weight) for weight in cvae.get_weights()])
# terms = cvae.elbo_terms((some, labels))
# assert [tuple(term.shape) for term in terms] == [(6,), (6,)], (
#     f"elbo_terms: expected two arrays (6,), received {[tuple(term.shape) for term in terms]}."
# )
# reconstruction_loss, kl_loss = (float(term[0]) for term in terms)
# assert abs(reconstruction_loss - 784 * np.log(2)) < 0.01 and abs(kl_loss) < 1e-5, (
#     f"all weights 0: expected 543.43 and 0, received {reconstruction_loss:.2f} and {kl_loss:.2f}."
# )
# print("CVAE, loss: the terms and the hook look right.")

# %% [markdown]
# ### 4c. Training and steering (4 points)
#
# You wrote no `train_step` for this class. Ask Python who wrote the methods that it has:

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# for name in (
#     "fit",
#     "compile",
#     "metrics",
#     "update_trackers",
#     "train_step",
#     "test_step",
#     "inputs_of",
#     "elbo_terms",
# ):
#     owner = next(parent for parent in CVAE.__mro__ if name in vars(parent))
#     print(f"CVAE.{name:16s} comes from {owner.__name__}")
# print(
#     "\nThe order in which Python looks:", " -> ".join(parent.__name__ for parent in CVAE.__mro__[:6]), "..."
# )

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "f6354e8c419379cafb4e801e4893e011", "grade": true, "grade_id": "cvae_train_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# keras.utils.set_random_seed(1)
# cvae = CVAE(Encoder(3, 32), Decoder(hidden_units=32), EmbeddingCondition(10, condition_dim=4))
# cvae.compile(optimizer=keras.optimizers.Adam(2e-2), jit_compile=False)
# batch = digits.x_train[:32], digits.y_train[:32]
# first, table = float(cvae.test_step(batch)["loss"]), cvae.condition.table.numpy()
# for _ in range(7):
#     cvae.reset_metrics()
#     last = float(cvae.train_step(batch)["loss"])
# assert last < 0.85 * first, (
#     f"7 steps should lower the loss by a seventh at least: {first:.0f} became {last:.0f}."
# )
# assert not np.allclose(table, cvae.condition.table), "the table of the embedding did not learn."
# z = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
# generated = np.asarray(cvae.generate(z, [0, 1, 2, 3]))
# assert generated.shape == (4, 28, 28, 1), f"generate: expected (4, 28, 28, 1), received {generated.shape}."
# assert np.array_equal(generated, cvae.generate(z, [0, 1, 2, 3])), (
#     "generate: same z, same labels, other images."
# )
# assert not np.array_equal(generated, cvae.generate(z, [4, 5, 6, 7])), (
#     "generate does not listen to the labels."
# )
# fakes, rebuilt = np.asarray(cvae.sample(12, labels=[3] * 12)), np.asarray(cvae.reconstruct(batch))
# assert fakes.shape == cvae.sample(12).shape == (12, 28, 28, 1), f"sample(12): received {fakes.shape}."
# assert not np.allclose(fakes[0], fakes[1]), "sample: every image needs a z of its own."
# assert np.array_equal(rebuilt, cvae.reconstruct(batch)), "reconstruct should decode z_mean, without noise."
# for name, images in (("generate", generated), ("sample", fakes), ("reconstruct", rebuilt)):
#     assert 0 <= images.min() and images.max() <= 1, (
#         f"{name} should return mean images in [0, 1], not logits."
#     )
# print(f"CVAE, training: the loss fell from {first:.0f} to {last:.0f} nats, with the parent's train_step.")

# %% [markdown]
# Now train properly, half a dozen seconds, on the scikit-learn digits, and look at the sheet that this
# chapter is about.

# %% tags=["active-ipynb", "long", "raises-exception"]
# digit_cvae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
# history = digit_cvae.fit(
#     digits.x_train,
#     digits.y_train,
#     epochs=30,
#     batch_size=32,
#     validation_data=(digits.x_test, digits.y_test),
#     validation_batch_size=1_000,
#     verbose=0,
# ).history
# terms = ("reconstruction_loss", "kl_loss", "loss")
# in_order = {name: history[name] for term in terms for name in (term, f"val_{term}")}
# training_curves(in_order, f"A small CVAE, z=2: {digits.caption}")

# %% tags=["active-ipynb", "long", "raises-exception"]
# z, classes = steering_inputs(num_rows=5, num_classes=10, latent_dim=2, seed=5)
# steerable_sheet(
#     np.asarray(digit_cvae.generate(z, classes)),
#     10,
#     caption=f"CVAE after 30 short epochs: one class per column, the same z along a row ({digits.caption})",
# )

# %% [markdown]
# Down a column: one digit in five hands, narrow or wide, thin or bold. Along a row: one hand, ten digits. You
# steer. (The columns are not perfect after a few seconds of training; on MNIST they will be better.)
#
# ### 4d. Saving and loading (3 points)
#
# One more part, one more entry in the config. The parent's `get_config` and `from_config` do the rest: call
# them through `super()`.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "fd25400459c3bd6022e7dc57e1038252", "grade": true, "grade_id": "cvae_config_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# saved = CVAE(Encoder(4, 24), Decoder(hidden_units=16), EmbeddingCondition(10, 5), GaussianLikelihood(0.25))
# config = saved.get_config()
# twin = CVAE.from_config(config)
# assert isinstance(twin.condition, EmbeddingCondition), (
#     "from_config must make the condition anew, as an object."
# )
# assert twin.condition is not saved.condition, "the twin shares its condition with the original."
# assert twin.condition.condition_dim == 5, "the condition came back with other arguments."
# assert getattr(twin.likelihood, "variance", None) == 0.25, (
#     "the likelihood was lost: use the parent's methods."
# )
# saved((some, labels))
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "cvae.keras")
#     reloaded = keras.models.load_model(Path(folder) / "cvae.keras")
# assert np.allclose(saved.reconstruct((some, labels)), reloaded.reconstruct((some, labels))), (
#     "the reloaded model gives other outputs."
# )
# print("CVAE, saving: the reloaded model is the saved one, its table included.")

# %% [markdown]
# ## 5. Two GANs with labels (6 points, about 30 minutes)
#
# In both, the generator is told what to draw: it receives $(z, c)$. But who sees to it that it obeys? A
# discriminator that only asks "is this real?" is content with any fine digit. There are two answers, and
# they are siblings:
#
# ```text
#   conditional GAN                             auxiliary-classifier GAN
#   Mirza & Osindero (2014)                     Odena, Olah & Shlens (2017)
#
#    z ──┐                                       z ──┐
#        G ──> image ──┐                             G ──> image ──> D ──> real?
#    y ──┤             D ──> real,               y ──┘               └───> which class?
#        └─────────────┘     and a y?
# ```
#
# | | `ConditionalGAN` | `ACGAN` |
# |---|---|---|
# | the discriminator sees | the image **and its label** | the image alone |
# | it answers | is this a real image *of this class*? | is it real? and **which class** is it? |
# | disobedience is punished because | a fine 3 that claims to be a 5 is an obvious fake | its class is guessed wrong |
# | new loss terms | none | class loss, on real *and* on fake images |
# | ideal generator draws from | $p(x \mid y)$ | something sharper: see section 8 |
# | reads labels off new images | no | yes, with its second head |
#
# The slides treat cGAN and acGAN as two names of one model; they differ in where the label enters the
# discriminator: as an input in one, as an output in the other.
#
# What they share is written **once**, in a common parent, and each child will be two methods long.
#
# **Write** `LabelledGAN`. The order of the two steps is Tuesday's: discriminator first. `train_step` calls
# `self.train_discriminator(images, labels)` and `self.train_generator(labels)`, which this class does not
# have in that form: its children will.
#
# *And if the condition learns?* A table must belong to one side. Here it is the generator's
# (`generator_side`, given): only the generator's steps move it. For GANs one-hot is the better choice
# anyhow: the first layer of each network is then an embedding of its own, by section 2.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "962bb1185bf0ab899b18a985d02103a5", "grade": false, "grade_id": "labelled_gan", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="conditional")
class LabelledGAN(GAN):
    """What the conditional GAN and the auxiliary-classifier GAN share: a generator that is told the label.

    Args:
        generator: keras.Model, z with c appended (batch, latent_dim + condition_dim) -> images.
        discriminator: keras.Model; its subclass says what it reads and answers.
        latent_dim: int, number of entries of z, without those of c.
        condition: a Condition, labels -> c.
        label_noise: float, as in GAN.
        seed: int or None, as in GAN.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise=label_noise, seed=seed, **kwargs)
        self.condition = condition

    @property
    def generator_side(self):
        """The variables that a generator step moves: the generator's, and the condition's if it learns."""
        return super().generator_side + self.condition.trainable_variables

    def fakes(self, labels, training=True):
        """Return new images of the labels (batch,), each from fresh noise."""
        raise ToImplement(
            "LabelledGAN.fakes: draw as many z as there are labels with self.noise, append c, and "
            "return the generator's images, passing training on."
        )

    def generate(self, z, labels):
        """Return the images for z (batch, latent_dim) and labels (batch,), as in use, not in training."""
        raise ToImplement(
            "LabelledGAN.generate: append c to z; ask the generator with training=False."
        )

    def sample(self, num_samples, labels=None):
        """Return new images, (num_samples, *data_shape).

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        raise ToImplement("LabelledGAN.sample: draw z with self.noise and generate.")

    def train_step(self, data):
        """Take one discriminator step and one generator step on the labels of the batch.

        Args:
            data: what `fit` passes: (x, y).

        Returns:
            dict of the epoch's means so far: discriminator_loss, generator_loss.
        """
        images, labels = images_and_labels(data)
        raise ToImplement(
            "LabelledGAN.train_step: train the discriminator on images and labels, then the "
            "generator on labels; return what self.update_trackers returns for the two losses."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement(
            "LabelledGAN.get_config: return the parent's config with the condition added, "
            "serialised."
        )

    @classmethod
    def from_config(cls, config):
        """Make the GAN from the dict of `get_config`, which is left as it was."""
        raise ToImplement(
            "LabelledGAN.from_config: in a copy of config, turn the condition back into an "
            "object; the parent's from_config does the rest."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "0fc959f7584d907780b054a034570970", "grade": true, "grade_id": "labelled_generate_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# def small_gan(cls, discriminator, condition=None, **kwargs):
#     """A GAN of points in the plane with three classes and z of two entries."""
#     condition = condition or OneHotCondition(3)
#     return cls(dense(2 + condition.condition_dim, 2), discriminator, 2, condition, **kwargs)
#
#
# def compiled(gan):
#     """The GAN with two optimizers; it runs without a graph, which would take a second to trace."""
#     adam = [keras.optimizers.Adam(1e-2) for _ in range(2)]
#     gan.compile(*adam, jit_compile=False, run_eagerly=True)
#     return gan
#
#
# labelled = small_gan(LabelledGAN, dense(2, 1))
# z, classes = np.random.default_rng(0).normal(size=(6, 2)).astype("float32"), np.array([0, 1, 2, 0, 1, 2])
# expected = labelled.generator(np.concatenate([z, np.eye(3, dtype="float32")[classes]], axis=-1))
# assert np.allclose(labelled.generate(z, classes), expected, atol=1e-6), (
#     "generate(z, labels) should be the generator's answer to z with the one-hot labels behind it."
# )
# for name, draw in (
#     ("fakes", lambda: labelled.fakes(classes)),
#     ("sample", lambda: labelled.sample(6, classes)),
# ):
#     points = np.asarray(draw())
#     assert points.shape == (6, 2), (
#         f"{name}: expected one example per label, (6, 2), received {points.shape}."
#     )
#     assert not np.allclose(points, draw()), f"{name} gave the same twice: draw fresh noise with self.noise."
# assert labelled.sample(7).shape == (7, 2), "sample(7) without labels: 0, 1, 2, 0, 1, 2, 0."
# print("LabelledGAN: the generator is told what to draw.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "97f5381efcb602c013822fee9576b86c", "grade": true, "grade_id": "labelled_config_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# saved = small_gan(LabelledGAN, dense(2, 1), EmbeddingCondition(3, condition_dim=4), label_noise=0.25)
# twin = LabelledGAN.from_config(saved.get_config())
# assert isinstance(twin.condition, EmbeddingCondition), (
#     "from_config must make the condition anew, as an object."
# )
# assert (twin.condition.condition_dim, twin.label_noise, twin.latent_dim) == (4, 0.25, 2), (
#     "an argument was lost."
# )
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "gan.keras")
#     reloaded = keras.models.load_model(Path(folder) / "gan.keras")
# assert np.allclose(saved.generate(z, classes), reloaded.generate(z, classes)), (
#     "the reloaded GAN draws otherwise."
# )
# print("LabelledGAN, saving: same z and labels, same points.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# untrained = LabelledGAN(Generator(latent_dim=8, filters=16), dense(784, 1), 8, OneHotCondition(10))
# z, classes = steering_inputs(num_rows=2, num_classes=10, latent_dim=8)
# steerable_sheet(
#     np.asarray(untrained.generate(z, classes)),
#     10,
#     caption="Untrained generator, two z, ten labels: grey static",
# )

# %% [markdown]
# ## 6. The conditional GAN: the discriminator is told (11 points, about 25 minutes)
#
# The game of Tuesday, played in every class (Mirza & Osindero 2014, equation 2):
#
# $$ \min_G \max_D\ \mathbb E_{x, y}\left[\log D(x \mid y)\right]
# + \mathbb E_{z, y}\left[\log\left(1 - D(G(z \mid y) \mid y)\right)\right]. \tag{4} $$
#
# The losses are those of `gan.py`. New is what the discriminator reads: `append_to_data(images, c)`, and the
# same $c$ behind the fakes, because a fake claims to be of the class that was asked for. At the optimum
# $D = \frac12$ in every class, the loss is $\log 4$ again, and the generator draws from $p(x \mid y)$.
#
# **Write** the two steps. Both are Tuesday's with labels: real and fake in two separate calls, exact or
# noisy targets from `self.targets(real_logits)`. In the generator's step the discriminator reads a $c$
# whose gradient is stopped (that line is given): without it a learned table would also be trained to make
# the *discriminator's* labels unreadable, and to bribe the judge is not the generator's job.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "a057dc970bf8cf9067126be2c5795ed0", "grade": false, "grade_id": "cgan", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    """The discriminator receives the label: is this a real image *of this class*? Mirza & Osindero (2014).

    Args:
        discriminator: keras.Model, images with c appended -> logits (batch, 1). The others as in LabelledGAN.
    """

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,); of the images, and also what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of the discriminator loss, in nats, before the step.
        """
        c = self.condition(labels)
        raise ToImplement(
            "ConditionalGAN.train_discriminator: make fakes of the labels; on a tape, show the "
            "discriminator real and fake images (two calls), each with c appended; step on the "
            "mean loss with its own optimizer and variables; return that mean."
        )

    def train_generator(self, labels):
        """Take one step of the generator's side alone.

        Args:
            labels: int, (batch,), what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of the non-saturating generator loss, in nats, before the step.
        """
        c = ops.stop_gradient(self.condition(labels))  # for the discriminator: read, not rewritten
        raise ToImplement(
            "ConditionalGAN.train_generator: on a tape, make fakes of the labels, show them to "
            "the discriminator with c appended, take the mean generator loss; step with the "
            "generator's optimizer on self.generator_side; return that mean."
        )


# %% [markdown]
# ### 6a. The discriminator's step (4 points)
#
# The check uses a discriminator that can do nothing but read labels: it says "real", with logit 5, to class
# 0, and logit 0 to all else. If the label reaches it on both sides, its loss for class 0 must be
# $\mathrm{softplus}(-5) + \mathrm{softplus}(5) = 5.013$, and $\log 4 = 1.386$ for class 1.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "9b05ac0cb4a600a334d26e1edc10cd30", "grade": true, "grade_id": "cgan_discriminator_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# def label_reader():
#     """A discriminator of points and three label entries that only looks at the entry of class 0."""
#     x = keras.Input((2 + 3,))
#     model = keras.Model(x, layers.Dense(1, use_bias=False)(x))
#     model.set_weights([np.array([[0], [0], [5], [0], [0]], "float32")])
#     return model
#
#
# points = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
# zeros, ones = np.zeros(8, "int32"), np.ones(8, "int32")
# for asked, expected in ((zeros, 5.0134), (ones, 1.3863)):
#     loss = float(compiled(small_gan(ConditionalGAN, label_reader())).train_discriminator(points, asked))
#     assert abs(loss - expected) < 1e-3, (
#         f"label reader, class {asked[0]}: expected a mean loss of {expected:.3f}, received {loss:.3f}. "
#         "Is c appended to the real *and* to the fake points?"
#     )
# cgan = compiled(small_gan(ConditionalGAN, dense(2 + 3, 1)))
# before = weights_of(cgan.generator), weights_of(cgan.discriminator)
# cgan.train_discriminator(points, ones)
# assert same(before[0], weights_of(cgan.generator)), "the discriminator's step moved the generator."
# assert not same(before[1], weights_of(cgan.discriminator)), "the discriminator's step did not move it."
# print("ConditionalGAN, discriminator: reads labels on both sides, moves alone.")

# %% [markdown]
# ### 6b. The generator's step (4 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "fdbfda50f8b272fa9073d88d55c645ee", "grade": true, "grade_id": "cgan_generator_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# for asked, expected in ((zeros, 0.0067), (ones, 0.6931)):
#     loss = float(compiled(small_gan(ConditionalGAN, label_reader())).train_generator(asked))
#     assert abs(loss - expected) < 1e-3, (
#         f"label reader, class {asked[0]}: expected a mean loss of {expected:.4f}, received {loss:.4f}."
#     )
# cgan = compiled(small_gan(ConditionalGAN, dense(2 + 4, 1), EmbeddingCondition(3, condition_dim=4)))
# before = weights_of(cgan.generator), weights_of(cgan.discriminator), weights_of(cgan.condition)
# cgan.train_generator(ones)
# assert not same(before[0], weights_of(cgan.generator)), "the generator's step did not move it."
# assert same(before[1], weights_of(cgan.discriminator)), "the generator's step moved the discriminator."
# assert not same(before[2], weights_of(cgan.condition)), (
#     "the table was left out: step on self.generator_side."
# )
# print("ConditionalGAN, generator: its side moves, the discriminator does not.")

# %% [markdown]
# ### 6c. Both steps, and a first training (3 points)
#
# The inherited `train_step` finds the two methods that you just wrote.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "aba45169e5cada8f315a1111266520be", "grade": true, "grade_id": "cgan_step_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# cgan = compiled(small_gan(ConditionalGAN, dense(2 + 3, 1)))
# before = weights_of(cgan.generator), weights_of(cgan.discriminator)
# logs = cgan.train_step((points, ones))
# assert set(logs) == {"discriminator_loss", "generator_loss"}, (
#     f"return update_trackers' dict, received {set(logs)}."
# )
# assert not same(before[0], weights_of(cgan.generator)), "train_step did not move the generator."
# assert not same(before[1], weights_of(cgan.discriminator)), "train_step did not move the discriminator."
# history = cgan.fit(points, ones, epochs=2, batch_size=4, verbose=0).history
# assert np.isfinite(list(history.values())).all(), f"a loss is no number: {history}"
# print("ConditionalGAN: one step of each side per batch.")

# %% [markdown]
# For a picture we take points in the plane, three classes that **overlap**: Gaussians of standard deviation
# 1 whose centres are 2 apart. About one point in four would be taken for a neighbouring class by anybody,
# and rightly so: it is where it should be. Half a minute at most.

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# angles = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
# centres = 2 / np.sqrt(3) * np.stack([np.cos(angles), np.sin(angles)], axis=1)
# generator = np.random.default_rng(0)
# point_labels = generator.integers(0, 3, 20_000)
# points = (centres[point_labels] + generator.normal(size=(20_000, 2))).astype("float32")
#
#
# def train_on_points(cls, discriminator):
#     """Train a GAN on the overlapping classes and return 1,000 points of each."""
#     keras.utils.set_random_seed(0)
#     gan = cls(dense(4 + 3, 2), discriminator, 4, OneHotCondition(3))
#     adam = (keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2))
#     gan.compile(*adam, jit_compile=False)
#     gan.fit(points, point_labels, epochs=20, batch_size=256, verbose=0)
#     return np.asarray(gan.sample(3_000))  # labels in turn
#
#
# def show_classes(**samples):
#     """Draw each set of points, (3 * n, 2) with labels in turn, in a panel of its own."""
#     figure = Picture(figsize=(3.6 * len(samples), 3.6), layout="constrained")
#     for axes, (name, drawn) in zip(figure.subplots(1, len(samples)), samples.items(), strict=True):
#         for label in range(3):
#             axes.plot(*drawn[label::3].T, ".", markersize=2, alpha=0.4)
#         spread = np.mean([drawn[label::3].std(axis=0) for label in range(3)])
#         axes.set(xlim=(-4.5, 4.5), ylim=(-4.5, 4.5), aspect="equal")
#         axes.set_title(f"{name}: standard deviation within a class {spread:.2f}", fontsize=8)
#     figure.supxlabel(
#         "Three overlapping Gaussians (generated data); colour: the class that was asked for", fontsize=8
#     )
#     return figure
#
#
# in_turn = np.stack([points[point_labels == label][:1_000] for label in range(3)], axis=1).reshape(-1, 2)
# from_cgan = train_on_points(ConditionalGAN, dense(2 + 3, 1))
# show_classes(data=in_turn, ConditionalGAN=from_cgan)

# %% [markdown]
# Each class is where it belongs, and the classes overlap as they do in the data. Keep this picture in mind.

# %% [markdown]
# ## 7. A discriminator with two heads (4 points, about 25 minutes)
#
# The AC-GAN's discriminator answers a second question. One body, two heads: like Monday's encoder. The
# first head says, as a logit, whether the image is real; the second gives one logit per class, and is
# trained with the cross-entropy of the right one,
#
# $$ L_{\text{class}} = -\log \mathrm{softmax}(\ell)_y
# = -\ell_y + \log \sum_{k} e^{\ell_k}. \tag{5} $$
#
# For equal logits it is $\log K$: with ten classes, 2.303 nats. Mind that these logits are not the logit of
# the first head, and that label noise does not touch this loss: the class of an image is not in doubt.
#
# **Write** the loss (Keras has it: `keras.losses.sparse_categorical_crossentropy`, which wants to be told
# that it gets logits) and the network. Its body follows the rules of Tuesday's discriminator, and layer
# counts are yours to choose. The body is run *once* per call.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "f093625255306a81fa44441b24761a63", "grade": false, "grade_id": "auxiliary", "locked": false, "schema_version": 3, "solution": true, "task": false}
def class_loss(class_logits, labels):
    """Cross-entropy of the true class, per example: -log softmax(class_logits)[label].

    Args:
        class_logits: float, (batch, num_classes).
        labels: int, (batch,).

    Returns:
        float, (batch,), in nats, not averaged; log(num_classes) for equal logits.
    """
    class_logits, labels = ops.convert_to_tensor(class_logits), ops.cast(labels, "int32")
    raise ToImplement("class_loss: return the sparse categorical cross-entropy from logits.")


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    """One body, two questions: is the image real, and which class does it show? Odena, Olah & Shlens (2017).

    Args:
        num_classes: int, number of class logits.
        filters: int, of the first convolution; the second has twice as many.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.filters = filters
        raise ToImplement(
            "AuxiliaryDiscriminator.__init__: make the layers of the shared body (strided "
            "convolutions and LeakyReLU of slope 0.2, as in your Discriminator, then Flatten) and "
            "two Dense heads without activation: one unit, and num_classes units."
        )

    def call(self, x, training=None):
        """Return what the two heads say.

        Args:
            x: float, (batch, height, width, channels).
            training: bool or None, for the batch normalisation.

        Returns:
            (authenticity logits (batch, 1), class logits (batch, num_classes)).
        """
        raise ToImplement(
            "AuxiliaryDiscriminator.call: send x through the body once, and its output through "
            "both heads."
        )

    def get_config(self):
        """Return the constructor's arguments."""
        raise ToImplement("AuxiliaryDiscriminator.get_config: add num_classes and filters.")


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "95fa2dbc9e3dc4134c1ef9dd6e0f7dff", "grade": true, "grade_id": "auxiliary_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# labels = np.array([0, 3, 9, 3])
# undecided = np.asarray(class_loss(np.zeros((4, 10), "float32"), labels))
# assert undecided.shape == (4,), f"one loss per image: expected (4,), received {undecided.shape}."
# assert np.allclose(undecided, np.log(10)), f"equal logits cost ln 10 = 2.303, received {undecided[0]:.3f}."
# certain = np.asarray(class_loss(50 * np.eye(10, dtype="float32")[labels], labels))
# wrong = np.asarray(class_loss(50 * np.eye(10, dtype="float32")[(labels + 1) % 10], labels))
# assert np.allclose(certain, 0, atol=1e-3) and np.allclose(wrong, 50, atol=1e-3), (
#     f"logit 50 for the right class costs 0, for a wrong one 50 nats, received {certain[0]:.2f} and "
#     f"{wrong[0]:.2f}."
# )
# auxiliary = AuxiliaryDiscriminator(num_classes=7, filters=4)
# with tf.GradientTape() as tape:
#     authenticity, classes = auxiliary(digits.x_test[:5])
# shapes = [tuple(authenticity.shape), tuple(classes.shape)]
# assert shapes == [(5, 1), (5, 7)], f"expected shapes (5, 1) and (5, 7), received {shapes}."
# reached = tape.gradient(classes, auxiliary.trainable_variables)
# assert sum(gradient is not None for gradient in reached) >= 4, (
#     "the class logits should depend on the body and on their own head."
# )
# twin = AuxiliaryDiscriminator.from_config(auxiliary.get_config())
# assert (twin.num_classes, twin.filters) == (7, 4), "get_config lost an argument."
# print("AuxiliaryDiscriminator: one body, two heads.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# right_logit = np.linspace(-6, 10, 161, dtype="float32")
# logits = np.zeros((161, 10), "float32")
# logits[:, 4] = right_logit
# figure = Picture(figsize=(5, 3), layout="constrained")
# axes = figure.subplots()
# axes.plot(right_logit, class_loss(logits, np.full(161, 4)))
# axes.axhline(np.log(10), color="k", linestyle="--", linewidth=1, label="ln 10: no idea")
# axes.set(xlabel="logit of the right class, the other nine are 0", ylabel="nats")
# axes.set_title("Equation (5) with ten classes", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# ## 8. The auxiliary-classifier GAN: the discriminator has to guess (13 points, about 30 minutes)
#
# Each side adds the class loss to its own, with a weight $\lambda$ (`class_weight`):
#
# $$ L_D = L_{\text{real or fake}} + \lambda \left[ L_{\text{class}}(\text{real}) +
# L_{\text{class}}(\text{fake}) \right], \tag{6} $$
# $$ L_G = -\log D(\text{fake}) + \lambda\, L_{\text{class}}(\text{fake}). \tag{7} $$
#
# Note the odd thing: about reality the two sides are enemies, about the class they are **allies**. The
# discriminator, too, wants the class of the *fakes* to be read correctly, so equation (6) has two class
# losses. (Odena, Olah & Shlens write it so; some well-known programs leave out the one on fakes.) And the
# discriminator never sees the label: it is the answer, not a part of the question.
#
# **Write** the two steps, and `get_config`, which now has to remember one number more than the parent's.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "1536ed96ce308644cb0a05aefaf96f7a", "grade": false, "grade_id": "acgan", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="conditional")
class ACGAN(LabelledGAN):
    """The discriminator predicts the label and never receives it. Odena, Olah & Shlens (2017).

    Args:
        discriminator: keras.Model, images -> (authenticity logits (batch, 1), class logits (batch, num_classes)).
        class_weight: float, of the class losses against the authenticity loss. The others as in LabelledGAN.
    """

    def __init__(
        self,
        generator,
        discriminator,
        latent_dim,
        condition,
        class_weight=1.0,
        label_noise=0.0,
        seed=None,
        **kwargs,
    ):
        super().__init__(generator, discriminator, latent_dim, condition, label_noise, seed, **kwargs)
        self.class_weight = class_weight

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,); of the images, and also what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of equation (6), in nats, before the step.
        """
        raise ToImplement(
            "ACGAN.train_discriminator: as in ConditionalGAN, but the discriminator sees images "
            "alone and answers twice; the loss is equation (6)."
        )

    def train_generator(self, labels):
        """Take one step of the generator's side alone.

        Args:
            labels: int, (batch,), what the fakes are asked to show.

        Returns:
            float32 scalar, the batch mean of equation (7), in nats, before the step.
        """
        raise ToImplement(
            "ACGAN.train_generator: on a tape, make fakes of the labels and ask the "
            "discriminator; the loss is equation (7); step on self.generator_side; return the "
            "mean."
        )

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        raise ToImplement("ACGAN.get_config: return the parent's config with class_weight added.")

# %% [markdown]
# ### 8a. Both steps (8 points)
#
# The check uses a discriminator whose weights are all 0: it calls everything real with probability
# $\frac12$ and every class equally likely. With three classes and $\lambda = 10$, equation (6) gives
# $\log 4 + 10 \cdot 2 \log 3 = 23.36$ and (7) gives $\log 2 + 10 \log 3 = 11.68$. A missing term shows at
# once.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "71c2a97f9edada37aa56065432d7cf22", "grade": true, "grade_id": "acgan_discriminator_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# def undecided():
#     """A discriminator of points with two heads and all weights 0."""
#     model = dense(2, 1, 3)
#     model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
#     return model
#
#
# few, few_labels = np.random.default_rng(0).normal(size=(8, 2)).astype("float32"), np.arange(8) % 3
# loss = float(
#     compiled(small_gan(ACGAN, undecided(), class_weight=10.0)).train_discriminator(few, few_labels)
# )
# assert abs(loss - 23.3587) < 1e-2, (
#     f"undecided discriminator: expected 23.36, received {loss:.2f}. (12.37: a class loss is missing, "
#     "on real or on fakes. 3.58: without class_weight. 1.39: without any class loss.)"
# )
# acgan = compiled(small_gan(ACGAN, dense(2, 1, 3)))
# before = weights_of(acgan.generator), weights_of(acgan.discriminator)
# acgan.train_discriminator(few, few_labels)
# assert same(before[0], weights_of(acgan.generator)), "the discriminator's step moved the generator."
# assert not same(before[1], weights_of(acgan.discriminator)), "the discriminator's step did not move it."
# print("ACGAN, discriminator: all terms of equation (6) are there.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "1855cdbaf0fc9611f63e26187991e808", "grade": true, "grade_id": "acgan_generator_check", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (4 points): run this cell; a click opens its code
# loss = float(compiled(small_gan(ACGAN, undecided(), class_weight=10.0)).train_generator(few_labels))
# assert abs(loss - 11.6793) < 1e-2, f"undecided discriminator: expected 11.68, received {loss:.2f}."
# acgan = compiled(small_gan(ACGAN, dense(2, 1, 3), EmbeddingCondition(3, condition_dim=4)))
# before = weights_of(acgan.generator), weights_of(acgan.discriminator), weights_of(acgan.condition)
# acgan.train_generator(few_labels)
# assert not same(before[0], weights_of(acgan.generator)), "the generator's step did not move it."
# assert same(before[1], weights_of(acgan.discriminator)), "the generator's step moved the discriminator."
# assert not same(before[2], weights_of(acgan.condition)), (
#     "the table was left out: step on self.generator_side."
# )
# print("ACGAN, generator: wants to look real and to be recognised.")

# %% [markdown]
# ### 8b. Training and saving (5 points)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "52786e6ece29319e86958edad505de51", "grade": true, "grade_id": "acgan_step_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# keras.utils.set_random_seed(0)
# acgan = compiled(small_gan(ACGAN, dense(2, 1, 3)))
# separate = (10 * np.eye(3, 2, dtype="float32"))[few_labels] + few  # classes far apart: easy to tell
# read_classes = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# first = float(read_classes(few_labels, acgan.discriminator(separate)[1]))
# acgan.fit(separate, few_labels, batch_size=8, epochs=4, verbose=0)  # one step each
# last = float(read_classes(few_labels, acgan.discriminator(separate)[1]))
# assert last < 0.7 * first, (
#     f"4 steps should teach the class head: its cross-entropy for real points was {first:.2f} nats and is "
#     f"{last:.2f}, expected less than seven tenths."
# )
# print(f"ACGAN: the second head learns the class: its cross-entropy fell from {first:.2f} to {last:.2f} nats.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "42abd920e80e676654e52ed5d92a18b4", "grade": true, "grade_id": "acgan_config_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# saved = small_gan(ACGAN, dense(2, 1, 3), EmbeddingCondition(3, condition_dim=4), class_weight=0.5)
# with tempfile.TemporaryDirectory() as folder:
#     saved.save(Path(folder) / "acgan.keras")
#     reloaded = keras.models.load_model(Path(folder) / "acgan.keras")
# assert reloaded.class_weight == 0.5, (
#     f"class_weight was lost: expected 0.5, received {reloaded.class_weight}."
# )
# assert np.allclose(saved.generate(few, few_labels), reloaded.generate(few, few_labels)), (
#     "it draws otherwise."
# )
# print("ACGAN, saving: the reloaded GAN is the saved one.")

# %% [markdown]
# Now the overlapping classes again: same points, same generator, same number of steps.

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# from_acgan = train_on_points(ACGAN, dense(2, 1, 3))
# show_classes(data=in_turn, ConditionalGAN=from_cgan, ACGAN=from_acgan)

# %% [markdown]
# The AC-GAN's classes do not overlap. They have been pushed apart, and each is narrower than in the data:
# where two classes overlap the second head is unsure, being there costs class loss, so the generator stays
# away. It draws what is *typical* of a class instead of what is *true* of it. This is the AC-GAN's known
# weakness, **low diversity within a class** (Gong et al. 2019, Hou et al. 2022), and it is built into
# equation (7), not an accident of training. Whoever measures only how often the class is read correctly will
# find the AC-GAN better than the data themselves! So the callers measure both: is it the right digit, and
# are the digits of one class still different from each other?

# %% [markdown]
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit`
# `conditional.ipynb` and `conditional.py`, and go on to the callers. Start with `train_cvae_mnist.ipynb`: it
# is the quickest.
