"""What conditional models have in common: labels, and how a label becomes numbers that a network can read.

    keras.layers.Layer <- Condition <- OneHotCondition, EmbeddingCondition   (you write these two)

A conditional model *has a* condition, as a VAE has a likelihood: changing one-hot vectors for learned ones then
means changing this one object.
"""

import keras
import numpy as np
from keras import ops

from vaegan.holes import ToImplement


class Condition(keras.layers.Layer):
    """Turns labels into vectors c, one per example.

    Args:
        num_classes: int > 0; labels are 0, 1, ..., num_classes - 1.
        **kwargs: `name` and what else a Keras layer takes.

    Attributes:
        condition_dim: int, number of entries of c; num_classes unless a subclass says otherwise.
    """

    def __init__(self, num_classes, **kwargs):
        super().__init__(**kwargs)
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1, received {num_classes}.")
        self.num_classes = num_classes
        self.condition_dim = num_classes

    def __call__(self, labels):
        """Take labels of any integer type, lists included, and hand them to `call` as an int32 tensor."""
        return super().__call__(ops.cast(labels, "int32"))

    def call(self, labels):
        """Return c, float32, (batch, condition_dim), for int32 labels (batch,)."""
        raise ToImplement(f"{type(self).__name__}.call: turn labels into vectors (lesson conditional).")

    def get_config(self):
        """Return the constructor's arguments."""
        config = super().get_config()
        config.update(num_classes=self.num_classes)
        return config


def images_and_labels(data):
    """Return (x, labels) of a batch that `fit` passes; labels int32, (batch,).

    Raises:
        ValueError: if the batch has no labels.
    """
    x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
    if y is None:
        raise ValueError(
            "A conditional model learns from images and labels: expected (x, y), received images alone. "
            "Write model.fit(x, y), and validation_data=(x_test, y_test)."
        )
    return x, ops.cast(ops.reshape(y, (-1,)), "int32")


def labels_in_turn(num_samples, num_classes):
    """Return 0, 1, ..., num_classes - 1, 0, 1, ...: int32, (num_samples,), for samples nobody chose labels for."""
    return np.arange(num_samples, dtype="int32") % num_classes
