# A line number of a copy with a line more.
# fails: test_session_can_be_replayed
# hints: edited-copy

# %% grade_id="session"
def session():
    return """
    b 94, std.max() > 50
    c
    p std
    up 3
    p batch
    q
    """
