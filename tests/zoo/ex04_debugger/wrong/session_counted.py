# Counts the passes to its own batch.
# fails: test_condition_is_on_data, test_target_is_reached
# hints: no-condition, session-hard-coded

# %% grade_id="session"
def session():
    return """
    b 92
    ignore 1 44
    c
    p std
    up 3
    p batch
    q
    """
