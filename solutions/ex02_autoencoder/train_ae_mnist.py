# %% [markdown]
# # Train the autoencoder on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the classes that you completed in
# `autoencoder.ipynb`. (Save that one first; saving writes the module `autoencoder.py` that is imported
# below.) It compares a learned code with PCA of the same length, asks what the code knows about the digit,
# and walks through the code space to see where it ends.
#
# Everything it makes goes to `outputs/<data>_ae/`: `epoch001_recons.png`, ..., `curves.png`, `history.csv`
# and `autoencoder.keras`.
#
# **The data.** Real MNIST if it is on this computer: in the folder named by the environment variable
# `VAEGAN_DATA`, or in Keras' cache. Else the small scikit-learn digits: the pictures are coarser, and all
# questions below still make sense. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# from pathlib import Path
#
# import keras
# import numpy as np
# from autoencoder import (
#     Autoencoder,
#     ConvDecoder,
#     ConvEncoder,
#     pca_reconstruct,
#     principal_components,
#     reconstruction_error,
#     straight_path,
#     vote_of_neighbours,
# )
# from IPython.display import Image, display
#
# from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.own_work import own_module
# from vaegan.pictures import image_grid, training_curves
# from vaegan.reader import Reader

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a smoke test of a few seconds; the pictures are then poor
#
# LATENT_DIM = 16
# data = load_images("auto")
# num_train = 500 if FAST else min(len(data.x_train), 20_000)
# num_test = 200 if FAST else min(len(data.x_test), 2_000)
# NUM_EPOCHS = 1 if FAST else {"mnist": 8}.get(data.name, 20)
# batch_size = 128 if data.name == "mnist" else 32
# x_train, y_train = data.x_train[:num_train], data.y_train[:num_train]
# x_test, y_test = data.x_test[:num_test], data.y_test[:num_test]
# directory = outputs_dir(data.name, "ae")
# how_long = "a few seconds" if FAST else "a minute or two on two cores"
# print(f"{data}\ntraining on {num_train} images for {NUM_EPOCHS} epochs: {how_long}")
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb", "long"] grade_id="training"
# keras.utils.set_random_seed(2023)
# decoder = ConvDecoder(image_shape=x_train.shape[1:])
# model = Autoencoder(ConvEncoder(latent_dim=LATENT_DIM), decoder, name="autoencoder")
# num_steps = NUM_EPOCHS * int(np.ceil(num_train / batch_size))
# rate = keras.optimizers.schedules.CosineDecay(0.005, decay_steps=num_steps)
# model.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
# history = model.fit(
#     x_train,
#     epochs=NUM_EPOCHS,
#     batch_size=batch_size,
#     validation_data=(x_test,),
#     validation_batch_size=1_000,
#     callbacks=[
#         EpochPictures(directory, x_test[:10], epochs=(1, NUM_EPOCHS), num_fakes=0, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# model.save(directory / "autoencoder.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# training_curves(history, f"Autoencoder, z={LATENT_DIM}: {data.caption}", unit="error per image")

# %% tags=["active-ipynb", "long"] grade_id="recons"
# for epoch in sorted({1, NUM_EPOCHS}):
#     display(Image(filename=directory / f"epoch{epoch:03d}_recons.png", width=700))

# %% [markdown]
# ## Better than PCA?
#
# The exact best of all linear codes of this length, fitted on the same training images, and your networks,
# both on images that neither has seen.

# %% tags=["active-ipynb", "long"] grade_id="against_pca"
# mean, components, _ = principal_components(x_train[:5_000], LATENT_DIM)
# by_pca = pca_reconstruct(x_test, mean, components).astype("float32")
# by_model = np.concatenate([np.asarray(model.reconstruct(x_test[i : i + 500])) for i in range(0, num_test, 500)])
# for name, images in (("PCA", by_pca), ("autoencoder", by_model)):
#     errors = np.asarray(reconstruction_error(x_test, images))
#     print(f"{name:12s} {errors.mean():6.2f} per image, held out; a tenth are above {np.quantile(errors, 0.9):.1f}")
# image_grid(
#     np.concatenate([x_test[:10], by_pca[:10], by_model[:10]]),
#     columns=10,
#     caption=f"Held out; {LATENT_DIM} principal components; {LATENT_DIM} learned numbers: {data.caption}",
# )

# %% [markdown]
# ## What does the code know?
#
# The vote of the five nearest training codes, for a few labels and for many. No label was used in training.

# %% tags=["active-ipynb", "long"] grade_id="probe"
# def codes_of(images):
#     return np.concatenate([np.asarray(model.encode(images[i : i + 500])) for i in range(0, len(images), 500)])
#
#
# def rows_of(images):
#     return np.reshape(images, (len(images), -1))
#
#
# few = min(100, num_train), min(2_000, num_train)
# asked = slice(0, min(500, num_test))
# views = {
#     "pixels": (rows_of(x_train), rows_of(x_test)),
#     "PCA": (rows_of(x_train) @ components.T, rows_of(x_test) @ components.T),
#     "code": (codes_of(x_train), codes_of(x_test)),
# }
# for name, (train_codes, test_codes) in views.items():
#     for num in few:
#         read = vote_of_neighbours(train_codes[:num], y_train[:num], test_codes[asked])
#         print(f"{name:7s} {num:5d} labels: {100 * np.mean(read == y_test[asked]):5.1f} % of held-out digits right")

