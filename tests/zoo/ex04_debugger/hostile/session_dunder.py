# Reaches for Python's insides.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std.__class__.__mro__
    p std
    up 3
    p batch
    q
    """
