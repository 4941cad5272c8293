# %% [markdown]
# # Train the denoiser on handwritten digits
#
# The subclass of `autoencoder.ipynb`, on real digits: how many decibel does it gain over doing nothing, and
# over a median filter of the best size? And what does it do with noise that it was not trained for? Save
# `autoencoder.ipynb` first; saving writes the module that is imported below.
#
# Everything it makes goes to `outputs/<data>_dae/`.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from autoencoder import ConvDecoder, ConvEncoder, DenoisingAutoencoder, psnr
# from scipy.ndimage import median_filter
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid, training_curves

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a smoke test of a few seconds; the pictures are then poor
#
# LATENT_DIM, NOISE_STD = 32, 0.5
# data = load_images("auto")
# num_train = 500 if FAST else min(len(data.x_train), 20_000)
# num_test = 100 if FAST else min(len(data.x_test), 1_000)
# NUM_EPOCHS = 1 if FAST else {"mnist": 8}.get(data.name, 20)
# batch_size = 128 if data.name == "mnist" else 32
# x_train, clean = data.x_train[:num_train], data.x_test[:num_test]
# directory = outputs_dir(data.name, "dae")
# how_long = "a few seconds" if FAST else "a minute or two on two cores"
# print(f"{data}\ntraining on {num_train} images for {NUM_EPOCHS} epochs: {how_long}")

# %% tags=["active-ipynb", "long"] grade_id="training"
# keras.utils.set_random_seed(2023)
# encoder, decoder = ConvEncoder(latent_dim=LATENT_DIM), ConvDecoder(image_shape=x_train.shape[1:])
# denoiser = DenoisingAutoencoder(encoder, decoder, noise_std=NOISE_STD, name="denoiser")
# num_steps = NUM_EPOCHS * int(np.ceil(num_train / batch_size))
# rate = keras.optimizers.schedules.CosineDecay(0.005, decay_steps=num_steps)
# denoiser.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# history = denoiser.fit(
#     x_train,
#     epochs=NUM_EPOCHS,
#     batch_size=batch_size,
#     callbacks=[TrainingCurves(directory, caption=data.caption), TimeLeft()],
#     verbose=0,
# ).history
# denoiser.save(directory / "denoiser.keras")
# training_curves(history, f"Denoiser, noise {NOISE_STD}: {data.caption}", unit="error per image")

# %% tags=["active-ipynb", "long"] grade_id="gain"
# def noisy_images(noise_std, seed=1):
#     noise = np.random.default_rng(seed).normal(0.0, noise_std, clean.shape)
#     return (clean + noise).astype("float32")
#
#
# def best_median(noisy):
#     """The median filter of the size that suits these images best: a baseline that may look at the answer."""
#     filtered = [np.clip(median_filter(noisy, size=(1, n, n, 1)), 0.0, 1.0) for n in (3, 5, 7)]
#     return max(filtered, key=lambda images: psnr(clean, images).mean())
#
#
# noisy = noisy_images(NOISE_STD)
# answers = {
#     "noisy": noisy,
#     "cut off": np.clip(noisy, 0.0, 1.0),
#     "median filter": best_median(noisy),
#     "denoiser": np.asarray(denoiser.reconstruct(noisy)),
# }
# for name, images in answers.items():
#     decibels = psnr(clean, images)
#     print(f"{name:14s} {decibels.mean():5.1f} dB, held out; the worst image {decibels.min():5.1f} dB")
# titles = [""] * 8 + [f"{value:.1f} dB" for images in answers.values() for value in psnr(clean[:8], images[:8])]
# image_grid(
#     np.concatenate([clean[:8], *(images[:8] for images in answers.values())]),
#     columns=8,
#     titles=titles,
#     caption=f"Held out: clean; {', '.join(answers)}: {data.caption}",
# )

# %% [markdown]
# ## Other noise than it was trained for

# %% tags=["active-ipynb", "long"] grade_id="other_noise"
# levels = (0.1, 0.3, 0.5, 0.7, 1.0)
# curves = {"cut off": [], "median filter": [], "denoiser": []}
# for level in levels:
#     noisy = noisy_images(level)
#     curves["cut off"].append(psnr(clean, np.clip(noisy, 0.0, 1.0)).mean())
#     curves["median filter"].append(psnr(clean, best_median(noisy)).mean())
#     curves["denoiser"].append(psnr(clean, np.asarray(denoiser.reconstruct(noisy))).mean())
# figure = Picture(figsize=(5.5, 3.2), layout="constrained")
# axes = figure.subplots()
# for name, values in curves.items():
#     axes.plot(levels, values, "o-", label=name)
# axes.axvline(NOISE_STD, color="k", linestyle="--", linewidth=1, label="trained for")
# axes.set(xlabel="standard deviation of the noise", ylabel="PSNR, dB")
# axes.set_title(f"Held out: {data.caption}", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# ## The worst answers

# %% tags=["active-ipynb", "long"] grade_id="worst"
# noisy = noisy_images(NOISE_STD)
# answer = np.asarray(denoiser.reconstruct(noisy))
# worst = np.argsort(psnr(clean, answer))[:8]
# image_grid(
#     np.concatenate([clean[worst], noisy[worst], answer[worst]]),
#     columns=8,
#     titles=[f"{value:.1f} dB" for value in psnr(clean[worst], answer[worst])] + [""] * 16,
#     caption=f"The eight worst of {num_test}: clean, noisy, denoised: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, with your numbers.

# %% [markdown]
# ### 1. The gain
#
# How many decibel does the denoiser gain over doing nothing, and over the median filter? What would the
# identity network score?

# %% [markdown] role="manual" grade_id="obs_gain" points=1
# ### BEGIN SOLUTION
# MNIST: the identity scores 6.0 dB, as -20 log10(0.5) says, cutting off at 0 and 1 makes 9.4, the best median
# filter 14.2, the denoiser 19.0. So it gains 13 dB over doing nothing, a twentieth of the squared error, and
# nearly 5 dB over the filter. The filter only knows that neighbours resemble each other; the network knows digits.
# ### END SOLUTION

# %% [markdown]
# ### 2. Other noise
#
# Where is the denoiser worse than doing nothing, and why?

# %% [markdown] role="manual" grade_id="obs_other_noise" points=1
# ### BEGIN SOLUTION
# At 0.1: cutting off scores 22.7 dB, the filter 21.9, the denoiser 20.7, hardly more than at 0.3. Everything passes
# through 32 numbers, whatever the noise, so its answer is limited by the code. Beyond the noise it was trained for
# it falls (14.6 dB at 1.0), since such images never occurred, but stays 3 dB above the filter.
# ### END SOLUTION

# %% [markdown]
# ### 3. Plausible and wrong
#
# Find an answer that is clean, plausible and wrong: another digit, or one that lost what was special about it.
# What would this mean for denoising medical images?

# %% [markdown] role="manual" grade_id="obs_plausible" points=1
# ### BEGIN SOLUTION
# Among the worst, a thin 8 has become nearly a 2, and a 2 and a 9 lost their curls: clean digits, and not those
# that were written. The network returns the average of what could have been, so what is rare, a lesion for
# instance, is replaced by what is usual, and the clean look hides it. Test such a tool on the rare cases, and keep
# the original at hand.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `autoencoder.ipynb` and `autoencoder.py`, and `git commit`.
