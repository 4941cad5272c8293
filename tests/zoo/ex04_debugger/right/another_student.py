# Everything by hand, for another student's program.

# %% grade_id="answers"
def answers():
    return {
        "student": "bob",
        "batch": 104,
        "function": "normalise",
        "variable": "scaled",
        "line": 102,
        "value": 0.388,
    }

# %% grade_id="session"
def session():
    return """
    b normalise, (images.max(axis=(1, 2)) == images.min(axis=(1, 2))).any()
    c
    p images.shape
    n
    n
    n
    n
    p np.isnan(scaled).sum(axis=1)
    up 2
    p batch_number
    q
    """

# %% grade_id="fix"
def fixed(images):
    pixels = np.reshape(images, (len(images), -1)).astype(float)
    low, span = pixels.min(axis=1), np.ptp(pixels, axis=1)
    span[span == 0] = 1
    return (pixels - low[:, None]) / span[:, None]
