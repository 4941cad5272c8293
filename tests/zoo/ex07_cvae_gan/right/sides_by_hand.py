# Sides are named by hand instead of by side_of, and the encoder's means are taken at the end.

# %% grade_id="cvae_gan"
@keras.saving.register_keras_serializable(package="cvae_gan")
class CVAEGAN(CVAEGANLosses):
    """A conditional VAE whose decoder plays a GAN, and whose ruler is the discriminator. Larsen et al. (2016)."""

    def train_discriminator(self, images, labels):
        """Take one step of the discriminator alone.

        Args:
            images: float, (batch, *data_shape), real.
            labels: int, (batch,), theirs; also those of the images that are drawn.

        Returns:
            float32 scalar, the batch mean of equation (5) before the step.
        """
        rebuilt = self.decode(self.sampling(*self.encode(images, labels)), labels, training=True)
        drawn = self.decode(self.noise(ops.shape(images)[0]), labels, training=True)
        with tf.GradientTape() as tape:
            logits = [self.judge(of_kind, labels, training=True)[0] for of_kind in (images, rebuilt, drawn)]
            loss = ops.mean(self.authenticity_loss(*logits))
        variables = self.discriminator.trainable_weights
        self.discriminator_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_encoder(self, images, labels):
        """Take one step of the encoder alone.

        Returns:
            (prior_loss, feature_loss): two float32 scalars, batch means before the step. Their sum is minimised.
        """
        with tf.GradientTape() as tape:
            z_mean, z_log_var = self.encode(images, labels)
            rebuilt = self.decode(self.sampling(z_mean, z_log_var), labels, training=True)
            features, rebuilt_features = (self.judge(of_kind, labels)[1] for of_kind in (images, rebuilt))
            prior, feature = self.prior_loss(z_mean, z_log_var), self.feature_loss(features, rebuilt_features)
            loss = ops.mean(prior + feature)
        variables = self.encoder.trainable_weights
        self.encoder_optimizer.apply(tape.gradient(loss, variables), variables)
        return ops.mean(prior), ops.mean(feature)

    def train_decoder(self, images, labels):
        """Take one step of the decoder's side alone.

        Returns:
            float32 scalar before the step: the batch mean of the decoder's loss in (8); with `mean_features`,
            (7) stands in the place of (6).
        """
        z, z_drawn = self.sampling(*self.encode(images, labels)), self.noise(ops.shape(images)[0])
        _, features = self.judge(images, labels)
        with tf.GradientTape() as tape:
            rebuilt_logits, rebuilt_features = self.judge(self.decode(z, labels, training=True), labels)
            drawn_logits, drawn_features = self.judge(self.decode(z_drawn, labels, training=True), labels)
            if self.mean_features:
                loss = self.mean_feature_loss(features, drawn_features)
            else:
                loss = ops.mean(self.adversarial_loss(rebuilt_logits, drawn_logits))
            loss = self.gamma * ops.mean(self.feature_loss(features, rebuilt_features)) + loss
        variables = [*self.decoder.trainable_weights, *self.condition.trainable_weights]
        self.decoder_optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def train_step(self, data):
        """Take one step of the discriminator, one of the encoder, one of the decoder.

        Args:
            data: what `fit` passes: (x, y).

        Returns:
            dict of the epoch's means so far, as `update_trackers` says.
        """
        images, labels = images_and_labels(data)
        discriminator_loss = self.train_discriminator(images, labels)
        prior_loss, feature_loss = self.train_encoder(images, labels)
        decoder_loss = self.train_decoder(images, labels)
        return self.update_trackers(discriminator_loss, prior_loss, feature_loss, decoder_loss)

    def get_config(self):
        """Return the constructor's arguments as plain data."""
        config = super().get_config()
        for part in ("encoder", "decoder", "discriminator", "condition"):
            config[part] = keras.saving.serialize_keras_object(getattr(self, part))
        config.update(gamma=self.gamma, mean_features=self.mean_features)
        return config

    @classmethod
    def from_config(cls, config):
        """Make a CVAEGAN from the dict of `get_config`, which is left as it was."""
        config = dict(config)
        for part in ("encoder", "decoder", "discriminator", "condition"):
            config[part] = keras.saving.deserialize_keras_object(config[part])
        return cls(**config)
