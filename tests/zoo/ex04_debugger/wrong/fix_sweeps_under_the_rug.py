# Hides the NaN of an empty slice.
# fails: test_fix_on_surprises
# hints: fix-sweeps-under-the-rug

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
    b 103, np.isnan(scaled).any()
    c
    p scaled
    up 2
    p batch_number
    q
    """

# %% grade_id="fix"
def fixed(images):
    pixels = images.reshape(len(images), -1).astype('float32')
    low, high = pixels.min(axis=1, keepdims=True), pixels.max(axis=1, keepdims=True)
    scaled = (pixels - low) / (high - low)
    return np.nan_to_num(scaled, nan=0.5)
