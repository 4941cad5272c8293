"""The functions that programs of every kind are put together from, as text.

Most come in two versions that look alike. A program is made of the first versions, but for one.
`<<names>>` are replaced by one of several words, so that two programs read differently.

None is what an exercise asks for: where a lesson has a normal distribution, a cross-entropy or a softmax, these have
a Laplace distribution, an absolute error or a temperature. So nobody can hand in a function of somebody's program.
"""

MAIN = '''
def main():
    """Train, and report the last epoch."""
    <<run>>
'''

RUN = """
rng = np.random.default_rng(SEED)
model = build_model(rng)
final = <<fit>>(model, load_batches(SEED), rng)
print(f"final loss: {final:.2f}")
"""

FINITE_MEAN = '''
def finite_mean(values):
    """Mean of the entries that are neither infinite nor NaN, 0 if there is none: for a look at an array."""
    values = np.asarray(values, "float64")
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else 0.0
'''

FIT = '''
def <<fit>>(model, batches, rng):
    """Train for all epochs; returns the mean loss of the last."""
    for epoch in range(NUM_EPOCHS):
        losses = <<run_epoch>>(model, batches, rng)
        print(f"epoch {epoch + 1}: mean loss {np.mean(losses):.2f}, worst batch {np.max(losses):.2f}")
    return np.mean(losses)
'''

SLICES_EPOCH = '''
def <<run_epoch>>(model, batches, rng):
    """One pass over all batches; returns their losses."""
    losses = []
    for <<batch>>, (images, labels) in enumerate(batches):
        loss = <<train_step>>(model, images, labels, rng)
        losses.append(loss)
    return losses
'''

RING_EPOCH = '''
def <<run_epoch>>(model, batches, rng):
    """One pass over all batches; returns their losses."""
    losses = []
    for <<batch>>, (points, modes) in enumerate(batches):
        loss = <<train_step>>(model, points, modes, rng)
        losses.append(loss)
    return losses
'''

SQUASH = '''
def squash(logits):
    """Logits pressed into -1 to 1, entry by entry; 0 stays 0."""
    return np.tanh(0.5 * logits)
'''

CLIP_BY_NORM = '''
def clip_by_norm(gradient):
    """The gradient, shortened to length 1 if it is longer."""
    return gradient / max(1.0, float(np.linalg.norm(gradient)))
'''
