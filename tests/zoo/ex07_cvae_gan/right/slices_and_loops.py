# Sharpness image by image; the two means of (7) as one mean of differences.

# %% grade_id="sharpness"
def sharpness(images):
    x = np.asarray(images, "float64")[..., 0]
    found = []
    for image in x:
        down = image[2:, 1:-1] - 2 * image[1:-1, 1:-1] + image[:-2, 1:-1]
        across = image[1:-1, 2:] - 2 * image[1:-1, 1:-1] + image[1:-1, :-2]
        found.append((down + across).var())
    return np.array(found)


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
        return ops.sum(ops.softplus(-real_logits) + ops.softplus(rebuilt_logits) + ops.softplus(drawn_logits), axis=-1)

    def adversarial_loss(self, rebuilt_logits, drawn_logits):
        """Equation (6), per example: (batch,), in nats, finite for every logit; each argument (batch, 1)."""
        return ops.sum(ops.softplus(-rebuilt_logits) + ops.softplus(-drawn_logits), axis=-1)

    def mean_feature_loss(self, features, drawn_features):
        """Half the squared distance of the batch's mean features: a scalar, equation (7).

        Args:
            features: float, (batch, num_features), of real images.
            drawn_features: float, (batch, num_features), of drawn ones.
        """
        return ops.sum((ops.mean(features - drawn_features, axis=0)) ** 2) / 2
