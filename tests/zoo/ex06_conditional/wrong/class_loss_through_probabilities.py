# The logarithm of a rounded probability.
# fails: test_class_loss_is_exact

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    return ops.sum(-ops.log(ops.softmax(class_logits) + 1e-12) * ops.one_hot(labels, class_logits.shape[-1]), axis=-1)


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
        self.authenticity_head = layers.Dense(1)
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
