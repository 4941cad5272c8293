# %% [markdown]
# # Train the VAE on brains
#
# The same classes, other data. This notebook imports what you wrote in `vae.ipynb` (save that one first)
# and changes *one argument*: the shape of the images. That is what the class hierarchy was for.
#
# Each image is a coronal slice through both hippocampi, of a healthy person (CN, cognitively normal) or of
# one with Alzheimer's disease (AD). Above the middle lie the lateral ventricles, dark because they hold
# fluid; left and right below, the hippocampi. In AD ventricles grow and hippocampi shrink. The VAE is not
# told who has what.
#
# Everything it makes goes to `outputs/ad_vae/`: `epoch001_recons.png`, ..., `epoch001_fakes.png`, ...,
# `curves.png`, `history.csv`, and `vae.keras`.
#
# **The data.** Real scans if you have the right to use some and the environment variable `VAEGAN_AD` names
# their folder (`docs/your-own-cohort.md` says how). Else a **synthetic** cohort of 120 subjects: a template
# brain, deformed as studies of ageing and AD report, with twice the usual effect so that little data will
# do. No patient is in it, and nothing you find here is a finding about patients. Every caption says which
# it is. Making it takes a minute or two, once; it is kept in your cache folder.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from IPython.display import Image, display
# from vae import VAE, Decoder, Encoder, kl_to_standard_normal
#
# from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_ad
# from vaegan.pictures import Picture, image_grid, reconstruction_sheet, training_curves

# %% tags=["active-ipynb", "long"] grade_id="settings"
# FAST = False  # True: a smoke test of a few seconds; the pictures are then poor
# LONGER = False  # True: three times as many epochs
#
# LATENT_DIM = 10
# NUM_EPOCHS = 6 if FAST else 300 if LONGER else 100
# SHOWN = (1, NUM_EPOCHS // 2, NUM_EPOCHS) if FAST else (1, 10, NUM_EPOCHS)  # epochs whose pictures are kept
# data = load_ad(size=64)  # split by subject
# directory = outputs_dir(data.name, "vae")
# how_long = "a few seconds" if FAST else "two to three minutes" if LONGER else "half a minute to a minute"
# print(f"{data}\ntraining for {NUM_EPOCHS} epochs: {how_long} on a laptop with two cores")
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb", "long"] grade_id="the_data"
# names = np.array(["CN", "AD"])
# order = np.argsort(data.y_train, kind="stable")
# first_of_each = np.concatenate([order[:10], order[-10:]])
# image_grid(
#     data.x_train[first_of_each],
#     columns=10,
#     titles=names[data.y_train[first_of_each]],
#     caption=f"Training images: {data.caption}",
# )

# %% [markdown]
# ## The model
#
# The only change: `image_shape`. The encoder finds its own input shape, the likelihood and the KL do not
# care. Compare the number of weights with the number of images.

# %% tags=["active-ipynb", "long"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# vae = VAE(Encoder(latent_dim=LATENT_DIM), Decoder(image_shape=data.x_train.shape[1:]), name="vae")
# vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
# vae(data.x_train[:1])
# vae.summary()

# %% [markdown]
# ## Training
#
# The held-out subjects are only *measured*, never trained on.

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = vae.fit(
#     data.x_train,
#     epochs=NUM_EPOCHS,
#     batch_size=16,
#     validation_data=(data.x_test,),
#     validation_batch_size=100,
#     callbacks=[
#         EpochPictures(directory, data.x_test[:10], epochs=SHOWN, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# vae.save(directory / "vae.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# terms = ("reconstruction_loss", "kl_loss", "loss")
# in_order = {name: history[name][4:] for term in terms for name in (term, f"val_{term}")}
# training_curves(in_order, f"VAE, z={LATENT_DIM}, without the first 4 epochs: {data.caption}")

# %% tags=["active-ipynb", "long"] grade_id="recons"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_recons.png", width=700))

# %% tags=["active-ipynb", "long"] grade_id="fakes"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_fakes.png", width=650))

# %% [markdown]
# ## How good is it?
#
# $-\mathrm{ELBO}$ in nats per image. Brains are grey, and equation (3) has a floor for grey pixels: the
# loss of a *perfect* reconstruction, each pixel's mean equal to its value. The line "above the floor" is
# what remains.

# %% tags=["active-ipynb", "long"] grade_id="held_out"
# for name, images in (("training", data.x_train), ("held out", data.x_test)):
#     measured = vae.evaluate(images, batch_size=100, verbose=0, return_dict=True)
#     total, reconstruction, kl = (measured[term] for term in ("loss", "reconstruction_loss", "kl_loss"))
#     x = np.clip(images, 1e-7, 1 - 1e-7).astype("float64")
#     floor = -np.sum(x * np.log(x) + (1 - x) * np.log(1 - x)) / len(x)
#     print(f"{name:8s} {total:7.1f} nats = reconstruction {reconstruction:7.1f} + KL {kl:5.1f}")
#     print(f"{'':8s} {reconstruction - floor:7.1f} nats of the reconstruction are above the floor of {floor:.1f}")

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "vae.keras")
# some = data.x_test[:10]
# difference = np.max(np.abs(np.asarray(vae.reconstruct(some)) - np.asarray(reloaded.reconstruct(some))))
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# reconstruction_sheet(
#     some, np.asarray(reloaded.reconstruct(some)), f"The reloaded model, held out: {data.caption}"
# )

