# Thinks that a breakpoint always fires.
# fails: test_where_in_fit, test_where_in_tf_function
# hints: graph-is-not-python, autograph-rewrites

# %% grade_id="where"
def where_it_fires():
    return {
        "fit": "at every batch",
        "eager fit": "at every batch",
        "tf.function": "at every batch",
        "eager tf.function": "at every batch",
        "callback": "at every batch",
    }
