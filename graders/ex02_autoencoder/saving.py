"""get_config, from_config and saving of the Autoencoder: checks with linear networks, and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import (
    all_close,
    expect_object,
    from_config,
    holds_objects,
    make,
    outputs,
    set_weights,
    weights_of,
)
from graders.ex02_autoencoder.linear import Linear, images, make_linear, random_linear
from judge.suite import Array, CheckFailed, Remote, Student, agree, cell, expect, is_same

CODES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
saving = cell("config_check", hole="autoencoder", read_again="section 4")

# fmt: off
PARTS = 'for part in ("encoder", "decoder"):\n            config[part] = keras.saving.'
WRITE = "keras.saving.serialize_keras_object(getattr(self, part))"
READ = "keras.saving.deserialize_keras_object(config[part])"
OBJECTS = saving.mistake("config-holds-objects", [(WRITE, "getattr(self, part)"), (READ, "config[part]")],
    "Your get_config returns live objects. Turn each part into plain data with keras.saving.serialize_keras_object.")
NO_DECODER = saving.mistake("config-without-decoder",
    (f"{PARTS}serialize", 'for part in ("encoder",):\n            config[part] = keras.saving.serialize'),
    "Your get_config leaves the decoder out: serialise both parts.")
NO_PARENT = saving.mistake("config-without-parent",
    ("config = super().get_config()", "config = {}"),
    "The name and what else the parent knows are lost: begin with super().get_config().")
SWAPPED = saving.mistake("config-parts-swapped",
    (WRITE, 'keras.saving.serialize_keras_object(getattr(self, {"encoder": "decoder", "decoder": "encoder"}[part]))'),
    "The twin's encoder is your decoder, and the reverse: serialise each under its own name.")
NOT_MADE = saving.mistake("config-not-deserialised", (READ, "config[part]"),
    "from_config hands the plain data on as it is: make each part again with keras.saving.deserialize_keras_object.")
OWN_CLASS = saving.mistake("config-fixes-the-class", ("return cls(**config)", "return Autoencoder(**config)"),
    "from_config makes an Autoencoder whatever class it is called on: make an object of cls.")
SHARED = saving.mistake("config-shares-parts",
    [("config = super().get_config()", "Autoencoder.last = self\n        config = super().get_config()"),
     (READ, "getattr(Autoencoder.last, part)")],
    "The twin uses the very same networks as the original; from_config must make new ones.")
# fmt: on


def answers(model: Remote, x: Array) -> Array:
    """What the model's own encoder makes of x, and its decoder of fixed codes, as one vector."""
    encoder, decoder = (expect_object(model.get(part), f"`{part}`") for part in ("encoder", "decoder"))
    return np.concatenate([outputs(encoder(x)), outputs(decoder(CODES))])


def expected_answers(weights: Linear, x: Array) -> Array:
    """The same from the definition."""
    return np.concatenate([weights.encode(x).ravel(), weights.decode(CODES).ravel()])


@saving.check("from_config(get_config()) makes a model with parts like the original's, and its name.", weight=2)
def test_config(student: Student) -> None:
    """The twin must have networks of its own."""
    weights, x = random_linear(0), images(0)
    model, encoder, decoder = make_linear(student, weights, name="mine")
    config = model.call("get_config")
    expect(isinstance(config, dict), "get_config must return a dict.")
    expect("decoder" in config, "get_config should hold the decoder.", NO_DECODER)
    expect(not holds_objects(config), "get_config must return plain data.", OBJECTS)
    twin = from_config(student, "Autoencoder", config)
    expect(is_same(twin.get("name"), "mine"), "the twin lost the name `mine`.", NO_PARENT)
    for part, original in (("encoder", encoder), ("decoder", decoder)):
        found = twin.get(part)
        if not isinstance(found, Remote):
            raise CheckFailed(f"the twin's {part} is no network.", NOT_MADE)
        same = [w.shape for w in weights_of(found)] == [w.shape for w in weights_of(original)]
        expect(same, f"the twin's {part} has other layers than the original's.", SWAPPED)
        set_weights(found, [np.zeros(w.shape) for w in weights_of(original)])
    untouched = all_close([*weights_of(encoder), *weights_of(decoder)], weights.arrays)
    expect(untouched, "changing the twin's weights changed the original.", SHARED)
    for part, original in (("encoder", encoder), ("decoder", decoder)):
        set_weights(expect_object(twin.get(part), part), weights_of(original))
    agree(answers(twin, x), expected_answers(weights, x), "what the twin's networks give with the same weights")


@saving.check("from_config makes an object of the class that it is called on.")
def test_config_of_a_subclass(student: Student) -> None:
    """DenoisingAutoencoder inherits it, with a default for the argument that it adds."""
    model, _, _ = make_linear(student, random_linear(1))
    twin = from_config(student, "DenoisingAutoencoder", model.call("get_config"))
    right = twin.type_name == "DenoisingAutoencoder"
    expect(right, f"DenoisingAutoencoder.from_config made an object of class {twin.type_name}.", OWN_CLASS)


@saving.check("A model that was saved and loaded gives the same outputs.")
def test_save_and_reload(student: Student) -> None:
    """Around linear networks with random weights."""
    weights, x = random_linear(2), images(2)
    model, _, _ = make_linear(student, weights)
    model.call("save", "saved.keras")
    reloaded = make(student, "keras.saving.load_model", "saved.keras")
    agree(answers(reloaded, x), expected_answers(weights, x), "what the reloaded networks give")
