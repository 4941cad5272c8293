# Stops one line below the guilty one; up three times.

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    w
    p std
    up
    up
    up
    p batch
    q
    """
