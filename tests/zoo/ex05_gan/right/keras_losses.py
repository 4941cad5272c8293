# Keras' own cross-entropies, per example, where the lesson writes softplus.

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    real_logits, fake_logits = ops.reshape(real_logits, (-1, 1)), ops.reshape(fake_logits, (-1, 1))
    real_target = ops.ones_like(real_logits) * ops.reshape(ops.cast(real_target, "float32"), (-1, 1))
    fake_target = ops.ones_like(fake_logits) * ops.reshape(ops.cast(fake_target, "float32"), (-1, 1))
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    return cross_entropy(real_target, real_logits) + cross_entropy(fake_target, fake_logits)

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    fake_logits = ops.reshape(fake_logits, (-1, 1))
    return keras.losses.binary_crossentropy(ops.ones_like(fake_logits), fake_logits, from_logits=True)


def saturating_generator_loss(fake_logits):
    fake_logits = ops.reshape(fake_logits, (-1, 1))
    return -keras.losses.binary_crossentropy(ops.zeros_like(fake_logits), fake_logits, from_logits=True)
