# Asks only what kind of thing it is.
# fails: test_variable_is_printed
# hints: looked-at-the-type-only

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    whatis std
    up 3
    p batch
    q
    """
