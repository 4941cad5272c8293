"""Did the generator draw what it was asked for, and not always the same? A reader trained on real images judges.

    reader = Reader(data.x_train, data.y_train, num_classes=10)
    reader.accuracy(fakes, asked)                          # the right class, but perhaps one image a thousand times
    reader.diversity(fakes, asked, data.x_test, data.y_test)   # per class; 1 is as different as real images are

Neither number means much without the other: a generator that draws one perfect image per class has accuracy 1 and
diversity 0, and noise has a great diversity.
"""

import keras
import numpy as np
from keras import layers

from vaegan.bases import build_optimizer


class Reader:
    """A small convolutional classifier, trained when it is made.

    It must not see what it will judge, nor held-out images that shall say how good it is.

    Args:
        x: float, (n, height, width, channels), real images.
        y: int, (n,).
        num_classes: int.
        num_steps: int, gradient steps with 64 images each; 600 take about ten seconds.
    """

    def __init__(self, x, y, num_classes, num_steps=600):
        self.num_classes = num_classes
        self._features = keras.Sequential(
            [
                keras.Input(np.shape(x)[1:]),
                layers.Conv2D(16, 5, strides=2, activation="relu"),
                layers.Conv2D(32, 5, strides=2, activation="relu"),
                layers.Flatten(),
                layers.Dense(64, activation="relu"),
            ]
        )
        self._classifier = keras.Sequential([self._features, layers.Dense(num_classes)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._classifier.compile(optimizer=keras.optimizers.Adam(2e-3), loss=loss, jit_compile=False)
        build_optimizer(self._classifier.optimizer, self._classifier)
        order = np.resize(np.random.default_rng(0).permutation(len(x)), 64 * num_steps)
        self._classifier.fit(np.asarray(x)[order], np.asarray(y)[order], batch_size=64, verbose=0)

    def read(self, images):
        """Return the class that each image shows, int, (n,)."""
        return np.argmax(_outputs(self._classifier, images), axis=1)

    def confidence(self, images):
        """Return the probability that the reader gives to the class it sees, float, (n,), from 1/num_classes to 1."""
        logits = _outputs(self._classifier, images)
        return 1.0 / np.sum(np.exp(logits - logits.max(axis=1, keepdims=True)), axis=1)

    def accuracy(self, images, labels):
        """Return the share, 0 to 1, of images in which the reader sees their label."""
        return float(np.mean(self.read(images) == np.asarray(labels)))

    def diversity(self, fakes, fake_labels, real, real_labels):
        """Compare how different the images of a class are from each other: fakes against real ones.

        The measure is the variance of the reader's last hidden layer within the class, summed over its units.

        Args:
            fakes, real: float, (n, height, width, channels) and (m, height, width, channels).
            fake_labels, real_labels: int, (n,) and (m,); every class at least twice in both.

        Returns:
            float64, (num_classes,), ratios: 1 as different as real images, 0 all alike.
        """
        return self._spread(fakes, fake_labels) / self._spread(real, real_labels)

    def _spread(self, images, labels):
        features, labels = _outputs(self._features, images), np.asarray(labels)
        return np.array([features[labels == k].var(axis=0).sum() for k in range(self.num_classes)])


def _outputs(network, images):
    """What a network says of many images, (n, outputs); without `predict`, which compiles it first."""
    batches = np.array_split(np.asarray(images), range(500, len(images), 500))
    return np.concatenate([keras.ops.convert_to_numpy(network(batch, training=False)) for batch in batches])
