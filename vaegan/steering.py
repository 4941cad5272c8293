"""Does the label steer? Every class from the same z, after each epoch of a training.

    model.fit(x, y, callbacks=[SteerableSheets(directory, num_classes=10, caption=data.caption)])

For models with `generate(z, labels)`: a conditional VAE, a conditional GAN, an auxiliary-classifier GAN.
"""

import keras
import numpy as np

from vaegan.callbacks import EpochFigures
from vaegan.pictures import reconstruction_sheet, steerable_sheet


def steering_inputs(num_rows, num_classes, latent_dim, seed=0):
    """Return what to generate for a steerable sheet: every class from each of a few z.

    Args:
        num_rows: int, number of different z.
        num_classes: int.
        latent_dim: int.
        seed: of the draws of z; they are NumPy's, so a training that asks for them stays as it was.

    Returns:
        z: float32, (num_rows * num_classes, latent_dim), each z num_classes times in a row.
        labels: int32, (num_rows * num_classes,), 0, 1, ..., num_classes - 1 for each z.
    """
    z = np.random.default_rng(seed).standard_normal((num_rows, latent_dim)).astype("float32")
    return np.repeat(z, num_classes, axis=0), np.tile(np.arange(num_classes, dtype="int32"), num_rows)


class SteerableSheets(EpochFigures):
    """Writes epoch001_steer.png, 002, ...: one class per column, the same z along a row, the same in all epochs.

    Args:
        directory: folder for the pictures.
        num_classes: int, number of columns.
        class_names: titles of the columns; None for 0, 1, 2, ...
        num_rows: number of different z.
        data: (x, labels), held-out images for epoch001_recons.png, if the model can `reconstruct`; else None.
        epochs: the epochs to write, for example (1, 10, 20); None for every one.
        caption: names the data; the model's class and the epoch are added.
        seed: of the draws of z.
    """

    def __init__(
        self,
        directory,
        num_classes,
        class_names=None,
        num_rows=5,
        data=None,
        epochs=None,
        caption="",
        seed=0,
    ):
        super().__init__(directory, epochs, caption, seed)
        self.num_classes = num_classes
        self.class_names = class_names
        self.num_rows = num_rows
        self.data = data

    def figures(self, model_now):
        """Yield the steerable sheet and, with `data`, its reconstructions."""
        z, labels = steering_inputs(self.num_rows, self.num_classes, self.model.latent_dim, self.seed)
        images = keras.ops.convert_to_numpy(self.model.generate(z, labels))
        caption = self._say(f"{model_now}, same z along a row")
        yield "steer", steerable_sheet(images, self.num_classes, self.class_names, caption)
        if self.data is not None:
            recons = keras.ops.convert_to_numpy(self.model.reconstruct(self.data))
            caption = self._say(f"{model_now}, reconstructions")
            yield "recons", reconstruction_sheet(self.data[0], recons, caption)
