# The table is a tensor that Keras does not know of.
# fails: test_embedding_reads_its_table
# hints: embedding-untracked

# %% grade_id="conditions"
@keras.saving.register_keras_serializable(package="conditional")
class OneHotCondition(Condition):
    def call(self, labels):
        return ops.one_hot(ops.cast(labels, "int32"), self.num_classes, dtype="float32")


@keras.saving.register_keras_serializable(package="conditional")
class EmbeddingCondition(Condition):
    def __init__(self, num_classes, condition_dim=16, **kwargs):
        super().__init__(num_classes, **kwargs)
        self.condition_dim = condition_dim
        self.table = keras.random.normal((num_classes, condition_dim))

    def call(self, labels):
        return ops.take(self.table, ops.cast(labels, "int32"), axis=0)

    def get_config(self):
        config = super().get_config()
        config.update(condition_dim=self.condition_dim)
        return config
