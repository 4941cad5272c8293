# The layers in a keras.Sequential; ReLU as an operation.

# %% grade_id="classifier"
@keras.saving.register_keras_serializable(package="images")
class SliceClassifier(keras.Model):
    def __init__(self, num_classes=2, hidden_units=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.hidden_units = hidden_units
        self.body = keras.Sequential([layers.Flatten(), layers.Dense(hidden_units, "relu"), layers.Dense(num_classes)])

    def call(self, x, training=None):
        return self.body(x, training=training)

    def get_config(self):
        return {**super().get_config(), "num_classes": self.num_classes, "hidden_units": self.hidden_units}
