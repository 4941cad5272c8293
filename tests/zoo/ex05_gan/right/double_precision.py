# Losses computed and returned in float64.

# %% grade_id="discriminator_loss"
def discriminator_loss(real_logits, fake_logits, real_target=1.0, fake_target=0.0):
    real, fake, real_target, fake_target = (
        ops.reshape(ops.cast(values, "float64"), (-1,)) for values in (real_logits, fake_logits, real_target, fake_target)
    )
    log_d_real, log_d_fake = -ops.logaddexp(0.0 * real, -real), -ops.logaddexp(0.0 * fake, -fake)
    real_side = real_target * log_d_real + (1 - real_target) * (log_d_real - real)
    fake_side = fake_target * log_d_fake + (1 - fake_target) * (log_d_fake - fake)
    return -(real_side + fake_side)

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    return -ops.log_sigmoid(ops.cast(ops.reshape(fake_logits, (-1,)), "float64"))


def saturating_generator_loss(fake_logits):
    return ops.log_sigmoid(-ops.cast(ops.reshape(fake_logits, (-1,)), "float64"))
