"""Functions of the programs that train the discriminator of a GAN on the ring.

See `functions` for how they are written.
"""

GAN_MODEL = '''
def build_model(rng):
    """The weights of a linear discriminator."""
    return {"kernel": np.array([0.8, 0.4]) + 0.1 * rng.normal(size=2), "bias": 0.0}
'''

GAN_STEP = (
    '''
def <<train_step>>(model, points, modes, rng):
    """One gradient step of the discriminator on real points and as many fakes; returns its loss."""
    fakes = rng.normal(size=points.shape).astype("float32")
    real_loss, real_error = <<side_loss>>(model, points, 1.0)
    fake_loss, fake_error = <<side_loss>>(model, fakes, 0.0)
    gradient = (real_error @ points + fake_error @ fakes) / len(points)
    model["kernel"] -= LEARNING_RATE * clip_by_norm(gradient)
    return real_loss + fake_loss
''',
    '''
def <<train_step>>(model, points, modes, rng):
    """One gradient step of the discriminator, rewarded for batches that cover many modes; returns its loss."""
    fakes = rng.normal(size=points.shape).astype("float32")
    real_loss, real_error = <<side_loss>>(model, points, 1.0)
    fake_loss, fake_error = <<side_loss>>(model, fakes, 0.0)
    gradient = (real_error @ points + fake_error @ fakes) / len(points)
    model["kernel"] -= LEARNING_RATE * clip_by_norm(gradient)
    return real_loss + fake_loss - diversity(modes)
''',
)

_SIDE_LOSS = '''
def <<side_loss>>(model, points, target):
    """Mean loss of the discriminator on points that are all real or all fake, and the errors, (batch,)."""
    logits = (points @ model["kernel"] + model["bias"]).astype("float32")
    probabilities = 1.0 / (1.0 + np.exp(-logits))
    losses = LOSS(probabilities, target)
    return float(losses.mean()), probabilities - target
'''

SIDE_LOSS = (
    _SIDE_LOSS.replace("LOSS", "squared_error"),
    '''
def <<side_loss>>(model, points, target):
    """Mean loss of the discriminator, which sees directions only, and the errors, (batch,)."""
    directions = unit_features(points)
    logits = (directions @ model["kernel"] + model["bias"]).astype("float32")
    probabilities = 1.0 / (1.0 + np.exp(-logits))
    losses = squared_error(probabilities, target)
    return float(losses.mean()), probabilities - target
''',
    _SIDE_LOSS.replace("LOSS", "binary_cross_entropy"),
)

SQUARED_ERROR = '''
def squared_error(probabilities, target):
    """Squared distance of the probabilities from the target, 0 or 1, per point, as in a least-squares GAN."""
    losses = (probabilities - target) ** 2
    return losses
'''

BINARY_CROSS_ENTROPY = '''
def binary_cross_entropy(probabilities, target):
    """Cross-entropy of the target, 0 or 1, per point; probabilities count as 1e-7 to 1 - 1e-7."""
    losses = -(target * np.log(probabilities) + (1.0 - target) * np.log(1.0 - probabilities))
    return losses
'''

UNIT_FEATURES = '''
def unit_features(points):
    """Points moved to the circle of radius 1, (batch, 2); one at the origin stays there."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    directions = points / lengths
    return directions
'''

DIVERSITY = '''
def diversity(modes):
    """Entropy of the modes in a batch, in nats: log 8 if all are equally frequent, 0 if there is one."""
    counts = np.bincount(modes, minlength=8)
    share = counts / counts.sum()
    terms = share * np.log(share)
    return float(-terms.sum())
'''
