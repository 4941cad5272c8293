# NumPy's noise: a constant once the function is compiled.
# fails: test_noise_is_fresh
# hints: noise-frozen-in-graph

# %% grade_id="sampling"
import numpy as np


@keras.saving.register_keras_serializable(package="vae")
class Sampling(layers.Layer):
    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, z_mean, z_log_var):
        epsilon = np.random.normal(size=z_mean.shape).astype("float32")
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon

    def get_config(self):
        config = super().get_config()
        config.update(seed=self.seed)
        return config
