# The condition is an array.
# fails: test_condition_is_on_data, test_target_is_reached
# hints: condition-is-an-array

# %% grade_id="session"
def session():
    return """
    b 92, std > 50
    c
    p std
    up 3
    p batch
    q
    """
