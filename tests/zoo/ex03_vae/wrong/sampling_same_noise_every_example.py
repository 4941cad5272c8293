# One row of noise serves the whole batch.
# fails: test_sampling_distribution, test_noise_is_fresh
# hints: same-noise-every-example

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        epsilon = keras.random.normal((1, z_mean.shape[-1]), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

    def get_config(self):
        config = super().get_config()
        config.update(seed=self.seed)
        return config
