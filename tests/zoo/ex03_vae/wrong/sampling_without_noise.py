# z is z_mean: an autoencoder.
# fails: test_sampling_distribution, test_noise_is_fresh
# hints: no-noise

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        epsilon = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + 0.0 * z_log_var

    def get_config(self):
        config = super().get_config()
        config.update(seed=self.seed)
        return config
