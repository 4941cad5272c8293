# The function that should return the session hangs.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    while True:
        pass
