# log(1 - D) where -log D is asked.
# fails: test_generator_loss_value, test_generator_loss_gradients
# hints: g-loss-saturating

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return saturating_generator_loss(fake_logits)


def saturating_generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return -ops.softplus(fake_logits)
