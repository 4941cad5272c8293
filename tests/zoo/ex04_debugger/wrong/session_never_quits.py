# Ends while the program waits.
# fails: test_session_is_short
# hints: never-quit

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    up 3
    p batch
    """
