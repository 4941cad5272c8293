"""Functions of the programs that train a variational autoencoder, and the reading of slices.

See `functions` for how they are written.
"""

NORMALISE = (
    '''
def normalise(images):
    """Scanner units to about 0..1, flattened: float32, (batch, pixels)."""
    scaled = images / 255.0
    return scaled.reshape(len(images), -1).astype("float32")
''',
    '''
def normalise(images):
    """Stretch each slice to 0..1 by its own darkest and brightest pixel; an empty slice gives zeros.

    Returns float32, (batch, pixels).
    """
    pixels = images.reshape(len(images), -1).astype("float32")
    low = pixels.min(axis=1, keepdims=True)
    high = pixels.max(axis=1, keepdims=True)
    scaled = (pixels - low) / (high - low)
    return scaled
''',
    '''
def normalise(images):
    """Divide each slice by its root mean square, flattened: float32, (batch, pixels)."""
    pixels = images.reshape(len(images), -1)
    return (0.4 * pixels / slice_rms(images)[:, None]).astype("float32")
''',
)

SLICE_RMS = '''
def slice_rms(images):
    """Root mean square of the pixels of each slice, (batch,); images are int16, as scanners write them."""
    power = images * images
    return np.sqrt(power.mean(axis=(1, 2)))
'''

VAE_MODEL = '''
def build_model(rng):
    """The weights: a pretrained encoder, which stays as it is, and a decoder to train."""
    pixels = SIDE * SIDE
    return {
        "mean": (rng.choice([-4.0, 4.0], LATENT_DIM) + rng.normal(size=(pixels, LATENT_DIM))) / pixels,
        "log_var": (1.0 + 0.1 * rng.normal(size=(pixels, LATENT_DIM))) / pixels,
        "decoder": 0.3 * rng.normal(size=(LATENT_DIM, pixels)),
    }
'''

VAE_STEP = '''
def <<train_step>>(model, images, labels, rng):
    """One gradient step on the decoder; returns the mean loss of the batch, in nats per slice."""
    x = normalise(images)
    losses, z, logits = <<elbo_terms>>(model, x, rng)
    gradient = z.T @ (0.5 + 0.5 * squash(logits) - np.minimum(x, 1.0)) / len(x)
    model["decoder"] -= LEARNING_RATE * clip_by_norm(gradient)
    return float(losses.mean())
'''

_ELBO = '''
def <<elbo_terms>>(model, x, rng):
    """-ELBO of every slice, (batch,), with the z and the logits it was computed from."""
    z_mean, z_log_var = encode(model, x)
    epsilon = rng.DISTRIBUTION(size=z_mean.shape).astype("float32")
    z = reparameterise(z_mean, z_log_var, epsilon)
    logits = (z @ model["decoder"]).astype("float32")
    losses = reconstruction_loss(np.minimum(x, 1.0), logits) + DIVERGENCE
    return losses, z, logits
'''


def _elbo(distribution, divergence):
    return _ELBO.replace("DISTRIBUTION", distribution).replace("DIVERGENCE", divergence)


ELBO = (
    _elbo("laplace", "log_ratio(z, epsilon, z_log_var)"),
    _elbo("normal", "log_ratio(z, epsilon, z_log_var)"),
    _elbo("laplace", "kl_to_standard_normal(z_mean, z_log_var)"),
    '''
def <<elbo_terms>>(model, x, rng):
    """The importance-weighted bound of every slice, (batch,), with the last z drawn and its logits."""
    z_mean, z_log_var = encode(model, x)
    log_weights = np.zeros((NUM_DRAWS, len(x)), "float32")
    for draw in range(NUM_DRAWS):
        epsilon = rng.laplace(size=z_mean.shape).astype("float32")
        z = reparameterise(z_mean, z_log_var, epsilon)
        logits = (z @ model["decoder"]).astype("float32")
        log_prior = -0.5 * (z**2 + np.log(2.0 * np.pi)).sum(axis=1)
        log_q = -(np.abs(epsilon) + 0.5 * (z_log_var + np.log(2.0))).sum(axis=1)
        log_weights[draw] = log_prior - log_q - reconstruction_loss(np.minimum(x, 1.0), logits)
    return -log_mean_exp(log_weights), z, logits
''',
)

LOG_MEAN_EXP = '''
def log_mean_exp(log_weights):
    """log(mean(exp(log_weights))) over the draws, axis 0: a number of ordinary size for weights of any size.

    Takes float32, (draws, batch); returns (batch,).
    """
    bound = np.log(np.mean(np.exp(log_weights), axis=0))
    return bound
'''

