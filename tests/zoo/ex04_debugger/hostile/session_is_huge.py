# A megabyte of commands.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return "c\n" * 1_000_000
