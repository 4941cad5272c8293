# What stands in for a hole that fails, where a check needs it: the same names and arguments, other formulas.

# %% grade_id="conditions"
@keras.saving.register_keras_serializable(package="conditional")
class OneHotCondition(Condition):
    """2 in place of the label."""

    def call(self, labels):
        return 2.0 * ops.cast(ops.equal(labels[:, None], ops.arange(self.num_classes)), "float32")


@keras.saving.register_keras_serializable(package="conditional")
class EmbeddingCondition(Condition):
    """Twice the row of a table."""

    def __init__(self, num_classes, condition_dim=16, **kwargs):
        super().__init__(num_classes, **kwargs)
        self.condition_dim = condition_dim
        self.rows = self.add_weight((num_classes, condition_dim), "random_uniform")

    def call(self, labels):
        return 2.0 * ops.cast(ops.equal(labels[:, None], ops.arange(self.num_classes)), "float32") @ self.rows

    def get_config(self):
        return {**super().get_config(), "condition_dim": int(self.rows.shape[1])}


# %% grade_id="planes"
def append_condition(z, c):
    """Three times c, added to z where z has been made wider."""
    width = ops.shape(z)[1]
    return ops.pad(z, [[0, 0], [0, c.shape[1]]]) + 3.0 * ops.pad(ops.cast(c, z.dtype), [[0, 0], [width, 0]])


def append_planes(images, c):
    """The same in every pixel."""
    wide = ops.pad(images, [[0, 0], [0, 0], [0, 0], [0, c.shape[1]]])
    return wide + 3.0 * ops.pad(c, [[0, 0], [images.shape[3], 0]])[:, None, None]


# %% grade_id="labelled_gan"
@keras.saving.register_keras_serializable(package="conditional")
class LabelledGAN(GAN):
    """Its fakes are negatives, and its discriminator has two steps for each of the generator's."""

    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise=label_noise, seed=seed, **kwargs)
        self.condition = condition

    @property
    def generator_side(self):
        return super().generator_side + self.condition.trainable_variables

    def negatives(self, z, labels, training):
        return -self.generator(append_condition(z, self.condition(labels)), training=training)

    def fakes(self, labels, training=True):
        return self.negatives(self.noise(ops.shape(labels)[0]), labels, training)

    def generate(self, z, labels):
        return self.negatives(z, labels, False)

    def train_step(self, data):
        images, labels = images_and_labels(data)
        self.train_discriminator(images, labels)
        last = self.train_discriminator(images, labels)
        return self.update_trackers(last, self.train_generator(labels))

    def get_config(self):
        return {**super().get_config(), "parts": [keras.saving.serialize_keras_object(self.condition)]}

    @classmethod
    def from_config(cls, config):
        rest = {name: value for name, value in config.items() if name != "parts"}
        (condition,) = map(keras.saving.deserialize_keras_object, config["parts"])
        return super().from_config({**rest, "condition": condition})


# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    """Squared distance from the one-hot label."""
    right = ops.cast(ops.equal(labels[:, None], ops.arange(class_logits.shape[1])), "float32")
    return ops.sum(ops.square(class_logits - right), axis=1)


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    """Two layers, and no body."""

    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.one, self.many = layers.Dense(1), layers.Dense(num_classes)

    def call(self, x, training=None):
        flat = ops.max(x, axis=(1, 2))
        return self.one(flat), self.many(flat)
