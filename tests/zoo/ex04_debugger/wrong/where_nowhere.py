# Thinks that callbacks belong to the graph, and tracing runs a @tf.function's own lines.
# fails: test_where_in_eager_fit, test_where_in_tf_function, test_where_in_a_callback
# hints: eager-runs-python, autograph-rewrites, callbacks-are-python

# %% grade_id="where"
def where_it_fires():
    return {
        "fit": "only while tracing",
        "eager fit": "only while tracing",
        "tf.function": "only while tracing",
        "eager tf.function": "at every batch",
        "callback": "only while tracing",
    }
