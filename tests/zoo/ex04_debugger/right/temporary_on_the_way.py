# Looks at the data first, then goes where the mistake may be, and runs on to the end.

# %% grade_id="session"
def session():
    return """
    tbreak train_step, images.max() > 1000
    c
    p images.max(axis=(1, 2))
    tbreak 92
    c
    pp std
    up 3
    p batch
    c
    """
