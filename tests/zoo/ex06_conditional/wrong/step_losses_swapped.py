# The two losses are swapped.
# fails: test_cgan_train_step, test_acgan_train_step, test_cgan_epoch_means, test_acgan_epoch_means
# hints: losses-swapped

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
        return self.update_trackers(g_loss, d_loss)

    def get_config(self):
        config = super().get_config()
        config["condition"] = keras.saving.serialize_keras_object(self.condition)
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["condition"] = keras.saving.deserialize_keras_object(config["condition"])
        return super().from_config(config)
