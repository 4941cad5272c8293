# Two linear layers.
# fails: test_classifier_values
# hints: hidden-without-relu

# %% grade_id="classifier"
@keras.saving.register_keras_serializable(package="images")
class SliceClassifier(keras.Model):

    def __init__(self, num_classes=2, hidden_units=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.hidden_units = hidden_units
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(hidden_units)
        self.logits = layers.Dense(num_classes)

    def call(self, x):
        return self.logits(self.hidden(self.flatten(x)))

    def get_config(self):
        config = super().get_config()
        config.update(num_classes=self.num_classes, hidden_units=self.hidden_units)
        return config
