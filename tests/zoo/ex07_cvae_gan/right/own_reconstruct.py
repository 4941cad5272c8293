# reconstruct and relabel do not call each other; encode and judge hand on what the networks return.

# %% grade_id="networks"
class ConditionalNetworks(BaseCVAEGAN):
    """How the label reaches the encoder, the decoder and the discriminator; what the model can do in use."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sampling = Sampling()

    def encode(self, x, labels):
        """Return (z_mean, z_log_var) of q(z|x,y), each float32, (batch, latent_dim)."""
        return tuple(self.encoder(append_to_data(x, self.condition(labels))))

    def decode(self, z, labels, training=False):
        """Return the images of z (batch, latent_dim) and labels (batch,), in [0, 1]."""
        return self.decoder(append_condition(z, self.condition(labels)), training=training)

    def judge(self, images, labels, training=False):
        """Return (logits (batch, 1), features (batch, num_features)) of images that claim to be of these labels."""
        c = ops.stop_gradient(self.condition(labels))  # for the discriminator: read, not rewritten
        return tuple(self.discriminator(append_to_data(images, c), training=training))

    def sample(self, num_samples, labels=None):
        """Return new images, (num_samples, *data_shape).

        Args:
            num_samples: int.
            labels: int, (num_samples,); None means 0, 1, 2, ... in turn.
        """
        if labels is None:
            labels = labels_in_turn(num_samples, self.condition.num_classes)
        return self.generate(self.noise(num_samples), labels)

    def reconstruct(self, inputs):
        """Return the image of z_mean and the same label, shape of x; inputs: (x, labels)."""
        x, labels = inputs
        return self.decoder(append_condition(self.encode(x, labels)[0], self.condition(labels)), training=False)

    def relabel(self, inputs, new_labels):
        """Return each image as it would be with another label: same z, other c.

        Args:
            inputs: (x, labels), images and their own labels.
            new_labels: int, (batch,).

        Returns:
            images, shape of x; no randomness: z is z_mean.
        """
        x, labels = inputs
        z_mean, _ = self.encode(x, labels)
        return self.generate(z_mean, new_labels)
