# Averaged over the batch inside the loss.
# fails: test_generator_loss_shape
# hints: g-loss-batch-mean

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return ops.mean(ops.softplus(-fake_logits))


def saturating_generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return -ops.softplus(fake_logits)
