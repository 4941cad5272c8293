# Multiplies until nothing is left.

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p (std[:, :, None, None] * std * std[:, :, None, None, None, None] * std[:, :, None, None, None, None, None, None] * std[:, :, None, None, None, None, None, None, None, None]).shape
    p std
    up 3
    p batch
    q
    """
