# A plain reshape, which scrambles images.
# fails: test_packing
# hints: packing-scrambled

# %% grade_id="packing"
@keras.saving.register_keras_serializable(package="gan")
class Packed(keras.Model):
    def __init__(self, discriminator, num_packed=2, **kwargs):
        super().__init__(**kwargs)
        self.discriminator = discriminator
        self.num_packed = num_packed

    def call(self, x, training=None):
        num = self.num_packed
        if x.shape[0] is not None and x.shape[0] % num:
            raise ValueError(
                f"The batch does not come out even in packs: expected a multiple of {num} examples, received "
                f"{x.shape[0]}. Choose another batch size, or drop the last batch."
            )
        packs = ops.reshape(x, (-1, *x.shape[1:-1], num * x.shape[-1]))
        return self.discriminator(packs, training=training)

    def get_config(self):
        config = super().get_config()
        config.update(
            discriminator=keras.saving.serialize_keras_object(self.discriminator), num_packed=self.num_packed
        )
        return config

    @classmethod
    def from_config(cls, config):
        inner = keras.saving.deserialize_keras_object(config["discriminator"])
        return cls(**{**config, "discriminator": inner})
