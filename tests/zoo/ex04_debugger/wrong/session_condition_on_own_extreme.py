# A condition that only one's own data meet.
# fails: test_target_is_reached
# hints: session-hard-coded

# %% grade_id="session"
def session():
    return """
    b 92, 1270 < std.max() < 1273
    c
    p std
    up 3
    p batch
    q
    """