# %% [markdown]
# ## Does z know?
#
# The labels were never used. Look whether some entry of $z$ separates the groups all the same. Chosen on
# the **training** subjects, shown for the held-out ones: with ten entries and few subjects, one always
# looks good by chance on the subjects it was chosen on.

# %% tags=["active-ipynb", "long"] grade_id="latent_space"
# z_train, z_test = (np.asarray(vae.encode(x)[0]) for x in (data.x_train, data.x_test))
# gap = z_train[data.y_train == 1].mean(axis=0) - z_train[data.y_train == 0].mean(axis=0)
# separation = gap / z_train.std(axis=0)
# entry = int(np.argmax(np.abs(separation)))
# figure = Picture(figsize=(6.4, 2.4), layout="constrained")
# axes = figure.subplots()
# for row, (z, labels) in enumerate(((z_test, data.y_test), (z_train, data.y_train))):
#     for label, colour in ((0, "#1f5fa8"), (1, "#d1661b")):
#         chosen = z[labels == label, entry]
#         axes.plot(chosen, np.full(len(chosen), row + 0.12 - 0.24 * label), "|", markersize=13, color=colour)
# axes.set(yticks=(0, 1), yticklabels=("held out", "training"), ylim=(-0.5, 1.5), xlabel=f"z_mean[{entry}]")
# axes.set_title(f"Blue: CN, orange: AD\n{data.caption}", fontsize=8)
# figure

# %% [markdown]
# Last, a walk along this entry, two standard deviations to each side of the mean training subject, all
# other entries kept: what does it change in the brain? The lower row shows the difference from the middle
# (grey: none).

# %% tags=["active-ipynb", "long"] grade_id="walk"
# z = np.tile(z_train.mean(axis=0), (9, 1))
# z[:, entry] += np.linspace(-2, 2, 9) * z_train[:, entry].std() * np.sign(separation[entry])
# print(f"mean of z_mean over the training subjects, entry by entry: {z_train.mean(axis=0).round(1)}")
# walk = np.asarray(vae.likelihood.mean(vae.decode(z)))
# image_grid(
#     np.concatenate([walk, 0.5 + walk - walk[4]]),
#     columns=9,
#     caption=f"From the CN side (left) to the AD side of z[{entry}]: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers. Keep the outputs when you hand in.

# %% [markdown]
# ### 1. Reconstructions and fakes
#
# What of a brain has survived the way through ten numbers, and what has not? Why are some fakes so pale?
# The means printed above the walk are a clue: the prior has mean 0.

# %% [markdown] role="manual" grade_id="obs_recons" points=1
# ### BEGIN SOLUTION
# The size and shape of the ventricles and the overall brightness survive; the folds of the cortex come out as
# an average of all subjects, and noise is gone. Some fakes after epoch 100 are pale or have ghosts of
# several outlines: with few images the clouds q(z|x) together are not N(0, I) (in some entries their common
# mean is beyond 1 from 0), so a draw from the prior may land where no subject was encoded.
# ### END SOLUTION

# %% [markdown]
# ### 2. Training against held out
#
# Compare the two lines, and the two curves. Where does memorising begin, and why so much earlier than with
# digits?

# %% [markdown] role="manual" grade_id="obs_memorising" points=1
# ### BEGIN SOLUTION
# Training 1774.1 nats, held out 1782.7, with nearly the same KL. The curves part after about epoch 75: the
# training loss still falls a little, the held-out loss does not. There are 96 images for 3.3 million
# weights, where digits have up to 60,000. Most of the 1774 nats is the floor of grey pixels: above it remain
# 55 in training and 75 held out, so the gap is not as small as it looks.
# ### END SOLUTION

# %% [markdown]
# ### 3. What z knows
#
# What does the walk change? Does the entry separate the held-out groups? May you call it a marker of
# Alzheimer's disease?

# %% [markdown] role="manual" grade_id="obs_latent" points=1
# ### BEGIN SOLUTION
# Along the walk the ventricles grow, and the brightness changes with them. AD subjects lie more to one side,
# but the groups overlap widely, held out as in training: the VAE explains what varies most, and that is not
# the diagnosis. It is no marker of the disease: these are synthetic brains, made with twice the usual
# effect, and the entry was chosen among ten.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `vae.ipynb` and `vae.py`, and `git commit`.
