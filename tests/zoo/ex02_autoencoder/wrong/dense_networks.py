# Dense layers where the lesson asks for convolutions.
# fails: test_encoder_sizes
# hints: encoder-filters-fixed

# %% grade_id="conv_encoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class ConvEncoder(keras.Model):
    def __init__(self, latent_dim=16, filters=16, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.filters = filters
        self.stack = [layers.Flatten(), layers.Dense(8 * filters, activation="relu"), layers.Dense(latent_dim)]

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return x

    def get_config(self):
        return {**super().get_config(), "latent_dim": self.latent_dim, "filters": self.filters}
