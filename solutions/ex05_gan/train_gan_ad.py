# %% [markdown]
# # Train the GAN on brains
#
# The same classes, other data: this notebook imports what you wrote in `gan.ipynb` (save that one first) and
# changes the shape of the images. 64 x 64 is divisible by 4, so your generator can paint them: its first stage
# is then 16 x 16.
#
# Each image is a coronal slice through both hippocampi, of a healthy person (CN, cognitively normal) or of one
# with Alzheimer's disease (AD). The GAN is not told who has what. Why would one want invented brains? To have
# more of them than there are patients: whether that *helps* a classifier is Friday's question.
#
# Everything it makes goes to `outputs/ad_gan/`: `epoch001_fakes.png`, ..., `curves.png`, `history.csv`,
# `gan.keras`.
#
# **The data.** Real scans if you have the right to use some and the environment variable `VAEGAN_AD` names
# their folder (`docs/your-own-cohort.md` says how). Else a **synthetic** cohort of 120 subjects: a template
# brain, deformed as studies of ageing and AD report, with twice the usual effect. No patient is in it, and
# nothing you find here is a finding about patients. Every caption says which it is. Making it takes a minute or
# two, once; it is kept in your cache folder.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from gan import GAN, Discriminator, Generator
# from IPython.display import Image, display
#
# from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_ad
# from vaegan.gan_pictures import adversarial_curves
# from vaegan.pictures import image_grid

# %% tags=["active-ipynb", "long"] grade_id="settings"
# FAST = False  # True: a few steps only, to see that everything runs
#
# LATENT_DIM = 64
# num_epochs, filters, batch_size = (2, 4, 16) if FAST else (100, 16, 16)
# shown = [1, 2] if FAST else [1, 5, 20, 50, 100]  # epochs whose pictures are kept
# data = load_ad(size=64)  # split by subject
# directory = outputs_dir(data.name, "gan")
# print(f"{data}\ntraining for {num_epochs} epochs: about two minutes on a laptop with two cores")
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb", "long"] grade_id="the_data"
# image_grid(data.x_train[:20], columns=10, caption=f"Training images: {data.caption}")

# %% [markdown]
# ## The model
#
# At first the same learning rate on both sides. The slides tell of a GAN on brains that needed a discriminator
# at a tenth of the generator's rate; `D_RATE` is yours to explore, and `gan_ring.ipynb` shows why not to
# believe a setting because it worked elsewhere.

# %% tags=["active-ipynb", "long"] grade_id="the_model"
# G_RATE, D_RATE = 5e-4, 5e-4
# LABEL_NOISE = 0.1
#
# keras.utils.set_random_seed(2023)
# gan = GAN(
#     Generator(LATENT_DIM, image_shape=data.x_train.shape[1:], filters=filters),
#     Discriminator(filters),
#     LATENT_DIM,
#     label_noise=LABEL_NOISE,
#     name="gan",
# )
# gan.compile(
#     generator_optimizer=keras.optimizers.Adam(G_RATE, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(D_RATE, beta_1=0.5),
#     jit_compile=False,
#     run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
# )

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = gan.fit(
#     data.x_train,
#     epochs=num_epochs,
#     batch_size=batch_size,
#     callbacks=[
#         EpochPictures(directory, epochs=shown, num_fakes=10, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption, draw=adversarial_curves),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# gan.save(directory / "gan.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# adversarial_curves(history, f"DCGAN, z={LATENT_DIM}: {data.caption}")

# %% tags=["active-ipynb", "long"] grade_id="fakes"
# for epoch in shown:
#     display(Image(filename=directory / f"epoch{epoch:03d}_fakes.png", width=650))

# %% [markdown]
# ## New brains, or old ones?
#
# With 96 training images a generator might simply learn them by heart. Below each fake: the training image
# nearest to it, pixel by pixel.

# %% tags=["active-ipynb", "long"] grade_id="nearest"
# fakes = np.asarray(gan.sample(10))
# flat_fakes, flat_real = fakes.reshape(len(fakes), -1), data.x_train.reshape(len(data.x_train), -1)
# distances = np.linalg.norm(flat_fakes[:, None] - flat_real[None], axis=-1)  # (10, num_train)
# between_real = np.linalg.norm(flat_real[:, None] - flat_real[None], axis=-1) + 1e9 * np.eye(len(flat_real))
# print(f"a fake from its nearest real image: {distances.min(axis=1).mean():.1f} on average")
# print(f"a real image from its nearest other one: {between_real.min(axis=1).mean():.1f}")
# image_grid(
#     np.concatenate([fakes, data.x_train[[int(np.argmin(row)) for row in distances]]]),
#     columns=10,
#     caption=f"Fakes above, the nearest training image below: {data.caption}",
# )

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "gan.keras")
# z = np.random.default_rng(0).normal(size=(10, LATENT_DIM)).astype("float32")
# difference = np.max(np.abs(np.asarray(gan.generate(z)) - np.asarray(reloaded.generate(z))))
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")

# %% tags=["active-ipynb", "long"] grade_id="walk"
# angles = np.linspace(0, np.pi / 2, 10, dtype="float32")[:, None]
# walks = [np.cos(angles) * z[start] + np.sin(angles) * z[end] for start, end in ((0, 1), (2, 3))]
# image_grid(
#     np.asarray(gan.generate(np.concatenate(walks))),
#     columns=10,
#     caption=f"Two walks through latent space: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers. Keep the outputs when you hand in.

# %% [markdown]
# ### 1. Brains of a GAN and of a VAE
#
# Put these fakes beside Monday's. What is sharper, what is wrong that the VAE got right? Are they new brains?

# %% [markdown] role="manual" grade_id="obs_brains" points=1
# ### BEGIN SOLUTION
# (Synthetic brains) The fakes have contrast, and their ventricles clear borders, where the VAE's are
# blurred; instead they are grainy, the cortex is patchy, and left and right ventricle often differ in size
# and darkness, which training images do not. They are no copies: a fake is 7.4 from the nearest training
# image, while a real image has another one at 5.7. Partly that is new, partly it is simply wrong.
# ### END SOLUTION

# %% [markdown]
# ### 2. Losses and balance
#
# Are the losses flat? Set `D_RATE` to a tenth of `G_RATE` and train again: are they now, and are the brains
# better?

# %% [markdown] role="manual" grade_id="obs_ad_balance" points=1
# ### BEGIN SOLUTION
# (Synthetic brains) With equal rates both losses flatten after epoch 60, the discriminator's near 0.8 and
# the generator's near 1.3 nats, apart from single peaks. With a tenth (70 epochs) both curves are smoother,
# but the discriminator's stays at 1.8 to 2.7 nats, above log 4: it is so slow that the generator fools it
# with static, and after 70 epochs the brains are far worse (13.6 from the nearest real image instead of
# 7.4). Smooth curves are no better brains, and the 10 % of the slides do not carry over.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `gan.ipynb` and `gan.py`, and `git commit`.
