# Stops in the caller and steps in.

# %% grade_id="session"
def session():
    return """
    b 83, z_log_var.max() > 4
    c
    p z_log_var.max()
    s
    n
    n
    p std.max()
    up 3
    p batch
    q
    """
