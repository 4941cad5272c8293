# Stops on the guilty line, before it has run.
# fails: test_variable_is_printed
# hints: looked-too-early

# %% grade_id="session"
def session():
    return """
    b 91, z_log_var.max() > 4
    c
    p std
    up 3
    p batch
    q
    """
