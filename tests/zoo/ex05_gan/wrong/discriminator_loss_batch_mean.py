# Averaged over the batch inside the loss.
# fails: test_discriminator_loss_shape
# hints: d-loss-batch-mean

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    real_logits, fake_logits, real_target, fake_target = (
        ops.reshape(ops.cast(values, "float32"), (-1,))
        for values in (real_logits, fake_logits, real_target, fake_target)
    )
    real_side = ops.softplus(real_logits) - real_target * real_logits
    fake_side = ops.softplus(fake_logits) - fake_target * fake_logits
    return ops.mean(real_side + fake_side)
