# Calls what may not be called.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p __import__("os").system("true")
    p std
    up 3
    p batch
    q
    """
