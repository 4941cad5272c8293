# Fakes are made for shuffled labels.
# fails: test_labelled_fakes
# hints: fakes-of-random-labels

# %% grade_id="labelled_gan"
@keras.saving.register_keras_serializable(package="conditional")
class LabelledGAN(GAN):
    def __init__(self, generator, discriminator, latent_dim, condition, label_noise=0.0, seed=None, **kwargs):
        super().__init__(generator, discriminator, latent_dim, label_noise=label_noise, seed=seed, **kwargs)
        self.condition = condition

    @property
    def generator_side(self):
        return self.generator.trainable_variables + self.condition.trainable_variables

    def fakes(self, labels, training=True):
        z = self.noise(ops.shape(labels)[0])
        labels = keras.random.shuffle(labels)
        return self.generator(append_condition(z, self.condition(labels)), training=training)

    def generate(self, z, labels):
        return self.generator(append_condition(z, self.condition(labels)), training=False)

    def sample(self, num_samples, labels=None):
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.generate(self.noise(num_samples), labels)

    def train_step(self, data):
        images, labels = images_and_labels(data)
        d_loss = self.train_discriminator(images, labels)
        g_loss = self.train_generator(labels)
        return self.update_trackers(d_loss, g_loss)

    def get_config(self):
        config = super().get_config()
        config["condition"] = keras.saving.serialize_keras_object(self.condition)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["condition"] = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config(config)
