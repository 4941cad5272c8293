# Asks for the number of the batch.
# fails: test_condition_is_on_data, test_target_is_reached
# hints: condition-on-a-counter, session-hard-coded

# %% grade_id="session"
def session():
    return """
    b 115, batch == 44
    c
    tbreak 92
    c
    p std
    up 3
    p batch
    q
    """
