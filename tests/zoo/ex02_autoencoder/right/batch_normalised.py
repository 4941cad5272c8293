# Batch normalisation and dropout in both networks; the training flag passed on by hand.

# %% grade_id="autoencoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class Autoencoder(BaseAutoencoder):
    def encode(self, x, training=None):
        return self.encoder(x, training=training)

    def decode(self, z, training=None):
        return self.decoder(z, training=training)

    def call(self, x, training=None):
        return self.decode(self.encode(x, training), training)

    def reconstruct(self, x):
        return self(x, training=False)

    def train_step(self, data):
        x = self.inputs_of(data)
        shown = self.corrupt(x)
        with tf.GradientTape() as tape:
            errors = reconstruction_error(x, self(shown, training=True))
            loss = tf.reduce_sum(errors) / tf.cast(tf.shape(errors)[0], errors.dtype)
        weights = self.trainable_weights
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return self.update_trackers(errors)

    def test_step(self, data):
        x = self.inputs_of(data)
        errors = reconstruction_error(x, self(x))
        return self.update_trackers(errors)

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
        }

    @classmethod
    def from_config(cls, config):
        rest = {name: value for name, value in config.items() if name not in ("encoder", "decoder")}
        make = keras.saving.deserialize_keras_object
        return cls(make(config["encoder"]), make(config["decoder"]), **rest)

# %% grade_id="conv_encoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvEncoder(keras.Model):
    def __init__(self, latent_dim=16, filters=16, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.filters = filters
        self.first = layers.Conv2D(filters, 3, strides=2, padding="same")
        self.second = layers.Conv2D(2 * filters, 3, strides=2, padding="same")
        self.norms = [layers.BatchNormalization(momentum=0.8) for _ in range(2)]
        self.code = layers.Dense(latent_dim)

    def call(self, x, training=None):
        h = ops.relu(self.norms[0](self.first(x), training=training))
        h = ops.relu(self.norms[1](self.second(h), training=training))
        return self.code(ops.reshape(h, (ops.shape(h)[0], h.shape[1] * h.shape[2] * h.shape[3])))

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim, "filters": self.filters}
