# Stops in the right place and looks at something else.
# fails: test_variable_is_printed

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p epsilon
    up 3
    p batch
    q
    """
