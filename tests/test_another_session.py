"""A trained model that is saved makes the same of the same noise in another session, which has trained nothing."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ("ex03_vae", "ex05_gan", "ex06_conditional")
SCRIPT = """
import sys
import keras, numpy as np
from vae import VAE, Decoder, Encoder, GaussianLikelihood
from gan import GAN, Discriminator, Generator
from conditional import ACGAN, CVAE, AuxiliaryDiscriminator, ConditionalGAN, EmbeddingCondition, OneHotCondition

def adam():
    return keras.optimizers.Adam(1e-2)

def models():
    shape, one_hot, table = (8, 4, 1), OneHotCondition(3), EmbeddingCondition(3, 4)
    vaes = {
        "vae": VAE(Encoder(2, hidden_units=7), Decoder(shape, hidden_units=6), GaussianLikelihood(variance=0.3)),
        "cvae": CVAE(Encoder(2, hidden_units=7), Decoder(shape, hidden_units=6), table),
    }
    gans = {
        "gan": GAN(Generator(3, shape, filters=4), Discriminator(filters=3), 3, label_noise=0.1),
        "cgan": ConditionalGAN(Generator(7, shape, filters=4), Discriminator(filters=3), 3, table),
        "acgan": ACGAN(Generator(6, shape, filters=4), AuxiliaryDiscriminator(3, filters=3), 3, one_hot),
    }
    for vae in vaes.values():
        vae.compile(adam(), jit_compile=False)
    for gan in gans.values():
        gan.compile(adam(), adam(), jit_compile=False)
    return vaes | gans

def made(name, model):
    z = np.random.default_rng(0).normal(size=(4, 2 if "vae" in name else 3)).astype("float32")
    if name == "vae":
        return model.decode(z)
    labels = np.arange(4) % 3
    return model.generate(z) if name == "gan" else model.generate(z, labels)

def train():
    rng = np.random.default_rng(1)
    images, labels = rng.uniform(size=(12, 8, 4, 1)).astype("float32"), np.arange(12) % 3
    for name, model in models().items():
        model.fit(images, labels, batch_size=6, verbose=0)
        model.save(f"{name}.keras")
        yield name, model

def load():
    for name in ("vae", "cvae", "gan", "cgan", "acgan"):
        yield name, keras.models.load_model(f"{name}.keras")

what = sys.argv[1]
np.savez(what, **{name: made(name, model) for name, model in {"train": train, "load": load}[what]()})
"""


@pytest.mark.full
def test_models_load_in_another_session_and_make_the_same(tmp_path):
    paths = [str(ROOT), *(str(ROOT / "solutions" / lesson) for lesson in LESSONS)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "TF_CPP_MIN_LOG_LEVEL": "3"}
    for what in ("train", "load"):
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT, what],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr[-2000:]
    trained, loaded = (np.load(tmp_path / f"{what}.npz") for what in ("train", "load"))
    assert sorted(trained) == sorted(loaded) == ["acgan", "cgan", "cvae", "gan", "vae"]
    for name in trained:
        assert np.ptp(trained[name]) > 0
        np.testing.assert_array_equal(loaded[name], trained[name], err_msg=name)
