# No text.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return 42
