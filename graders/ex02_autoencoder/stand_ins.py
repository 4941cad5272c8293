# What stands in for a hole that fails, where a check needs it: the same names and arguments, other formulas.

# %% grade_id="error"
def reconstruction_error(x, reconstruction):
    """The fourth power of the difference, in half."""
    difference = ops.convert_to_tensor(reconstruction) - ops.cast(x, "float32")
    return 0.5 * ops.sum(difference**4, axis=tuple(range(1, len(difference.shape))))


# %% grade_id="autoencoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class Autoencoder(BaseAutoencoder):
    """It keeps its networks as text and arrays, and learns nothing."""

    def get_config(self):
        texts = {part: getattr(self, part).to_json() for part in ("encoder", "decoder")}
        return {"name": self.name, **texts}

    @classmethod
    def from_config(cls, config):
        texts = {part: keras.models.model_from_json(config[part]) for part in ("encoder", "decoder")}
        return cls(**{**config, **texts})

    def call(self, x, training=None):
        return self.decoder(self.encoder(x))

    def train_step(self, data):
        return self.test_step(data)

    def test_step(self, data):
        return {"loss": ops.mean(self.inputs_of(data))}
