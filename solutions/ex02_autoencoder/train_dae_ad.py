# %% [markdown]
# # Denoise brain slices
#
# A magnetic resonance image is the *length* of a complex number, and each of its two parts carries normal
# noise. So the noise of a dark pixel is never negative: with noise $\varepsilon_1, \varepsilon_2$ of standard
# deviation $s$ in the two parts, a pixel $x$ becomes
#
# $$ \tilde x = \sqrt{(x + s\,\varepsilon_1)^2 + (s\,\varepsilon_2)^2}, $$
#
# which has a **Rice distribution** (Gudbjartsson & Patz 1995). Black becomes grey, on average
# $s \sqrt{\pi / 2}$. Your `DenoisingAutoencoder` needs one other method to learn this: `corrupt`. That is all
# that the subclass below changes. Save `autoencoder.ipynb` first.
#
# **The data.** Real scans if the environment variable `VAEGAN_AD` names their folder
# (`docs/your-own-cohort.md` says how). Else a **synthetic** cohort: no patient is in it, and nothing you find
# here is a finding about patients. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from autoencoder import DenoisingAutoencoder, psnr
# from keras import layers, ops
# from scipy.ndimage import median_filter
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_ad
# from vaegan.pictures import image_grid, training_curves

# %% tags=["active-ipynb", "long"] grade_id="settings"
# FAST = False  # True: a smoke test of a few seconds; the pictures are then poor
#
# NOISE_STD = 0.15
# data = load_ad(size=64)  # split by subject
# NUM_EPOCHS = 2 if FAST else 60
# directory = outputs_dir(data.name, "dae")
# print(f"{data}\ntraining for {NUM_EPOCHS} epochs: about a minute on a laptop with two cores")


# %% tags=["active-ipynb", "long"] grade_id="rician"
# @keras.saving.register_keras_serializable(package="autoencoder")
# class RicianDenoisingAutoencoder(DenoisingAutoencoder):
#     """A denoiser of magnitude images: another noise, and nothing else."""
#
#     def corrupt(self, x):
#         """Return x with Rician noise, float32, same shape."""
#         real, imaginary = super().corrupt(x), super().corrupt(ops.zeros_like(x))
#         return ops.sqrt(real**2 + imaginary**2)
#
#
# def map_networks(image_shape, filters=24):
#     """An encoder and a decoder whose code is no row of numbers but a small map, 16 x 16 x 8.
#
#     With few images and much detail a short code would lose the folds of the cortex.
#     """
#     height, width, channels = image_shape
#     settings = {"padding": "same", "activation": "relu"}
#     encoder = [
#         keras.Input(image_shape),
#         layers.Conv2D(filters, 5, strides=2, **settings),
#         layers.Conv2D(2 * filters, 3, strides=2, **settings),
#         layers.Conv2D(8, 3, padding="same"),
#     ]
#     decoder = [
#         keras.Input((height // 4, width // 4, 8)),
#         layers.Conv2DTranspose(2 * filters, 3, strides=2, **settings),
#         layers.Conv2DTranspose(filters, 3, strides=2, **settings),
#         layers.Conv2D(channels, 3, padding="same", activation="sigmoid"),
#     ]
#     return keras.Sequential(encoder, name="encoder"), keras.Sequential(decoder, name="decoder")


# %% tags=["active-ipynb", "long"] grade_id="training"
# keras.utils.set_random_seed(2023)
# networks = map_networks(data.x_train.shape[1:])
# denoiser = RicianDenoisingAutoencoder(*networks, noise_std=NOISE_STD, name="denoiser")
# num_steps = NUM_EPOCHS * int(np.ceil(len(data.x_train) / 16))
# rate = keras.optimizers.schedules.CosineDecay(0.003, decay_steps=num_steps)
# denoiser.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# history = denoiser.fit(
#     data.x_train,
#     epochs=NUM_EPOCHS,
#     batch_size=16,
#     callbacks=[TrainingCurves(directory, caption=data.caption), TimeLeft()],
#     verbose=0,
# ).history
# denoiser.save(directory / "denoiser.keras")
# training_curves(history, f"Denoiser of brains, noise {NOISE_STD}: {data.caption}", unit="error per image")

# %% tags=["active-ipynb", "long"] grade_id="gain"
# clean = data.x_test
# rng = np.random.default_rng(1)
# real, imaginary = rng.normal(0.0, NOISE_STD, (2, *clean.shape))
# noisy = np.sqrt((clean + real) ** 2 + imaginary**2).astype("float32")
# median = max(
#     (np.clip(median_filter(noisy, size=(1, n, n, 1)), 0.0, 1.0) for n in (3, 5)),
#     key=lambda images: psnr(clean, images).mean(),
# )
# unbiased = np.sqrt(np.maximum(median**2 - NOISE_STD**2, 0.0))  # the filter, told of the grey background
# answers = {
#     "noisy": noisy,
#     "median filter": median,
#     "median, unbiased": unbiased,
#     "denoiser": np.asarray(denoiser.reconstruct(noisy)),
# }
# for name, images in answers.items():
#     print(f"{name:17s} {psnr(clean, images).mean():5.1f} dB, held-out subjects")
# print(f"background, all clean pixels below 0.01: noisy {noisy[clean < 0.01].mean():.3f}, "
#       f"denoised {answers['denoiser'][clean < 0.01].mean():.3f}")
# titles = [""] * 6 + [f"{value:.1f} dB" for images in answers.values() for value in psnr(clean[:6], images[:6])]
# image_grid(
#     np.concatenate([clean[:6], *(images[:6] for images in answers.values())]),
#     columns=6,
#     titles=titles,
#     caption=f"Held-out subjects: clean; {', '.join(answers)}: {data.caption}",
# )

# %% [markdown]
# What was taken away? The difference should look like noise. Where it shows anatomy, anatomy was lost.

# %% tags=["active-ipynb", "long"] grade_id="residue"
# lost = 0.5 + (clean[:6] - answers["denoiser"][:6])
# image_grid(
#     np.concatenate([answers["denoiser"][:6], lost]),
#     columns=6,
#     caption=f"Denoised; clean minus denoised, grey means no difference: {data.caption}",
# )

# %% [markdown]
# ## Observations

# %% [markdown]
# ### 1. The gain
#
# What does the network gain over the noisy slices and over both filters, and what has it learned about the
# background that a filter cannot know?

# %% [markdown] role="manual" grade_id="obs_gain" points=1
# ### BEGIN SOLUTION
# Synthetic cohort: noisy 16.4 dB, median filter 21.7, the filter that is told of the bias 22.7, denoiser 22.9. So it
# gains 6.5 dB over doing nothing, and hardly anything over a filter that knows the physics. Black became grey, 0.19;
# the network has learned, from examples alone, that the grey belongs to the noise, and gives 0.04 back.
# ### END SOLUTION

# %% [markdown]
# ### 2. What was lost
#
# Where does the difference show anatomy? Would you measure the hippocampus on denoised slices?

# %% [markdown] role="manual" grade_id="obs_lost" points=1
# ### BEGIN SOLUTION
# At the folds of the cortex and around the ventricles, where the difference draws their rims as bright lines. Small
# structures are drawn towards what is usual in the training subjects, so a volume measured there would be
# biased towards the group: not without a test against the original.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `autoencoder.ipynb` and `autoencoder.py`, and `git commit`.
