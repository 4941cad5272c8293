# New layers on every call: nothing that is trained is kept.
# fails: test_encoder_heads_are_linear_and_separate, test_encoder_config
# hints: layers-made-in-call

# %% grade_id="encoder"
@keras.saving.register_keras_serializable(package="vae")
class Encoder(keras.Model):
    def __init__(self, latent_dim=10, hidden_units=400, **kwargs):
        super().__init__(**kwargs)
        self.latent_dim = latent_dim
        self.hidden_units = hidden_units
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units, activation="relu")

    def call(self, x):
        h = self.hidden(self.flatten(x))
        return layers.Dense(self.latent_dim)(h), layers.Dense(self.latent_dim)(h)

    def get_config(self):
        config = super().get_config()
        config.update(latent_dim=self.latent_dim, hidden_units=self.hidden_units)
        return config
