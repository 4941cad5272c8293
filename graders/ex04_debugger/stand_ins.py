# What stands in for a hole that fails, where a check needs it: the same names and arguments, other contents.

# %% grade_id="answers"
def answers():
    """For the program of nobody in the course; it says where, and neither when nor how much."""
    return {"student": "student", "function": "reparameterise", "variable": "std", "line": 91, "batch": 0, "value": 0.0}
