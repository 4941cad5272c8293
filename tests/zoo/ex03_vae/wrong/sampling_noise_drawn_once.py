# The noise is drawn in the first call and kept.
# fails: test_noise_is_fresh
# hints: same-noise-every-call

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        if not hasattr(self, "epsilon") or self.epsilon.shape != z_mean.shape:
            self.epsilon = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        epsilon = self.epsilon
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

    def get_config(self):
        config = super().get_config()
        config.update(seed=self.seed)
        return config
