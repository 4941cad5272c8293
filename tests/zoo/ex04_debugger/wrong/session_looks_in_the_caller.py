# Looks for the variable in the caller's frame.
# fails: test_variable_is_printed
# hints: looked-in-another-frame

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    up
    p std
    up 2
    p batch
    q
    """
