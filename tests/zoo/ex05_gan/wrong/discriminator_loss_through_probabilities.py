# Logarithms of clipped probabilities: wrong for large logits.
# fails: test_discriminator_loss_extremes
# hints: loss-through-probabilities

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    real_logits, fake_logits, real_target, fake_target = (
        ops.reshape(ops.cast(values, "float32"), (-1,))
        for values in (real_logits, fake_logits, real_target, fake_target)
    )
    real, fake = (ops.clip(ops.sigmoid(x), 1e-7, 1 - 1e-7) for x in (real_logits, fake_logits))
    real_side = -real_target * ops.log(real) - (1 - real_target) * ops.log(1 - real)
    fake_side = -fake_target * ops.log(fake) - (1 - fake_target) * ops.log(1 - fake)
    return real_side + fake_side
