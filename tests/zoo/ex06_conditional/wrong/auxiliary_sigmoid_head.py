# The authenticity head ends in a sigmoid.
# fails: test_auxiliary_logits
# hints: head-with-activation

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    return keras.losses.sparse_categorical_crossentropy(labels, class_logits, from_logits=True)


@keras.saving.register_keras_serializable(package="conditional")
class AuxiliaryDiscriminator(keras.Model):
    def __init__(self, num_classes, filters=64, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.filters = filters
        self.first = layers.Conv2D(filters, 4, strides=2, padding="same")
        self.second = layers.Conv2D(2 * filters, 4, strides=2, padding="same", use_bias=False)
        self.normalise = layers.BatchNormalization()
        self.activation = layers.LeakyReLU(negative_slope=0.2)
        self.flatten = layers.Flatten()
        self.authenticity_head = layers.Dense(1, activation="sigmoid")
        self.class_head = layers.Dense(num_classes)

    def call(self, x, training=None):
        x = self.activation(self.first(x))
        x = self.activation(self.normalise(self.second(x), training=training))
        features = self.flatten(x)
        return self.authenticity_head(features), self.class_head(features)

    def get_config(self):
        config = super().get_config()
        config.update(num_classes=self.num_classes, filters=self.filters)
        return config
