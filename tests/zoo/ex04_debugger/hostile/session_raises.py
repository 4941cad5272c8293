# The function that should return the session raises.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    raise RuntimeError("later")
