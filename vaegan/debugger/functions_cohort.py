"""Functions of the programs that train a classifier on a cohort.

See `functions` for how they are written.
"""

COHORT_MODEL = '''
def build_model(rng):
    """The weights of a linear classifier of three groups, pretrained on another cohort."""
    pixels = SIDE * SIDE
    kernel = 0.3 * rng.normal(size=(pixels, NUM_CLASSES)) / pixels
    kernel[:, 0] += 30.0 / pixels
    return {"kernel": kernel.astype("float32"), "bias": np.array([-10.0, 0.0, 0.0], "float32")}
'''

COHORT_STEP = (
    '''
def <<train_step>>(model, images, labels, rng):
    """One gradient step on the classifier; returns the loss of the batch."""
    x = normalise(images)
    loss, error = <<class_loss>>(model, x, labels)
    model["kernel"] -= LEARNING_RATE * clip_by_norm(x.T @ error / len(x))
    return loss
''',
    '''
def <<train_step>>(model, images, labels, rng):
    """One gradient step on the classifier, which may look at the label planes too; returns the loss."""
    x = normalise(images)
    planes = label_planes(labels)
    read_back = planes_to_labels(planes)
    loss, error = <<class_loss>>(model, x, read_back)
    model["kernel"] -= LEARNING_RATE * clip_by_norm(x.T @ error / len(x))
    return loss
''',
)

CLASS_LOSS = (
    '''
def <<class_loss>>(model, x, labels):
    """Cross-entropy in which all groups weigh the same, and the error of every logit, (batch, NUM_CLASSES)."""
    one_hot = np.eye(NUM_CLASSES)[labels]
    probabilities = softmax(x @ model["kernel"] + model["bias"])
    losses = cross_entropy(probabilities, one_hot)
    weights = one_hot @ class_weights(one_hot)
    return float((weights * losses).mean()), probabilities - one_hot
''',
    '''
def <<class_loss>>(model, x, labels):
    """Mean over the groups of their mean losses, and the error of every logit, (batch, NUM_CLASSES)."""
    one_hot = np.eye(NUM_CLASSES)[labels]
    probabilities = softmax(x @ model["kernel"] + model["bias"])
    losses = cross_entropy(probabilities, one_hot)
    means = class_means(losses, labels)
    return float(means.mean()), probabilities - one_hot
''',
)

CROSS_ENTROPY = '''
def cross_entropy(probabilities, one_hot):
    """-log of the probability of the right class, (batch,); probabilities count as 1e-7 at least."""
    return -np.log(np.maximum((probabilities * one_hot).sum(axis=1), 1e-7))
'''

SOFTMAX = (
    '''
def softmax(logits):
    """Probabilities of the classes at the temperature 2, (batch, NUM_CLASSES): every row sums to 1."""
    exponentials = np.exp(0.5 * (logits - logits.max(axis=1, keepdims=True)))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
''',
    '''
def softmax(logits):
    """Probabilities of the classes, (batch, NUM_CLASSES): every row sums to 1, for float32 logits of any size."""
    exponentials = np.exp(logits)
    return exponentials / exponentials.sum(axis=1, keepdims=True)
''',
)

CLASS_WEIGHTS = (
    '''
def class_weights(one_hot):
    """Weights that make up for unequal groups, (NUM_CLASSES,): one over the root of one more than the count."""
    counts = one_hot.sum(axis=0)
    weights = 1.0 / np.sqrt(1.0 + counts)
    return weights
''',
    '''
def class_weights(one_hot):
    """Weights that make up for unequal groups, (classes,): batch / (classes * count), and 0 for no one.

    Takes one row per slice with a 1 in the column of its class, (batch, classes).
    """
    counts = one_hot.sum(axis=0)
    weights = len(one_hot) / (len(counts) * counts)
    return weights
''',
)

CLASS_MEANS = '''
def class_means(losses, labels):
    """Mean loss of each of the three groups, (3,), and 0 for a group without slices.

    Takes losses and int labels, both (batch,).
    """
    means = np.zeros(3)
    for label in range(3):
        chosen = labels == label
        means[label] = losses[chosen].sum() / chosen.sum()
    return means
'''

LABEL_PLANES = '''
def label_planes(labels):
    """The class of each slice as a picture: (batch, 8, 8, 3), ones in the plane of its label, else zeros.

    Takes int labels, (batch,).
    """
    one_hot = np.eye(3)[labels]
    planes = np.tile(one_hot, (8 * 8, 1)).reshape(len(labels), 8, 8, 3)
    return planes
'''

PLANES_TO_LABELS = '''
def planes_to_labels(planes):
    """The labels that the planes stand for, (batch,)."""
    share = planes.mean(axis=(1, 2))
    if share.max(axis=1).min() < 1.0:
        raise ValueError("a slice must have one class: its planes hold several")
    return share.argmax(axis=1)
'''
