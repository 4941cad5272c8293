# The 1e-8 is outside the root.
# fails: test_stddev_gradient
# hints: stddev-gradient-infinite

# %% grade_id="minibatch_stddev"
@keras.saving.register_keras_serializable(package="gan")
class MinibatchStdDev(layers.Layer):
    def call(self, x):
        deviation = ops.std(x, axis=0) + 1e-8
        feature = ops.mean(deviation) * ops.ones_like(x[..., :1])
        return ops.concatenate([x, feature], axis=-1)
