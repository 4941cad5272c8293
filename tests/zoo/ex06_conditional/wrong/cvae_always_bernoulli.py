# The likelihood is Bernoulli whatever was given.
# fails: test_cvae_terms_use_the_likelihood
# hints: likelihood-ignored

# %% grade_id="cvae"
from vae import BernoulliLikelihood


@keras.saving.register_keras_serializable(package="conditional")
class CVAE(VAE):
    def __init__(self, encoder, decoder, condition, likelihood=None, **kwargs):
        super().__init__(encoder, decoder, likelihood, **kwargs)
        self.condition = condition

    @property
    def latent_dim(self):
        if hasattr(self.encoder, "latent_dim"):
            return self.encoder.latent_dim
        return super().latent_dim - self.condition.condition_dim

    def inputs_of(self, data):
        return images_and_labels(data)

    def encode(self, x, labels):
        z_mean, z_log_var = self.encoder(append_to_data(x, self.condition(labels)))
        return z_mean, z_log_var

    def decode(self, z, labels):
        return self.decoder(append_condition(z, self.condition(labels)))

    def call(self, inputs):
        x, labels = inputs
        z_mean, z_log_var = self.encode(x, labels)
        return self.decode(self.sampling(z_mean, z_log_var), labels)

    def elbo_terms(self, inputs):
        x, labels = inputs
        z_mean, z_log_var = self.encode(x, labels)
        z = self.sampling(z_mean, z_log_var)
        parameters = self.decode(z, labels)
        reconstruction_loss = BernoulliLikelihood().negative_log_likelihood(x, parameters)
        return reconstruction_loss, kl_to_standard_normal(z_mean, z_log_var)

    def generate(self, z, labels):
        return self.likelihood.mean(self.decode(z, labels))

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.generate(keras.random.normal((num_samples, self.latent_dim)), labels)

    def reconstruct(self, inputs):
        x, labels = inputs
        z_mean, z_log_var = self.encode(x, labels)
        return self.generate(z_mean, labels)

    def get_config(self):
        config = super().get_config()
        config["condition"] = keras.saving.serialize_keras_object(self.condition)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["condition"] = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config(config)
