# Asks the argument on entry, and steps until the variable exists.

# %% grade_id="session"
def session():
    return """
    b reparameterise, z_log_var.max() > 4
    c
    n
    p std.max(), std.shape
    u 3
    p batch, loss
    d
    q
    """
