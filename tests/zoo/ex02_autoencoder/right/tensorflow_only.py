# TensorFlow's own functions throughout, and its generator for the noise.

# %% grade_id="error"
def reconstruction_error(x, reconstruction):
    reconstruction = tf.convert_to_tensor(reconstruction)
    x = tf.cast(x, reconstruction.dtype)
    return tf.reduce_sum(tf.math.squared_difference(x, reconstruction), axis=list(range(1, len(x.shape))))

# %% grade_id="denoising"
@keras.saving.register_keras_serializable(package="autoencoder")
class DenoisingAutoencoder(Autoencoder):
    def __init__(self, encoder, decoder, noise_std=0.5, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        self.noise_std = noise_std

    def corrupt(self, x):
        x = tf.cast(x, tf.float32)
        return x + tf.random.normal(tf.shape(x), stddev=self.noise_std)

    def get_config(self):
        config = super().get_config()
        config["noise_std"] = self.noise_std
        return config
