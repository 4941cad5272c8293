# A cell that is not Python.
# fails: test_sheet, test_batch, test_function, test_variable, test_line, test_value

# %% grade_id="answers"
def answers(:
    return {

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 50
    c
    p std
    up 3
    p batch
    q
    """

# %% grade_id="fix"
def fixed(z_mean, z_log_var, epsilon):
    return z_mean + np.exp(0.5 * z_log_var) * epsilon
