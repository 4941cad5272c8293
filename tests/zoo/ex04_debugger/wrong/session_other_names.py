# A function of somebody else's program.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b softmax, logits.max() > 50
    c
    p std
    up 3
    p batch
    q
    """
