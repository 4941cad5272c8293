# %% [markdown]
# # Train the GAN on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the classes that you completed in `gan.ipynb`.
# (Save that one first; saving writes the module `gan.py` that is imported below.) It trains a DCGAN, shows what it
# forges after each of several epochs from the same noise, draws both losses, saves the model and loads it again.
#
# Everything it makes goes to `outputs/<data>_gan/`:
#
# | file | what it shows |
# |---|---|
# | `epoch001_fakes.png`, ... | twenty forgeries, always from the same twenty draws of $z$ |
# | `curves.png`, `history.csv` | the discriminator's and the generator's loss, per epoch |
# | `gan.keras` | the trained model |
#
# (A GAN has no encoder, so there are no reconstructions to show.)
#
# **The data.** Real MNIST if it is on this computer: in the folder named by the environment variable
# `VAEGAN_DATA`, or in Keras' cache. Else the small scikit-learn digits. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from gan import GAN, Discriminator, Generator
# from IPython.display import Image, display
#
# from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.gan_pictures import adversarial_curves
# from vaegan.pictures import Picture, image_grid

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few steps only, to see that everything runs
#
# LATENT_DIM = 64
# data = load_images("auto")
# settings = {  # images to train on, epochs, batch size, filters, what it takes on a laptop with two cores
#     "digits": (len(data.x_train), 40, 32, 16, "a minute"),
#     "mnist": (20_000, 12, 64, 32, "five minutes"),
# }
# num_train, num_epochs, batch_size, filters, minutes = settings[data.name]
# if FAST:
#     num_train, num_epochs, filters, minutes = 2 * batch_size, 2, 4, "seconds"
# shown = sorted({1, 2, 5, num_epochs // 2, num_epochs} & set(range(1, num_epochs + 1)))
# directory = outputs_dir(data.name, "gan")
# print(
#     f"{data}\ntraining on {num_train} images for {num_epochs} epochs: {minutes} on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb"] grade_id="the_data"
# image_grid(data.x_train[:20], columns=10, caption=f"Training images: {data.caption}")

# %% [markdown]
# ## The model
#
# Composition: a GAN is made *of* a generator and a discriminator. They share no weights; what they must share
# is the shape of an image. Adam with the paper's $\beta_1 = 0.5$, once for each side. The balance of the two
# learning rates was found by looking, not by a rule (`gan_ring.ipynb`): on MNIST, with the paper's $2 \cdot
# 10^{-4}$ for both and batches of 128, the discriminator was soon sure (0.09 against 3.9 nats) and after a
# quarter of an epoch the fakes were twice as far from real digits as with the rates below, by MNIST-FID: the
# Frechet distance of two sets of images, $\|\mu_1 - \mu_2\|^2 + \mathrm{tr}(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1
# \Sigma_2)^{1/2})$, where $\mu$ and $\Sigma$ are mean and covariance of what a network that reads digits makes of
# them one layer before its answer; 0 for equal sets, and on no scale but its own.

# %% tags=["active-ipynb"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# gan = GAN(
#     Generator(LATENT_DIM, image_shape=data.x_train.shape[1:], filters=filters),
#     Discriminator(filters),
#     LATENT_DIM,
#     name="gan",
# )
# discriminator_rate = 4e-4 if data.name == "mnist" else 1e-3  # few images make few steps: larger ones
# gan.compile(
#     generator_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(discriminator_rate, beta_1=0.5),
#     jit_compile=False,
#     run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
# )
# gan.discriminator(gan.sample(1))  # both networks see an image once, so that they know their sizes
# gan.generator.summary()
# gan.discriminator.summary()

# %% [markdown]
# ## Training
#
# Every batch is one step of the discriminator and one of the generator.

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = gan.fit(
#     data.x_train[:num_train],
#     epochs=num_epochs,
#     batch_size=batch_size,
#     callbacks=[
#         EpochPictures(directory, epochs=shown, num_fakes=20, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption, draw=adversarial_curves),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# gan.save(directory / "gan.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# adversarial_curves(history, f"DCGAN, z={LATENT_DIM}: {data.caption}")

# %% [markdown]
# ### The same twenty forgeries, epoch by epoch

# %% tags=["active-ipynb", "long"] grade_id="fakes"
# for epoch in shown:
#     display(Image(filename=directory / f"epoch{epoch:03d}_fakes.png", width=650))

# %% [markdown]
# ## What the discriminator thinks
#
# If the game were at its equilibrium, these two heaps would be one, at 1/2.

# %% tags=["active-ipynb", "long"] grade_id="verdicts"
# figure = Picture(figsize=(6, 2.8), layout="constrained")
# axes = figure.subplots()
# for images, colour, label in (
#     (data.x_test[:300], "#9a9a9a", "real, held out"),
#     (data.x_train[:300], "#1f5fa8", "real, training"),
#     (gan.sample(300), "#17855a", "fakes"),
# ):
#     probability = np.asarray(keras.ops.sigmoid(gan.discriminator(images, training=False)))[:, 0]
#     axes.hist(
#         probability, bins=np.linspace(0, 1, 31), histtype="step", linewidth=1.6, color=colour, label=label
#     )
# axes.set(xlabel="D(x), probability of real", ylabel="images", xlim=(0, 1))
# axes.set_title(f"Verdicts of the trained discriminator: {data.caption}", fontsize=9)
# axes.legend(fontsize=8)
# figure

# %% [markdown]
# ## Load it again
#
# A saved GAN can be loaded tomorrow, in another session, and makes the same fakes of the same $z$.

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "gan.keras")
# z = np.random.default_rng(0).normal(size=(10, LATENT_DIM)).astype("float32")
# pair = np.concatenate([gan.generate(z), reloaded.generate(z)])
# difference = np.max(np.abs(pair[:10] - pair[10:]))
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# image_grid(pair, columns=10, caption=f"The trained GAN above, its reloaded twin below: {data.caption}")

