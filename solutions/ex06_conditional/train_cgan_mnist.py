# %% [markdown]
# # Train the conditional GAN on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the class `ConditionalGAN` that you completed in
# `conditional.ipynb` (save that one first).
#
# The discriminator is told the label and judges the pair: is this a real image *of this class*?
#
# Everything it makes goes to `outputs/<data>_cgan/`: `epoch001_steer.png`, ... (one class per column, the
# same $z$ along a row), `curves.png`, `history.csv`, `cgan.keras`.
#
# **The data.** Real MNIST if it is on this computer (in the folder that `VAEGAN_DATA` names, or in Keras'
# cache), else the small scikit-learn digits. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from conditional import ConditionalGAN, OneHotCondition
# from gan import Discriminator, Generator
# from IPython.display import Image, display
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.gan_pictures import adversarial_curves
# from vaegan.pictures import steerable_sheet
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
# directory = outputs_dir(data.name, "cgan")
# minutes = "seconds" if FAST else "four to eight minutes"
# print(
#     f"{data}\n{num_passes * NUM_EPOCHS} passes over {num_train} images: {minutes} on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% [markdown]
# ## The model
#
# Tuesday's generator and discriminator, unchanged, and a condition. The discriminator finds out for itself
# that its images now have eleven channels.

# %% tags=["active-ipynb"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# cgan = ConditionalGAN(
#     Generator(latent_dim=LATENT_DIM, image_shape=data.x_train.shape[1:], filters=FILTERS),
#     Discriminator(filters=FILTERS),
#     LATENT_DIM,
#     OneHotCondition(10),
#     name="cgan",
# )
# cgan.compile(
#     generator_optimizer=keras.optimizers.Adam(5e-4, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
#     jit_compile=False,
#     run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
# )

# %% [markdown]
# ## Training

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = cgan.fit(
#     x_train,
#     y_train,
#     epochs=NUM_EPOCHS,
#     batch_size=64,
#     callbacks=[
#         SteerableSheets(directory, 10, epochs=SHOWN, caption=data.caption),
#         TrainingCurves(directory, caption=data.caption, draw=adversarial_curves),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# cgan.save(directory / "cgan.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# adversarial_curves(history, f"ConditionalGAN: {data.caption}")

# %% [markdown]
# In equilibrium: $\log 4 = 1.39$ and $\log 2 = 0.69$.
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
# fakes = np.asarray(cgan.sample(num_fakes, asked))
# print(
#     f"the reader on real held-out images: {reader.accuracy(x_test, y_test):6.1%} read correctly"
# )
# print(f"the reader on the fakes: {reader.accuracy(fakes, asked):6.1%} show the digit that was asked for")
# per_class = reader.diversity(fakes, asked, x_test, y_test)
# print(
#     f"diversity within a class, against real images: {per_class.mean():.2f} (digit by digit {per_class.round(1)})"
# )

# %% [markdown]
# ## Load it again

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "cgan.keras")
# z, classes = steering_inputs(num_rows=3, num_classes=10, latent_dim=LATENT_DIM, seed=1)
# difference = np.max(
#     np.abs(np.asarray(cgan.generate(z, classes)) - np.asarray(reloaded.generate(z, classes)))
# )
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# steerable_sheet(
#     np.asarray(reloaded.generate(z, classes)),
#     10,
#     caption=f"The reloaded ConditionalGAN, three other z: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs of the
# cells above when you hand in.

# %% [markdown]
# ### 1. Beside the conditional VAE
#
# Compare the last sheet with that of `train_cvae_mnist`: strokes, borders, and the share of digits that are
# read as asked. What do the two losses do, and what does it tell you (or not) about the pictures?

# %% [markdown] role="manual" grade_id="obs_cgan" points=2
# ### BEGIN SOLUTION
# The GAN's strokes are sharp, with hard borders, but wavy and sometimes broken; the CVAE's are smooth and soft.
# The CVAE obeys almost always, the GAN less often: some of its images are no digit at all, or that of a
# neighbouring class. Its diversity within a class is nearer to that of real images, the CVAE's is smaller,
# since it shows mean images. The losses wander around 1.39 and 0.69 without trend while the pictures still
# improve: they say how the two sides balance, not how good the pictures are.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `conditional.ipynb` and `conditional.py`, and `git commit`.
