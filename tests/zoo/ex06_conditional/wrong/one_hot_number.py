# c is the label itself, one number.
# fails: test_one_hot
# hints: label-as-number

# %% grade_id="conditions"
@keras.saving.register_keras_serializable(package="conditional")
class OneHotCondition(Condition):
    def call(self, labels):
        return ops.cast(labels, "float32")[:, None]


@keras.saving.register_keras_serializable(package="conditional")
class EmbeddingCondition(Condition):
    def __init__(self, num_classes, condition_dim=16, **kwargs):
        super().__init__(num_classes, **kwargs)
        self.condition_dim = condition_dim
        self.table = self.add_weight(
            shape=(num_classes, condition_dim), initializer="random_normal", name="table"
        )

    def call(self, labels):
        return ops.take(self.table, ops.cast(labels, "int32"), axis=0)

    def get_config(self):
        config = super().get_config()
        config.update(condition_dim=self.condition_dim)
        return config
