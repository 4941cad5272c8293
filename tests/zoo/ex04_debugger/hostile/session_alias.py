# Defines a command.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    alias pp q
    p std
    up 3
    p batch
    q
    """
