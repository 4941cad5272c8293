# Counts on through the epochs.
# fails: test_batch

# %% grade_id="answers"
def answers():
    return {
        "student": "student",
        "batch": 200,
        "function": "reparameterise",
        "variable": "std",
        "line": 91,
        "value": 133.6,
    }

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