# %% [markdown]
# ## Between the codes
#
# A reader, trained on real digits, says how sure it is of what it sees along the straight way between two
# digits. If you have trained the VAE of the next exercise already, its way is measured beside it; if not,
# come back to this cell on the day you have.

# %% tags=["active-ipynb", "long"] grade_id="between"
# reader = Reader(x_train, y_train, num_classes=10, num_steps=20 if FAST else 600)
# rng = np.random.default_rng(0)
# pairs = rng.permutation(num_test)[: 2 * (num_test // 4)].reshape(-1, 2)
# pairs = pairs[y_test[pairs[:, 0]] != y_test[pairs[:, 1]]]  # different digits at the ends
#
#
# def walk(codes, decode):
#     """Images along the straight way of each pair, (pairs, 9, height, width, channels)."""
#     ways = np.stack([straight_path(codes[a], codes[b], 9) for a, b in pairs])
#     return np.stack([np.asarray(decode(way)) for way in ways])
#
#
# walks = {"autoencoder": walk(codes_of(x_test), model.decode)}
# saved = Path("..", "ex03_vae", "outputs", f"{data.name}_vae", "vae.keras")
# vae = own_module("ex03_vae", "vae") if saved.exists() else None  # registers its classes
# if vae:
#     other = keras.models.load_model(saved)
#     walks["VAE"] = walk(np.asarray(other.encode(x_test)[0]), lambda z: other.likelihood.mean(other.decode(z)))
# else:
#     print(f"no VAE yet ({saved}): run this cell again when you have trained it")
# for name, images in walks.items():
#     confidence = reader.confidence(images.reshape(-1, *images.shape[2:])).reshape(images.shape[:2]).mean(axis=0)
#     print(f"{name:12s} how sure, from start to end: {confidence.round(2)}")
# image_grid(
#     np.concatenate([images[:3].reshape(-1, *images.shape[2:]) for images in walks.values()]),
#     columns=9,
#     caption=f"Three straight ways through the code space of {', then of '.join(walks)}: {data.caption}",
# )

# %% tags=["active-ipynb", "long"] grade_id="random_codes"
# codes = codes_of(x_test)
# normal = rng.normal(size=(200, LATENT_DIM)).astype("float32")
# fitted = codes.mean(axis=0) + codes.std(axis=0) * normal
# drawn = {
#     "autoencoder, codes from N(0, 1)": np.asarray(model.decode(normal)),
#     "autoencoder, mean and spread of real codes": np.asarray(model.decode(fitted)),
# }
# if "VAE" in walks:
#     drawn["VAE, codes from N(0, 1)"] = np.asarray(other.sample(200))
# for name, images in drawn.items():
#     print(f"{name:45s} how sure: {reader.confidence(images).mean():.2f}")
# print(f"mean of the codes, entry by entry: {codes.mean(axis=0).round(1)}")
# print(f"standard deviation:                {codes.std(axis=0).round(1)}")
# image_grid(
#     np.concatenate([images[:10] for images in drawn.values()]),
#     columns=10,
#     caption=f"Images of random codes: {'; '.join(drawn)}: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers above; name the numbers. Keep the outputs of
# the cells above when you hand in: they are read beside your answers.

# %% [markdown]
# ### 1. Linear and learned
#
# By how much is the learned code better than PCA, and what do you see of it in the pictures?

# %% [markdown] role="manual" grade_id="obs_linear" points=2
# ### BEGIN SOLUTION
# MNIST: 9.8 against PCA's 21.7, less than half. PCA's images are digits behind a veil: grey shadows of other
# digits, since it can only add and subtract whole images. The learned ones have black background and clear
# strokes. An unusual digit is lost in both: the 5 with its bar apart comes back as a kind of 6.
# ### END SOLUTION

# %% [markdown]
# ### 2. What the code knows
#
# With how many labels does the code help most, compared with pixels? Why can a code that never saw a label
# help a classifier at all, and what could it throw away that a classifier needs?

# %% [markdown] role="manual" grade_id="obs_probe" points=2
# ### BEGIN SOLUTION
# MNIST, with 100 labels: pixels 57 %, PCA 61 %, code 65 %; with 2,000: 86, 90, 92. So it helps most with few labels,
# and half of the gain is PCA's too. Images of one digit resemble each other, so their codes do, and what differs
# between two images of a digit, a shift or a thickness, fills many pixels but few entries of a code. But the error
# rewards large strokes: a small gap that tells a 4 from a 9 costs few pixels, so the code may drop it.
# ### END SOLUTION

# %% [markdown]
# ### 3. Holes
#
# What happens half way between two digits, and with random codes? Why are the random codes bad although they
# have the mean and the spread of real ones? If you have the VAE: what does it do better, and what not?

# %% [markdown] role="manual" grade_id="obs_holes" points=2
# ### BEGIN SOLUTION
# MNIST: the reader is less sure half way, 0.79 against 0.95 at the ends, and the pictures are two digits laid over
# each other. Random codes give broken strokes and blends. Mean and spread of each entry are right, but the
# entries of real codes depend on each other and lie in separate clouds; a random code lands between them, where the
# decoder was never trained. Mean and spread, here from -11 to 14 and 6 to 16, are whatever training left: nobody
# could have known where to draw. The VAE's way is *not* surer, 0.75 half way: something between an 8 and a 1 is no
# digit in any model. What it adds is a known distribution to draw from.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `autoencoder.ipynb` and `autoencoder.py`, and `git commit`.
