# The conditional GAN's steps never end.
# fails: test_cgan_discriminator_loss, test_cgan_generator_loss

# %% grade_id="cgan"
import time


@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    def train_discriminator(self, images, labels):
        while True:
            time.sleep(0.1)

    def train_generator(self, labels):
        while True:
            time.sleep(0.1)
