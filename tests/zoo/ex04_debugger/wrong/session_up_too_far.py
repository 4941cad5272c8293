# Goes past the loop over batches.
# fails: test_up_reaches_the_batch
# hints: up-passes-the-loop

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    up 4
    p epoch
    q
    """
