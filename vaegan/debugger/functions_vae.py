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
    gradient = z.T @ (sigmoid(logits) - np.minimum(x, 1.0)) / len(x)
    model["decoder"] -= LEARNING_RATE * clip_by_norm(gradient)
    return float(losses.mean())
'''

ELBO = (
    '''
def <<elbo_terms>>(model, x, rng):
    """-ELBO of every slice, (batch,), with the z and the logits it was computed from."""
    z_mean, z_log_var = encode(model, x)
    epsilon = rng.normal(size=z_mean.shape).astype("float32")
    z = reparameterise(z_mean, z_log_var, epsilon)
    logits = (z @ model["decoder"]).astype("float32")
    losses = reconstruction_loss(np.minimum(x, 1.0), logits) + kl_to_standard_normal(z_mean, z_log_var)
    return losses, z, logits
''',
    '''
def <<elbo_terms>>(model, x, rng):
    """The importance-weighted bound of every slice, (batch,), with the last z drawn and its logits."""
    z_mean, z_log_var = encode(model, x)
    log_weights = np.zeros((NUM_DRAWS, len(x)), "float32")
    for draw in range(NUM_DRAWS):
        epsilon = rng.normal(size=z_mean.shape).astype("float32")
        z = reparameterise(z_mean, z_log_var, epsilon)
        logits = (z @ model["decoder"]).astype("float32")
        log_prior = -0.5 * (z**2).sum(axis=1)
        log_q = -0.5 * (epsilon**2 + z_log_var).sum(axis=1)
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
    """z drawn from q(z|x) with the noise epsilon; all (batch, LATENT_DIM)."""
    std = np.exp(0.5 * z_log_var)
    z = z_mean + std * epsilon
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

KL = (
    '''
def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of q(z|x) from N(0, I), (batch,): summed over the entries of z."""
    variance = np.exp(z_log_var)
    terms = 1.0 + z_log_var - z_mean**2 - variance
    return -0.5 * terms.sum(axis=1)
''',
    '''
def kl_to_standard_normal(z_mean, z_log_var):
    """KL divergence of q(z|x) from N(0, I), (batch,): summed over the entries of z."""
    logs = np.log(z_log_var**2)
    terms = 1.0 + logs - z_mean**2 - z_log_var**2
    return -0.5 * terms.sum(axis=1)
''',
)

RECONSTRUCTION = (
    '''
def reconstruction_loss(x, logits):
    """Binary cross-entropy of x under the logits, (batch,): summed over the pixels, for logits of any size."""
    losses = np.logaddexp(0.0, logits) - x * logits
    return losses.sum(axis=1)
''',
    '''
def reconstruction_loss(x, logits):
    """Binary cross-entropy of x under the logits, (batch,): summed over the pixels, for logits of any size."""
    p = sigmoid(logits)
    log_not_p = np.log(1.0 - p)
    log_p = np.log(p)
    losses = -(x * log_p + (1.0 - x) * log_not_p)
    return losses.sum(axis=1)
''',
    '''
def reconstruction_loss(x, logits):
    """Binary cross-entropy of x under the logits, (batch,): summed over the pixels, for logits of any size."""
    losses = softplus(logits) - x * logits
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
