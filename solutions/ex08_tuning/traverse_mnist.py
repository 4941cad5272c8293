# %% [markdown]
# # Walks through the digits
#
# Here you write nothing but observations: this notebook *calls* your `tuning.py` (save `tuning.ipynb` first) and the
# classes of `vae.py`, which was handed out. It trains two VAEs, one with a code of two numbers, whose whole world fits
# on a page, and one with ten, and walks through both.
#
# The models are kept in `outputs/<data>_traversal/`: a second run of this notebook finds them there and does not train
# again.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from tuning import information, quantile_grid, slerp, walk
# from vae import VAE, Decoder, Encoder
#
# from vaegan.callbacks import TimeLeft, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid
# from vaegan.reader import Reader
# from vaegan.traversal import latent_sliders, moving_strip

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# data = load_images("auto")
# num_train = 256 if FAST else min(len(data.x_train), 20_000)
# NUM_EPOCHS = 1 if FAST else {"mnist": 15}.get(data.name, 60)
# batch_size = 128 if data.name == "mnist" else 32
# x_train, y_train = data.x_train[:num_train], data.y_train[:num_train]
# x_test = data.x_test[: 100 if FAST else 1_000]
# directory = outputs_dir(data.name, "traversal")
# directory.mkdir(parents=True, exist_ok=True)
# how_long = "seconds" if FAST else "two to three minutes on two cores, once"
# print(f"{data}\ntwo trainings of {NUM_EPOCHS} epochs: {how_long}")

# %% tags=["active-ipynb", "long"] grade_id="training"
# def trained(latent_dim):
#     """The VAE with a code of that size: loaded if it was trained before."""
#     path = directory / f"vae_z{latent_dim}{'_fast' if FAST else ''}.keras"
#     if path.exists():
#         print(f"{path} is there: not trained again")
#         return keras.models.load_model(path)
#     keras.utils.set_random_seed(2023)
#     vae = VAE(Encoder(latent_dim), Decoder(x_train.shape[1:]))
#     vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False, run_eagerly=FAST)
#     vae.fit(x_train, epochs=NUM_EPOCHS, batch_size=batch_size, callbacks=[TimeLeft()], verbose=0)
#     vae.save(path)
#     return vae
#
#
# models = {latent_dim: trained(latent_dim) for latent_dim in (2, 10)}
#
#
# def decoder_of(vae):
#     """Codes -> mean images, both NumPy arrays."""
#     return lambda z: np.asarray(vae.likelihood.mean(vae.decode(np.asarray(z, "float32"))))

# %% [markdown]
# ## The whole world of two numbers
#
# The grid of equal probability, equation (7): every tile stands for the same share of what this model draws.

# %% tags=["active-ipynb", "long"] grade_id="the_grid"
# num = 5 if FAST else 15
# image_grid(
#     decoder_of(models[2])(quantile_grid(num)),
#     columns=num,
#     caption=f"z0 down, z1 to the right, by quantiles: {data.caption}",
# )

# %% [markdown]
# ## Which entries matter?
#
# Equation (8) on held-out images, then one walk for each entry, the most informative first, from -2.5 to 2.5.

# %% tags=["active-ipynb", "long"] grade_id="walks"
# vae, decode = models[10], decoder_of(models[10])
# z_mean, z_log_var = (np.asarray(part) for part in vae.encode(x_test))
# order, kl = information(z_mean, z_log_var)
# print("nats per entry, the most informative first:", np.round(kl[order], 2))
# values = np.linspace(-2.5, 2.5, 11)
# base = z_mean[0]
# walks = np.stack([walk(decode, base, entry, values) for entry in order])  # (entries, steps, height, width, 1)
# image_grid(
#     walks.reshape(-1, *walks.shape[2:]),
#     columns=len(values),
#     caption=f"One entry a row, the most informative first, from the first held-out image: {data.caption}",
# )

