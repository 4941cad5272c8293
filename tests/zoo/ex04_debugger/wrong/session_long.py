# More commands than a session needs.
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
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    p total
    q
    """
