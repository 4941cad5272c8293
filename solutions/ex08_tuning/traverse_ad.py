# %% [markdown]
# # Walks through brains
#
# Here you write nothing but observations: this notebook *calls* your `tuning.py` (save `tuning.ipynb` first) and the
# classes of `vae.py`. It walks through the latent space of a VAE of coronal brain slices, and writes the **area of the
# ventricles**, in mm², above each: a picture may look right, a number says whether anatomy moved.
#
# **The data.** A **synthetic** cohort (a template brain, deformed; no patient is in it), or your own scans if
# `VAEGAN_AD` names their folder. Every caption says which. The model is kept in `outputs/ad_traversal/`: a second run
# finds it there and does not train again.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from tuning import information, slerp, walk
# from vae import VAE, Decoder, Encoder
#
# from vaegan.callbacks import TimeLeft, outputs_dir
# from vaegan.data import load_ad
# from vaegan.traversal import brain_sheet, latent_sliders, moving_strip
# from vaegan.ventricles import ventricle_area

# %% tags=["active-ipynb", "long"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# LATENT_DIM = 8
# NUM_EPOCHS = 2 if FAST else 150
# data = load_ad(size=64)  # split by subject
# directory = outputs_dir(data.name, "traversal")
# directory.mkdir(parents=True, exist_ok=True)
# how_long = "seconds" if FAST else "a minute or two on two cores, once"
# print(f"{data}\n{NUM_EPOCHS} epochs: {how_long}")

# %% tags=["active-ipynb", "long"] grade_id="training"
# path = directory / ("vae_fast.keras" if FAST else "vae.keras")
# if path.exists():
#     print(f"{path} is there: not trained again")
#     vae = keras.models.load_model(path)
# else:
#     keras.utils.set_random_seed(2023)
#     vae = VAE(Encoder(LATENT_DIM), Decoder(data.x_train.shape[1:]))
#     vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False, run_eagerly=FAST)
#     vae.fit(data.x_train, epochs=NUM_EPOCHS, batch_size=16, callbacks=[TimeLeft()], verbose=0)
#     vae.save(path)
#
#
# def decode(z):
#     """Codes -> mean images, both NumPy arrays."""
#     return np.asarray(vae.likelihood.mean(vae.decode(np.asarray(z, "float32"))))

# %% [markdown]
# ## Which entry moves the ventricles?
#
# The entries by information, equation (8), on held-out subjects, and one walk each from the mean brain. The number
# printed is by how many mm² the ventricles grow from one end of the walk to the other.

# %% tags=["active-ipynb", "long"] grade_id="walks"
# z_mean, z_log_var = (np.asarray(part) for part in vae.encode(data.x_test))
# order, kl = information(z_mean, z_log_var)
# values = np.linspace(-2.0, 2.0, 7)
# base = z_mean.mean(axis=0)
# walks = np.stack([walk(decode, base, entry, values) for entry in order])
# growth = np.array([np.diff(ventricle_area(images)[[0, -1]])[0] for images in walks])
# for entry, moved in zip(order, growth, strict=True):
#     print(f"entry {entry}: {kl[entry]:5.2f} nats, ventricles {moved:+7.0f} mm2 along the walk")
# shown = min(4, LATENT_DIM)
# brain_sheet(
#     walks[:shown].reshape(-1, *walks.shape[2:]),
#     len(values),
#     f"Walks along the {shown} most informative entries, ventricle area above: {data.caption}",
# )

# %% tags=["active-ipynb", "long"] grade_id="moving"
# strip = moving_strip(walks[np.argsort(-np.abs(growth))[:3]])
# strip.save(directory / "walks.png")
# strip

# %% [markdown]
# ## From one subject to another
#
# From the held-out subject with the smallest ventricles to the one with the largest, by slerp. This is a way through
# a model, no course of a disease: nobody's brain takes it.

# %% tags=["active-ipynb", "long"] grade_id="between"
# areas = ventricle_area(data.x_test)
# small, large = int(np.argmin(areas)), int(np.argmax(areas))
# way = slerp(z_mean[small], z_mean[large], 8)
# print(f"lengths of the codes on the way: {np.round(np.linalg.norm(way, axis=1), 2)}")
# print(f"measured on the images themselves: {areas[small]:.0f} and {areas[large]:.0f} mm2")
# brain_sheet(decode(way), 8, f"From small ventricles to large ones, by slerp: {data.caption}")

# %% [markdown]
# ## Sliders, with the area live

# %% tags=["active-ipynb", "long"] grade_id="sliders"
# def by_information(z):
#     """Decode codes whose entries are sorted, the most informative first."""
#     return decode(np.asarray(z)[:, np.argsort(order)])
#
#
# def area_of(images):
#     """The text above the image."""
#     return f"ventricles {ventricle_area(images)[0]:.0f} mm$^2$"
#
#
# latent_sliders(by_information, base[order], area_of, reach=2.0, most=6)

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs above.

# %% [markdown]
# ### 1. Information and anatomy
#
# Which entry moves the ventricles most, and is it the most informative one? What else changes along that walk?

# %% [markdown] role="manual" grade_id="obs_anatomy" points=2
# ### BEGIN SOLUTION
# Of eight entries seven are in use (1.3 to 2.6 nats; the last has 0.16 and moves nothing). The ventricles grow most
# along entry 5, by 452 mm2, which is second in information; entry 7, the first, moves them by 376 mm2 the other way.
# So neither is "the ventricles": both change the shape of the head and the sulci as well, and information says
# nothing about meaning.
# ### END SOLUTION

# %% [markdown]
# ### 2. Limits
#
# What would you have to show before you call such an entry "atrophy"?

# %% [markdown] role="manual" grade_id="obs_limits" points=2
# ### BEGIN SOLUTION
# That the entry goes with the diagnosis, age apart, in subjects that had no part in the choice; that it does so in a
# second cohort and from a second seed, since a VAE may mix its entries anew in each training; and that the measured
# area follows it monotonically while the rest of the brain stays. A walk is what the decoder makes of a number, and
# here the cohort is synthetic: it shows the method, nothing about patients.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `tuning.ipynb` and `tuning.py`, and `git commit`.
