# The condition chooses nothing.
# fails: test_condition_is_on_data, test_target_is_reached
# hints: condition-always-true

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 1
    c
    p std
    up 3
    p batch
    q
    """
