# The standard deviation is cut off from the gradient.
# fails: test_sampling_gradients
# hints: gradient-cut

# %% grade_id="sampling"
@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        epsilon = keras.random.normal(ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.stop_gradient(ops.exp(0.5 * z_log_var)) * epsilon

    def get_config(self):
        config = super().get_config()
        config.update(seed=self.seed)
        return config
