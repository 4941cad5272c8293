# The losses of the GAN's side are those of Keras and of TensorFlow.

# %% grade_id="losses"
class CVAEGANLosses(ConditionalNetworks):
    """What the three networks want: equations (4) to (7)."""

    def prior_loss(self, z_mean, z_log_var):
        """KL of q(z|x,y) from N(0, I), per example: (batch,), in nats, summed over latent_dim."""
        return kl_to_standard_normal(z_mean, z_log_var)

    def feature_loss(self, features, rebuilt_features):
        """Half the squared distance of an image's features from its reconstruction's: (batch,), summed over features.

        Args:
            features, rebuilt_features: float, (batch, num_features).
        """
        return 0.5 * ops.sum(ops.square(features - rebuilt_features), axis=-1)

    def authenticity_loss(self, real_logits, rebuilt_logits, drawn_logits):
        """Equation (5), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        return (
            keras.losses.binary_crossentropy(ops.ones_like(real_logits), real_logits, from_logits=True)
            + keras.losses.binary_crossentropy(ops.zeros_like(rebuilt_logits), rebuilt_logits, from_logits=True)
            + keras.losses.binary_crossentropy(ops.zeros_like(drawn_logits), drawn_logits, from_logits=True)
        )

    def adversarial_loss(self, rebuilt_logits, drawn_logits):
        """Equation (6), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        return tf.reduce_sum(
            tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(rebuilt_logits), rebuilt_logits)
            + tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(drawn_logits), drawn_logits),
            axis=1,
        )

    def mean_feature_loss(self, features, drawn_features):
        """Half the squared distance of the batch's mean features: a scalar, equation (7).

        Args:
            features: float, (batch, num_features), of real images.
            drawn_features: float, (batch, num_features), of drawn ones.
        """
        return 0.5 * ops.sum(ops.square(ops.mean(features, axis=0) - ops.mean(drawn_features, axis=0)))
