# What stands in for a hole that fails, where a check needs it: the same names and arguments, other formulas.

# %% grade_id="generator"
@keras.saving.register_keras_serializable(package="gan")
class Generator(keras.Model):
    """One layer."""

    def __init__(self, latent_dim=64, image_shape=(28, 28, 1), filters=64, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim, self.image_shape = latent_dim, tuple(image_shape)
        self.only = layers.Dense(math.prod(self.image_shape))

    def call(self, z, training=None):
        return ops.reshape(ops.hard_sigmoid(self.only(z)), (-1, *self.image_shape))

    def get_config(self):
        return {"name": self.name, "latent_dim": self.latent_dim, "image_shape": self.image_shape}


# %% grade_id="discriminator"
@keras.saving.register_keras_serializable(package="gan")
class Discriminator(keras.Model):
    """How bright it is in each channel, and one layer."""

    def __init__(self, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.only = layers.Dense(1)

    def call(self, x, training=None):
        return self.only(ops.mean(x, axis=(1, 2)))

    def get_config(self):
        return {"name": self.name}


# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    """Half the squared distance of each logit from its target."""
    pairs = (real_logits, real_target), (fake_logits, fake_target)
    sides = [ops.reshape(0.5 * ops.square(ops.cast(logits, "float32") - target), (-1,)) for logits, target in pairs]
    return sides[0] + sides[1]


# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    """Half the squared distance from 1."""
    return ops.reshape(0.5 * ops.square(ops.cast(fake_logits, "float32") - 1.0), (-1,))


def saturating_generator_loss(fake_logits):
    """The same from 0, and its opposite."""
    return -ops.reshape(0.5 * ops.square(ops.cast(fake_logits, "float32")), (-1,))
