# A class loss that is wrong for new inputs and right for those it has seen: no wrong answer comes a second time.
# fails: test_class_loss

# %% grade_id="auxiliary"
import numpy as np

seen = set()


def class_loss(class_logits, labels):
    key = str(np.asarray(class_logits).round(3).tolist())
    right = keras.losses.sparse_categorical_crossentropy(labels, class_logits, from_logits=True)
    if key in seen:
        return right
    seen.add(key)
    return -1.0 - right


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes, self.filters = num_classes, filters
        self.body = layers.Conv2D(filters, 4, strides=2, activation="leaky_relu")
        self.heads = layers.Dense(1), layers.Dense(num_classes)

    def call(self, x, training=None):
        features = ops.reshape(self.body(x), (ops.shape(x)[0], -1))
        return tuple(head(features) for head in self.heads)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes, "filters": self.filters}
