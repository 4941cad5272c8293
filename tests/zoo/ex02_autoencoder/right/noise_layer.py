# The noise of a Keras layer, kept in training mode; the way as an interpolation, the vote by scikit-learn.

# %% grade_id="denoising"
@keras.saving.register_keras_serializable(package="autoencoder")
class DenoisingAutoencoder(Autoencoder):
    def __init__(self, encoder, decoder, noise_std=0.5, **kwargs):
        super().__init__(encoder, decoder, **kwargs)
        if noise_std < 0:
            raise ValueError("noise_std must be 0 or more")
        self.noise_std = noise_std
        self.noise = layers.GaussianNoise(noise_std)

    def corrupt(self, x):
        return self.noise(ops.cast(x, "float32"), training=True)

    def get_config(self):
        return {**super().get_config(), "noise_std": float(self.noise_std)}

# %% grade_id="neighbours"
def vote_of_neighbours(train_codes, train_labels, codes, num_neighbours=5):
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(num_neighbours).fit(np.array(train_codes), np.array(train_labels))
    return classifier.predict(np.array(codes))

# %% grade_id="path"
def straight_path(start, end, num_steps):
    return np.linspace(np.array(start, "float32"), np.array(end, "float32"), num_steps, dtype="float32")
