# Walks on, line by line.
# fails: test_session_is_short
# hints: stepping-marathon

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    up 3
    p batch
    n
    n
    n
    n
    n
    n
    n
    n
    n
    n
    n
    n
    q
    """