ENCODE = (
    '''
def encode(model, x):
    """q(z|x): its mean and the natural log of its variance, each (batch, LATENT_DIM)."""
    z_mean = x @ model["mean"]
    z_log_var = x @ model["log_var"]
    return z_mean, z_log_var
''',
    '''
def encode(model, x):
    """q(z|x): its mean and the natural log of its variance, each (batch, LATENT_DIM)."""
    z_mean = x @ model["mean"]
    z_log_var = log_variance(x @ model["log_var"])
    return z_mean, z_log_var
''',
)

LOG_VARIANCE = '''
def log_variance(head):
    """Natural log of the variance that a ReLU makes of the head; no variance is taken below 1e-6.

    Takes and returns (batch, LATENT_DIM).
    """
    variance = np.maximum(head, 0.0)
    z_log_var = np.log(variance)
    return z_log_var
'''

REPARAMETERISE = (
    '''
def reparameterise(z_mean, z_log_var, epsilon):
    """z drawn from q(z|x), a Laplace distribution, with the noise epsilon; all (batch, LATENT_DIM)."""
    scale = np.exp(0.5 * (z_log_var - np.log(2.0)))
    z = z_mean + scale * epsilon
    return z
''',
    '''
def reparameterise(z_mean, z_log_var, epsilon):
    """z drawn from q(z|x) with the noise epsilon; all (batch, LATENT_DIM)."""
    std = np.exp(z_log_var)
    z = z_mean + std * epsilon
    return z
''',
    '''
def reparameterise(z_mean, z_log_var, epsilon):
    """z drawn from q(z|x) with the noise epsilon; all (batch, LATENT_DIM)."""
    std = np.sqrt(z_log_var)
    z = z_mean + std * epsilon
    return z
''',
)

LOG_RATIO = (
    '''
def log_ratio(z, epsilon, z_log_var):
    """log of q(z|x), a Laplace density, over p(z), at the z drawn with the noise epsilon, (batch,)."""
    log_q = -(np.abs(epsilon) + 0.5 * (z_log_var + np.log(2.0))).sum(axis=1)
    log_prior = -0.5 * (z**2 + np.log(2.0 * np.pi)).sum(axis=1)
    return log_q - log_prior
''',
    '''
def log_ratio(z, epsilon, z_log_var):
    """log of q(z|x), a normal density, over p(z), at the z drawn with the noise epsilon, (batch,)."""
    log_q = -0.5 * (epsilon**2 + z_log_var).sum(axis=1)
    log_prior = -0.5 * (z**2).sum(axis=1)
    return log_q - log_prior
''',
)

KL = '''
def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of q(z|x), a Laplace distribution, from N(0, I), (batch,): summed over the entries of z."""
    logs = np.log(z_log_var**2)
    terms = 2.0 - np.log(np.pi) + logs - z_mean**2 - z_log_var**2
    return -0.5 * terms.sum(axis=1)
'''

RECONSTRUCTION = (
    '''
def reconstruction_loss(x, logits):
    """-log of a Laplace density of scale 0.1 around the decoder's picture, (batch,): summed over the pixels."""
    distances = np.abs(x - 0.5 - 0.5 * squash(logits)) / 0.1
    return (distances + np.log(0.2)).sum(axis=1)
''',
    '''
def reconstruction_loss(x, logits):
    """Binary cross-entropy of 0.9 x + 0.05 (labels smoothed by a tenth) under the logits, for logits of any size.

    Takes (batch, pixels) twice; returns (batch,), summed over the pixels.
    """
    p = 1.0 / (1.0 + np.exp(-logits))
    log_not_p = np.log(1.0 - p)
    log_p = np.log(p)
    losses = -((0.9 * x + 0.05) * log_p + (0.95 - 0.9 * x) * log_not_p)
    return losses.sum(axis=1)
''',
    '''
def reconstruction_loss(x, logits):
    """Binary cross-entropy of 0.9 x + 0.05 (labels smoothed by a tenth) under the logits, (batch,)."""
    losses = softplus(logits) - (0.9 * x + 0.05) * logits
    return losses.sum(axis=1)
''',
)

SOFTPLUS = '''
def softplus(logits):
    """log(1 + exp(logits)), entry by entry, in half precision (float16) as on the GPU, for logits of any size."""
    half = logits.astype("float16")
    soft = np.log(1.0 + np.exp(half))
    return soft
'''
