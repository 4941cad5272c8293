"""encode, decode and call: their checks and their mistakes, with linear networks."""

from __future__ import annotations

import numpy as np

from graders.ex02_autoencoder.linear import images, make_linear, make_normalised, normalised, random_linear
from judge.suite import Student, agree, cell

forward = cell("forward_check", hole="autoencoder", read_again="section 4")

# fmt: off
CALL = "return self.decode(self.encode(x))"
forward.mistake("encode-changes-the-code", ("return self.encoder(x)", "return ops.sigmoid(self.encoder(x))"),
    "encode changes what the encoder gives; return it as it is.")
forward.mistake("encode-returns-reconstruction", ("return self.encoder(x)", "return self.decoder(self.encoder(x))"),
    "encode goes all the way to the image; return the code.")
forward.mistake("decode-adds-sigmoid", ("return self.decoder(z)", "return ops.sigmoid(self.decoder(z))"),
    "decode applies a sigmoid of its own; the decoder has its activation already, or wants none.")
forward.mistake("call-returns-code", (CALL, "return self.encode(x)"),
    "call returns the code; decode it.")
forward.mistake("call-returns-input", (CALL, "return x"),
    "call returns x itself; it should be encoded and decoded.")
forward.mistake("call-returns-both", (CALL, "z = self.encode(x)\n        return z, self.decode(z)"),
    "call returns the code as well; it should return the reconstruction alone.")
forward.mistake("call-without-training-mode",
    (CALL, "return self.decoder(self.encoder(x, training=False), training=False)"),
    "Your call keeps its networks out of training mode, though it was told to train. Do not fix the flag: Keras hands "
    "it on.")
forward.mistake("call-always-in-training-mode",
    (CALL, "return self.decoder(self.encoder(x, training=True), training=True)"),
    "Your call keeps its networks in training mode, though it was told not to train. Do not fix the flag: Keras hands "
    "it on.")
# fmt: on


@forward.check("encode returns the encoder's output, unchanged.")
def test_encode(student: Student) -> None:
    """A linear encoder whose numbers are known; batches of five and of one."""
    weights = random_linear(0)
    model, _, _ = make_linear(student, weights)
    for x in (images(1, 5), images(2, 1)):
        agree(model.call("encode", x), weights.encode(x), "what encode returns")


@forward.check("decode returns the decoder's output, unchanged.")
def test_decode(student: Student) -> None:
    """Numbers below 0 and above 1 come as they are."""
    weights = random_linear(3)
    model, _, _ = make_linear(student, weights)
    z = 3 * np.random.default_rng(3).normal(size=(5, 3)).astype(np.float32)
    agree(model.call("decode", z), weights.decode(z), "what decode returns")


@forward.check("call decodes the code of x.")
def test_call(student: Student) -> None:
    """Batches of five and of one."""
    weights = random_linear(4)
    model, _, _ = make_linear(student, weights)
    for x in (images(5, 5), images(6, 1)):
        agree(model(x), weights.decode(weights.encode(x)), "what call returns")


@forward.check("call hands the flag `training` on to the layers inside.", needs=[test_call])
def test_call_in_training_mode(student: Student) -> None:
    """Batch normalisation acts by the batch's own mean in training, and else by its moving mean."""
    x = 3 * np.random.default_rng(7).normal(size=(8, 4)).astype(np.float32) + 1
    for training in (False, True):
        model, _ = make_normalised(student)
        found = model(x, training=training)
        agree(
            found,
            normalised(x, training=training),
            f"what call returns with training={training}",
            rtol=1e-3,
            atol=1e-3,
        )
