# The condition asks for a variable that does not exist yet.
# fails: test_condition_is_on_data, test_target_is_reached
# hints: condition-raises

# %% grade_id="session"
def session():
    return """
    b reparameterise, std.max() > 50
    c
    p z_log_var
    up 3
    p batch
    q
    """
