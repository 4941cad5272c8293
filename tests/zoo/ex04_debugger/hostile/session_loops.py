# A loop in brackets.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p [0 for _ in range(10**9)]
    p std
    up 3
    p batch
    q
    """
