# The condition never holds.
# fails: test_target_is_reached

# %% grade_id="session"
def session():
    return """
    b 92, std.min() < 0
    c
    p std
    up 3
    p batch
    q
    """
