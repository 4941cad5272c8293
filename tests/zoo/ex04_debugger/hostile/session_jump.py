# Jumps.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    jump 117
    p std
    up 3
    p batch
    q
    """
