# Writes into an array of the program.
# fails: test_session_can_be_replayed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p np.exp(z_log_var, std)
    p std
    up 3
    p batch
    q
    """
