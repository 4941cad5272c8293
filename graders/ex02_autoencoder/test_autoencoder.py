"""The suite of notebook `autoencoder`: its parts, in the notebook's order."""

from graders.ex02_autoencoder import (
    angles,
    codes,
    conv,
    denoising,
    error,
    forward,
    pca,
    psnr,
    saving,
    steps,
    training,
)
from judge.suite import collect

collect(globals(), error, pca, forward, steps, saving, angles, conv, psnr, denoising, codes, training)
