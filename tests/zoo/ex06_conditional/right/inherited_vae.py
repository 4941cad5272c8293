# The CVAE reuses the VAE's own methods as far as they go, with super() and a remembered label.

# %% grade_id="cvae"
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
        x, labels = images_and_labels(data)
        return x, labels

    def encode(self, x, labels):
        return super().encode(append_to_data(x, self.condition(labels)))

    def decode(self, z, labels):
        return super().decode(append_condition(z, self.condition(labels)))

    def draw(self, x, labels):
        heads = self.encode(x, labels)
        return self.decode(self.sampling(*heads), labels), kl_to_standard_normal(*heads)

    def call(self, inputs, training=None):
        return self.draw(*inputs)[0]

    def elbo_terms(self, inputs):
        x, labels = self.inputs_of(inputs)
        parameters, kl_loss = self.draw(x, labels)
        return self.likelihood.negative_log_likelihood(x, parameters), kl_loss

    def test_step(self, data):
        return self.update_trackers(*self.elbo_terms(data))

    def generate(self, z, labels):
        return self.likelihood.mean(self.decode(ops.convert_to_tensor(z), labels))

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = [i % self.condition.num_classes for i in range(num_samples)]
        zeros = ops.zeros((num_samples, self.latent_dim))
        return self.generate(self.sampling(zeros, zeros), labels)

    def reconstruct(self, inputs):
        return self.generate(self.encode(*inputs)[0], inputs[1])

    def get_config(self):
        config = super().get_config()
        config.update(condition=keras.saving.serialize_keras_object(self.condition))
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        for part in ("encoder", "decoder", "likelihood", "condition"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
