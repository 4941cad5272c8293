# The saturating loss with the wrong sign.
# fails: test_saturating_loss_value, test_generator_loss_gradients
# hints: saturating-sign

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return ops.softplus(-fake_logits)


def saturating_generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return ops.softplus(fake_logits)