# %% tags=["active-ipynb", "long"] grade_id="moving"
# strip = moving_strip(walks[:6])
# strip.save(directory / "walks.png")
# strip

# %% [markdown]
# ## Round the ball, or through it
#
# From one draw of the prior to another, straight (upper row of each pair) and by slerp (lower row). The lengths of the
# codes are drawn below, and a reader that knows real digits says how sure it is on the way.

# %% tags=["active-ipynb", "long"] grade_id="two_ways"
# rng = np.random.default_rng(5)
# num_steps, num_pairs = 9, 10 if FAST else 100
# ends = rng.normal(size=(num_pairs, 2, 10)).astype("float32")
# t = np.linspace(0, 1, num_steps, dtype="float32")[:, None]
# ways = {
#     "straight": np.stack([(1 - t) * start + t * end for start, end in ends]),
#     "slerp": np.stack([slerp(start, end, num_steps) for start, end in ends]),
# }
# shape = num_pairs, num_steps, *x_test.shape[1:]
# images = {name: decode(way.reshape(-1, 10)).reshape(shape) for name, way in ways.items()}
# shown = [images[name][pair] for pair in range(3) for name in ways]
# image_grid(np.concatenate(shown), columns=num_steps, caption=f"Straight, slerp; three pairs of draws: {data.caption}")

# %% tags=["active-ipynb", "long"] grade_id="lengths"
# reader = Reader(x_train, y_train, num_classes=10, num_steps=20 if FAST else 400)
# figure = Picture(figsize=(8, 2.8), layout="constrained")
# left, right = figure.subplots(1, 2)
# for name, way in ways.items():
#     sure = reader.confidence(images[name].reshape(-1, *x_test.shape[1:])).reshape(num_pairs, num_steps).mean(axis=0)
#     left.plot(t[:, 0], np.linalg.norm(way, axis=-1).mean(axis=0), label=name)
#     right.plot(t[:, 0], sure, label=name)
#     print(f"{name:9s} length half way {np.linalg.norm(way, axis=-1).mean(axis=0)[4]:.2f}, reader {sure.round(2)}")
# left.set(xlabel="t", ylabel="length of the code", ylim=(0, None))
# right.set(xlabel="t", ylabel="how sure a reader is", ylim=(0, 1.02))
# left.legend(frameon=False)
# figure.savefig(directory / "ways.png", dpi=120)
# figure

# %% [markdown]
# ## Sliders
#
# Move the entries yourself, the most informative on top. (Where `ipywidgets` is missing, a picture stands here.)

# %% tags=["active-ipynb", "long"] grade_id="sliders"
# def by_information(z):
#     """Decode codes whose entries are sorted, the most informative first."""
#     return decode(np.asarray(z)[:, np.argsort(order)])
#
#
# latent_sliders(by_information, base[order], most=6)

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs above.

# %% [markdown]
# ### 1. What the entries do
#
# How many of the ten entries are in use? Name what two of them change, and what the last ones change.

# %% [markdown] role="manual" grade_id="obs_entries" points=2
# ### BEGIN SOLUTION
# A good answer counts the entries whose KL is clearly above 0 (a tenth of a nat, say), names what two of them
# change, such as slant, thickness, or one digit turning into another, and says that the walks of entries near 0 nats
# do not move. Most entries change several things at once: nobody asked for one meaning each.
# ### END SOLUTION

# %% [markdown]
# ### 2. Two ways
#
# How long is a code half way, straight and by slerp? Does one see it in the images, and does the reader notice?

# %% [markdown] role="manual" grade_id="obs_ways" points=2
# ### BEGIN SOLUTION
# Draws of ten numbers are about 3.1 long. Half way the straight way is near 2.2 long, the square root of a half of
# it, and slerp keeps about 3. A good answer then says what it sees: whether the middle of either way is a digit, and
# by how much the reader's numbers differ, and that a difference as small as that between two sets of pairs is none.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `tuning.ipynb` and `tuning.py`, and `git commit`.
