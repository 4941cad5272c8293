# Keras' cross-entropy without from_logits=True.
# fails: test_discriminator_loss_value, test_discriminator_loss_gradient, test_both_sides_go_on_learning
# hints: d-loss-logits-taken-for-probabilities

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    real_logits, fake_logits, real_target, fake_target = (
        ops.reshape(ops.cast(values, "float32"), (-1,))
        for values in (real_logits, fake_logits, real_target, fake_target)
    )
    real_side = ops.binary_crossentropy(real_target * ops.ones_like(real_logits), real_logits)
    fake_side = ops.binary_crossentropy(fake_target * ops.ones_like(fake_logits), fake_logits)
    return real_side + fake_side