# %% [markdown]
# ## A walk
#
# From one draw of $z$ to another. (Along a circle arc, not a chord: Gaussian draws of many dimensions lie near a
# sphere, and the middle of a chord would be nearer to the origin than any draw the generator has practised on.)

# %% tags=["active-ipynb", "long"] grade_id="walk"
# angles = np.linspace(0, np.pi / 2, 10, dtype="float32")[:, None]
# walks = [np.cos(angles) * z[start] + np.sin(angles) * z[end] for start, end in ((0, 1), (2, 3), (4, 5))]
# image_grid(
#     np.asarray(gan.generate(np.concatenate(walks))),
#     columns=10,
#     caption=f"Three walks through latent space: trained on {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and curves above; name the numbers. Keep the outputs of the
# cells above when you hand in: they are read beside your answers.

# %% [markdown]
# ### 1. Longer training
#
# Follow some columns of the fakes through the epochs. What happens with longer training? Does every $z$ keep its
# digit, as it did with the VAE? Is the last epoch the best?

# %% [markdown] role="manual" grade_id="obs_longer" points=2
# ### BEGIN SOLUTION
# (scikit-learn digits) After epoch 1 grey static with a checkerboard, after 5 strokes, after 20 most fakes
# can be read, and from 20 to 40 the shapes become cleaner. But a z does not keep its digit as with the VAE:
# a 6 turns into something else, a 5 into a 9. Some columns were better in the middle than at the end. The
# training does not settle; it goes on moving.
# ### END SOLUTION

# %% [markdown]
# ### 2. Strokes
#
# What do you observe about the strokes of the digits and their borders, beside Monday's fakes?

# %% [markdown] role="manual" grade_id="obs_strokes" points=2
# ### BEGIN SOLUTION
# The strokes are wavy and uneven in width, with gaps and spurs, where the VAE's are plain and rather
# straight. Their borders are as sharp as those of the training images, where the VAE's are soft. Some fakes
# are crisp and still no digit: the discriminator looks at strokes more than at whole digits.
# ### END SOLUTION

# %% [markdown]
# ### 3. Losses
#
# What are the discriminator's and the generator's loss doing? What does it signify, and what follows for
# practice: could you choose the best epoch by them?

# %% [markdown] role="manual" grade_id="obs_losses" points=2
# ### BEGIN SOLUTION
# (scikit-learn digits) The discriminator's loss rises from 0.07 to 0.95 at epoch 7 and falls to 0.5, the
# generator's falls from 4.6 to 1.2 and rises to 2.2. Neither goes to 0 nor rests at log 4 and log 2: after
# the first epochs the discriminator slowly gets ahead while the pictures still improve, and in the end its
# verdicts for real (around 0.75) and fake (around 0.1) hardly overlap. The losses tell who is ahead, not
# how good the fakes are, so one cannot choose an epoch or compare two GANs by them: keep pictures of many
# epochs, or a measured distance. A discriminator's loss near 0 would be a warning.
# ### END SOLUTION

# %% [markdown]
# ### 4. GAN or VAE?
#
# Pros and cons of the GAN's final results beside the VAE's: sharpness, variety, training, what each model can
# tell you about an image you give it.

# %% [markdown] role="manual" grade_id="obs_pros_and_cons" points=2
# ### BEGIN SOLUTION
# For the GAN: sharp images, one forward pass each, no likelihood to choose. For the VAE: stable training,
# one loss that falls and ranks models on held-out images, an encoder (reconstructions, a code for every
# image, smooth walks between them), and no collapse. A GAN gives no p(x), not even a bound, cannot say how
# probable an image is, and may leave out modes unseen. Neither lets me choose the digit; the conditional
# VAE does, and a conditional GAN would.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `gan.ipynb` and `gan.py`, and `git commit`.
