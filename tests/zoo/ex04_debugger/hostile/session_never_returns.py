# The function that should return the session hangs.
# fails: test_session_can_be_replayed, test_condition_is_on_data, test_few_stops_before, test_variable_is_printed, test_up_reaches_the_batch, test_session_is_short

# %% grade_id="session"
def session():
    while True:
        pass
