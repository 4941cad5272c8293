# The logarithm of a sigmoid: infinite for large negative logits.
# fails: test_generator_loss_extremes
# hints: loss-through-probabilities

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return -ops.log(ops.sigmoid(fake_logits))


def saturating_generator_loss(fake_logits):
    fake_logits = ops.reshape(ops.cast(fake_logits, "float32"), (-1,))
    return -ops.softplus(fake_logits)
