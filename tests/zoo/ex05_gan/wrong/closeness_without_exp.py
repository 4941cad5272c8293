# Distances instead of closeness.
# fails: test_closeness_value
# hints: closeness-without-exp

# %% grade_id="minibatch_discrimination"
@keras.saving.register_keras_serializable(package="gan")
class MinibatchDiscrimination(layers.Layer):
    def __init__(self, num_kernels=16, kernel_dim=8, **kwargs):
        super().__init__(**kwargs)
        self.num_kernels = num_kernels
        self.kernel_dim = kernel_dim
        self.project = layers.Dense(num_kernels * kernel_dim, use_bias=False)

    def build(self, input_shape):
        self.project.build(input_shape)

    def call(self, x):
        m = ops.reshape(self.project(x), (-1, self.num_kernels, self.kernel_dim))  # (batch, B, C)
        distance = ops.sum(ops.abs(m[:, None] - m[None, :]), axis=-1)  # (batch, batch, B)
        closeness = ops.sum(distance, axis=1)  # without j = i, whose closeness is 1
        return ops.concatenate([x, closeness], axis=-1)

    def get_config(self):
        config = super().get_config()
        config.update(num_kernels=self.num_kernels, kernel_dim=self.kernel_dim)
        return config
