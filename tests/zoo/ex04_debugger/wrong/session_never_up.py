# Never leaves the newest frame.
# fails: test_up_reaches_the_batch
# hints: no-up

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    p batch
    q
    """
