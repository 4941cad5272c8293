# A condition that takes a second each time it is asked.
# fails: test_session_can_be_replayed, test_condition_is_on_data, test_few_stops_before, test_variable_is_printed, test_up_reaches_the_batch, test_session_is_short

# %% grade_id="session"
def session():
    return """
    b 92, (std.ravel()[:, None, None, None, None] * std.ravel()[:, None, None, None] * std.ravel()[:, None, None] * std.ravel()[:, None] * std.ravel()).max() > 1000000
    c
    p std
    up 3
    p batch
    q
    """
