# Every loss is written out, without the functions of earlier exercises; probabilities by log_sigmoid.

# %% grade_id="losses"
class CVAEGANLosses(ConditionalNetworks):
    """What the three networks want: equations (4) to (7)."""

    def prior_loss(self, z_mean, z_log_var):
        """KL of q(z|x,y) from N(0, I), per example: (batch,), in nats, summed over latent_dim."""
        return ops.sum(0.5 * (ops.exp(z_log_var) + ops.square(z_mean) - 1.0 - z_log_var), axis=1)

    def feature_loss(self, features, rebuilt_features):
        """Half the squared distance of an image's features from its reconstruction's: (batch,), summed over features.

        Args:
            features, rebuilt_features: float, (batch, num_features).
        """
        return ops.sum((features - rebuilt_features) ** 2, axis=1) / 2

    def authenticity_loss(self, real_logits, rebuilt_logits, drawn_logits):
        """Equation (5), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        return -(ops.log_sigmoid(real_logits) + ops.log_sigmoid(-rebuilt_logits) + ops.log_sigmoid(-drawn_logits))[:, 0]

    def adversarial_loss(self, rebuilt_logits, drawn_logits):
        """Equation (6), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        return -(ops.log_sigmoid(rebuilt_logits) + ops.log_sigmoid(drawn_logits))[:, 0]

    def mean_feature_loss(self, features, drawn_features):
        """Half the squared distance of the batch's mean features: a scalar, equation (7).

        Args:
            features: float, (batch, num_features), of real images.
            drawn_features: float, (batch, num_features), of drawn ones.
        """
        return 0.5 * ops.sum(ops.square(ops.mean(features, axis=0) - ops.mean(drawn_features, axis=0)))
