# %% [markdown]
# # Train the auxiliary-classifier GAN on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the class `ACGAN` that you completed in
# `conditional.ipynb` (save that one first).
#
# The discriminator is not told the label; it has to guess it, with a second head. Run `train_cgan_mnist`
# first: a section below compares the two.
#
# Everything it makes goes to `outputs/<data>_acgan/`: `epoch001_steer.png`, ... (one class per column, the
# same $z$ along a row), `curves.png`, `history.csv`, `acgan.keras`.
#
# **The data.** Real MNIST if it is on this computer (in the folder that `VAEGAN_DATA` names, or in Keras'
# cache), else the small scikit-learn digits. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from conditional import ACGAN, AuxiliaryDiscriminator, OneHotCondition
# from gan import Generator
# from IPython.display import Image, display
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import image_grid, steerable_sheet, training_curves
# from vaegan.reader import Reader
# from vaegan.steering import SteerableSheets, steering_inputs

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# LATENT_DIM = 32
# FILTERS = 8 if FAST else 32
# data = load_images("auto")
# num_train = 128 if FAST else min(len(data.x_train), 20_000)
# NUM_EPOCHS = 2 if FAST else {"mnist": 20, "digits": 25}[data.name]
# num_passes = 1 if FAST else {"mnist": 1, "digits": 8}[data.name]  # few images: several passes make an epoch
# num_test = 500 if FAST else len(data.x_test)
# num_fakes = 100 if FAST else 1_000
# x_test, y_test = data.x_test[:num_test], data.y_test[:num_test]
# READER_STEPS = 20 if FAST else 600
# SHOWN = (1, 2) if FAST else (1, NUM_EPOCHS // 2, NUM_EPOCHS)  # epochs whose pictures are kept
# x_train = np.tile(data.x_train[:num_train], (num_passes, 1, 1, 1))
# y_train = np.tile(data.y_train[:num_train], num_passes)
# directory = outputs_dir(data.name, "acgan")
# minutes = "seconds" if FAST else "four to eight minutes"
# print(
#     f"{data}\n{num_passes * NUM_EPOCHS} passes over {num_train} images: {minutes} on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% [markdown]
# ## The model
#
# Generator and condition are those of the conditional GAN. The discriminator has two heads and sees one
# channel.

# %% tags=["active-ipynb"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# acgan = ACGAN(
#     Generator(latent_dim=LATENT_DIM, image_shape=data.x_train.shape[1:], filters=FILTERS),
#     AuxiliaryDiscriminator(num_classes=10, filters=FILTERS),
#     LATENT_DIM,
#     OneHotCondition(10),
#     name="acgan",
# )
# acgan.compile(
#     generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
#     jit_compile=False,
#     run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
# )

# %% [markdown]
# ## Training

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = acgan.fit(
#     x_train,
#     y_train,
#     epochs=NUM_EPOCHS,
#     batch_size=64,
#     callbacks=[
#         SteerableSheets(directory, 10, epochs=SHOWN, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# acgan.save(directory / "acgan.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# training_curves(history, f"ACGAN: {data.caption}")

# %% [markdown]
# Each loss is now a sum. At the beginning, with $\log 4 = 1.39$ for reality and twice $\ln 10 = 2.30$ for the
# class, the discriminator's is near 6.0. When the class is read without doubt, equilibrium is where it
# was: 1.39 and 0.69.
#
# ### Steering, after the first epoch, half way, and at the end

# %% tags=["active-ipynb", "long"] grade_id="steer"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_steer.png", width=600))

# %% [markdown]
# ## Does it draw what it is asked for?
#
# A classifier reads the fakes. It was trained on real images alone and knows nothing of the GAN. The second
# number compares, within a class, how different the fakes are from each other with how different real
# images are: 1 is as different, 0 is all alike.

# %% tags=["active-ipynb", "long"] grade_id="read"
# reader = Reader(data.x_train, data.y_train, 10, num_steps=READER_STEPS)
# asked = np.arange(num_fakes) % 10
# fakes = np.asarray(acgan.sample(num_fakes, asked))
# print(
#     f"the reader on real held-out images: {reader.accuracy(x_test, y_test):6.1%} read correctly"
# )
# print(f"the reader on the fakes: {reader.accuracy(fakes, asked):6.1%} show the digit that was asked for")
# per_class = reader.diversity(fakes, asked, x_test, y_test)
# print(
#     f"diversity within a class, against real images: {per_class.mean():.2f} (digit by digit {per_class.round(1)})"
# )

# %% [markdown]
# The second head is a classifier, a by-product of the game. How well does it read *real* images that nobody
# trained on?

# %% tags=["active-ipynb", "long"] grade_id="second_head"
# _, class_logits = acgan.discriminator.predict(x_test, batch_size=500, verbose=0)
# guessed = np.argmax(class_logits, axis=1)
# print(f"the second head on real held-out images: {np.mean(guessed == y_test):6.1%} read correctly")

# %% [markdown]
# ## Beside the conditional GAN
#
# Same reader, same labels, and ten sevens of each from the same $z$. (If the line says so, run
# `train_cgan_mnist` and then this cell again.)

# %% tags=["active-ipynb", "long"] grade_id="beside_cgan"
# other = outputs_dir(data.name, "cgan") / "cgan.keras"
# if other.exists():
#     cgan = keras.models.load_model(other)
#     for name, gan in (("ConditionalGAN", cgan), ("ACGAN", acgan)):
#         drawn = np.asarray(gan.sample(num_fakes, asked))
#         spread = reader.diversity(drawn, asked, x_test, y_test).mean()
#         print(
#             f"{name:14s} read as asked {reader.accuracy(drawn, asked):6.1%}, diversity within a class {spread:.2f}"
#         )
#     z, _ = steering_inputs(num_rows=10, num_classes=1, latent_dim=LATENT_DIM, seed=2)
#     sevens = [np.asarray(gan.generate(z, np.full(10, 7))) for gan in (cgan, acgan)]
#     picture = image_grid(
#         np.concatenate(sevens),
#         columns=10,
#         caption=f"Ten sevens. Above: ConditionalGAN, below: ACGAN ({data.caption})",
#     )
#     display(picture)
# else:
#     print(f"No {other}: run train_cgan_mnist first, then this cell again.")

# %% [markdown]
# ## Load it again

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "acgan.keras")
# z, classes = steering_inputs(num_rows=3, num_classes=10, latent_dim=LATENT_DIM, seed=1)
# difference = np.max(
#     np.abs(np.asarray(acgan.generate(z, classes)) - np.asarray(reloaded.generate(z, classes)))
# )
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# steerable_sheet(
#     np.asarray(reloaded.generate(z, classes)),
#     10,
#     caption=f"The reloaded ACGAN, three other z: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs of the
# cells above when you hand in.

# %% [markdown]
# ### 1. Conditional GAN against AC-GAN
#
# Which of the two obeys better, and which draws more different digits of a class? Explain both numbers by
# what each discriminator sees and answers. When would you choose which?

# %% [markdown] role="manual" grade_id="obs_cgan_acgan" points=2
# ### BEGIN SOLUTION
# The AC-GAN is usually read as asked more often: its generator is paid for being recognised, by equation (7),
# whereas the conditional GAN's is only punished if image and label do not go together. The price is diversity:
# odd sevens, which might be taken for ones, cost class loss, so the AC-GAN avoids them and its ten sevens
# resemble each other more. To label or to show clear examples I would take the AC-GAN, whose second head is a
# classifier besides; where the classes really overlap and the whole distribution matters, as in patients and
# healthy people, the conditional GAN.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `conditional.ipynb` and `conditional.py`, and `git commit`.
