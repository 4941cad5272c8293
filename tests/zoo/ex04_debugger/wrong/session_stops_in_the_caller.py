# Stops where the loss is collected, when all is over.
# fails: test_target_is_reached
# hints: stop-in-the-caller

# %% grade_id="session"
def session():
    return """
    b 116, loss > 200
    c
    p loss
    p batch
    q
    """
