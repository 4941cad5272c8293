# Goes up, and does not look.
# fails: test_up_reaches_the_batch

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    up 3
    p loss
    q
    """
