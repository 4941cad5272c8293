# An identity in place of an autoencoder: call gives x back, and no step can learn.
# fails: test_encode, test_decode, test_call, test_train_step_logs, test_train_step_follows_the_gradient, test_train_step_corrupts_what_is_shown, test_modes_of_both_steps, test_test_step_only_measures, test_steps_return_epoch_means, test_fit_and_evaluate, test_config, test_save_and_reload
# hints: call-returns-input, config-without-decoder, last-batch-logged, train-no-update

# %% grade_id="autoencoder"
@keras.saving.register_keras_serializable(package="autoencoder")
class Autoencoder(BaseAutoencoder):
    def encode(self, x):
        return x

    def decode(self, z):
        return z

    def call(self, x, training=None):
        return self.decode(self.encode(x))

    def reconstruct(self, x):
        return self(x, training=False)

    def train_step(self, data):
        x = self.inputs_of(data)
        return self.update_trackers(reconstruction_error(x, self(x)))

    def test_step(self, data):
        return self.train_step(data)

    def get_config(self):
        return super().get_config()

    @classmethod
    def from_config(cls, config):
        return cls(None, None, **config)
