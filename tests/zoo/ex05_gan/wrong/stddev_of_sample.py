# Divided by batch - 1.
# fails: test_stddev_value
# hints: stddev-of-sample

# %% grade_id="minibatch_stddev"
@keras.saving.register_keras_serializable(package="gan")
class MinibatchStdDev(layers.Layer):
    def call(self, x):
        num = ops.shape(x)[0]
        deviation = ops.sqrt(ops.var(x, axis=0) * (num / (num - 1)) + 1e-8)
        feature = ops.mean(deviation) * ops.ones_like(x[..., :1])
        return ops.concatenate([x, feature], axis=-1)
