# Looks at far too much; none of it may matter.

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    ll
    l 1, 120
    pp z_mean, z_log_var, epsilon
    p std
    up 3
    p images, batches, model
    p batch
    q
    """
