# Helpers of the student's own, a shared method for both steps, distances by the binomial formula.

# %% grade_id="autoencoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class Autoencoder(BaseAutoencoder):
    def encode(self, x):
        z = self.encoder(x)
        return z

    def decode(self, z):
        x = self.decoder(z)
        return x

    def call(self, x, training=None):
        return self.decoder(self.encoder(x, training=training), training=training)

    def reconstruct(self, x):
        return self(x, training=False)

    def errors(self, shown, target, training):
        return reconstruction_error(target, self(shown, training=training))

    def train_step(self, data):
        x = self.inputs_of(data)
        with tf.GradientTape() as tape:
            errors = self.errors(self.corrupt(x), x, True)
            loss = ops.mean(errors, axis=0)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_weights), self.trainable_weights))
        self.loss_tracker.update_state(errors)
        return {metric.name: metric.result() for metric in self.metrics}

    def test_step(self, data):
        x = self.inputs_of(data)
        self.loss_tracker.update_state(self.errors(x, x, False))
        return {metric.name: metric.result() for metric in self.metrics}

    def get_config(self):
        config = super().get_config()
        config["encoder"] = keras.saving.serialize_keras_object(self.encoder)
        config["decoder"] = keras.saving.serialize_keras_object(self.decoder)
        return config

    @classmethod
    def from_config(cls, config):
        config = config.copy()
        encoder = keras.saving.deserialize_keras_object(config.pop("encoder"))
        decoder = keras.saving.deserialize_keras_object(config.pop("decoder"))
        return cls(encoder=encoder, decoder=decoder, **config)

# %% grade_id="neighbours"
def squared_distances(a, b):
    return (a**2).sum(1)[:, None] - 2 * a @ b.T + (b**2).sum(1)[None]


def vote_of_neighbours(train_codes, train_labels, codes, num_neighbours=5):
    train_codes, codes = np.array(train_codes, "float64"), np.array(codes, "float64")
    labels = np.array(train_labels, "int64")
    nearest = squared_distances(codes, train_codes).argsort(-1)[:, :num_neighbours]
    counts = np.stack([(labels[nearest] == label).sum(1) for label in range(labels.max() + 1)], axis=1)
    return counts.argmax(1)
