# Fakes are made for the real batch's labels, shuffled.
# fails: test_cgan_discriminator_loss
# hints: fakes-of-random-labels

# %% grade_id="cgan"
@keras.saving.register_keras_serializable(package="conditional")
class ConditionalGAN(LabelledGAN):
    def train_discriminator(self, images, labels):
        c = self.condition(labels)
        fakes = self.fakes(keras.random.shuffle(labels))
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(append_to_data(images, c), training=True)
            fake_logits = self.discriminator(append_to_data(fakes, c), training=True)
            real_target, fake_target = self.targets(real_logits)
            losses = discriminator_loss(real_logits, fake_logits, real_target, fake_target)
            loss = ops.mean(losses)
        variables = self.discriminator.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.discriminator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    def train_generator(self, labels):
        c = ops.stop_gradient(self.condition(labels))
        with tf.GradientTape() as tape:
            fake_logits = self.discriminator(append_to_data(self.fakes(labels), c), training=True)
            loss = ops.mean(generator_loss(fake_logits))
        variables = self.generator_side
        gradients = tape.gradient(loss, variables)
        self.generator_optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss
