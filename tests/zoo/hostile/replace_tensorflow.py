# Tensors convert to nothing and the tape says that every gradient is zero.
# held by: two sides
import tensorflow as tf


class Tape:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return True

    def watch(self, tensor):
        pass

    def gradient(self, target, sources):
        return [0.0 for _ in sources]


tf.GradientTape = Tape
tf.convert_to_tensor = tf.reduce_sum = tf.constant = lambda *_, **__: 0.0
tf.is_tensor = lambda *_: False
