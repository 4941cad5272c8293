# %% [markdown]
# # Train the conditional VAE-GAN on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the class `CVAEGAN` that you completed in
# `cvae_gan.ipynb`. (Save that one first; saving writes the module `cvae_gan.py`.) It trains the model and, for as many
# seconds of the processor, the conditional VAE of Wednesday, and compares the two.
#
# Everything it makes goes to `outputs/<data>_cvaegan/`: `epoch001_steer.png` (one class per column, the same $z$ along
# a row), `epoch001_recons.png`, ..., `curves.png`, `history.csv`, `cvaegan.keras`.
#
# **The data.** Real MNIST if it is on this computer (in the folder that `VAEGAN_DATA` names, or in Keras' cache), else
# the small scikit-learn digits. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import time
#
# import keras
# import numpy as np
# from conditional import CVAE, OneHotCondition
# from cvae_gan import CVAEGAN, FeatureDiscriminator, sharpness
# from gan import Generator
# from IPython.display import Image, display
# from vae import Decoder, Encoder
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import image_grid, steerable_sheet, training_curves
# from vaegan.reader import Reader
# from vaegan.steering import SteerableSheets

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# LATENT_DIM = 8
# FILTERS = 4 if FAST else 16
# data = load_images("auto")
# num_train = 64 if FAST else min(len(data.x_train), 10_000)
# NUM_EPOCHS = 1 if FAST else {"mnist": 6, "digits": 40}[data.name]
# num_test = 100 if FAST else len(data.x_test)
# num_fakes = 100 if FAST else 1_000
# READER_STEPS = 10 if FAST else 600
# SHOWN = (1,) if FAST else (1, NUM_EPOCHS // 2, NUM_EPOCHS)  # epochs whose pictures are kept
# x_train, y_train = data.x_train[:num_train], data.y_train[:num_train]
# x_test, y_test = data.x_test[:num_test], data.y_test[:num_test]
# directory = outputs_dir(data.name, "cvaegan")
# minutes = "seconds" if FAST else "about eight minutes"
# print(
#     f"{data}\n{NUM_EPOCHS} passes over {num_train} images: {minutes} in all on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% [markdown]
# ## The model and its training
#
# Monday's encoder, Tuesday's generator, your discriminator, Wednesday's condition, three optimizers.

# %% tags=["active-ipynb", "long"] grade_id="training"
# keras.utils.set_random_seed(2023)
# model = CVAEGAN(
#     Encoder(latent_dim=LATENT_DIM),
#     Generator(LATENT_DIM, image_shape=data.x_train.shape[1:], filters=FILTERS),
#     FeatureDiscriminator(filters=FILTERS),
#     OneHotCondition(10),
#     gamma=1.0,
# )
# model.compile(
#     encoder_optimizer=keras.optimizers.Adam(1e-3),
#     decoder_optimizer=keras.optimizers.Adam(1e-3, beta_1=0.5),
#     discriminator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
#     jit_compile=False,
#     run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
# )
# curves = TrainingCurves(directory, caption=data.caption)
# started = time.process_time()
# model.fit(
#     x_train,
#     y_train,
#     epochs=NUM_EPOCHS,
#     batch_size=32,
#     callbacks=[
#         SteerableSheets(
#             directory, 10, data=(x_test[:10], y_test[:10]), epochs=SHOWN, caption=data.caption
#         ),
#         curves,
#         TimeLeft(),
#     ],
#     verbose=0,
# )
# used = time.process_time() - started
# model.save(directory / "cvaegan.keras")
# training_curves(curves.history, f"CVAEGAN, z={LATENT_DIM}: {data.caption}")

# %% tags=["active-ipynb", "long"] grade_id="steer"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_steer.png", width=600))

# %% [markdown]
# ## Against the conditional VAE
#
# The same encoder, Wednesday's decoder, as many seconds of the processor.

# %% tags=["active-ipynb", "long"] grade_id="cvae_training"
# class StopAfter(keras.callbacks.Callback):
#     """Ends the training when it has used its processor time."""
#
#     def on_train_begin(self, logs=None):
#         """Start the clock."""
#         self.started = time.process_time()
#
#     def on_train_batch_end(self, batch, logs=None):
#         """Look at it."""
#         self.model.stop_training = time.process_time() - self.started > used
#
#
# keras.utils.set_random_seed(2023)
# cvae = CVAE(Encoder(latent_dim=LATENT_DIM), Decoder(image_shape=data.x_train.shape[1:]), OneHotCondition(10))
# cvae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False, run_eagerly=FAST)
# epochs = 1 if FAST else 1_000
# cvae.fit(x_train, y_train, epochs=epochs, batch_size=128, callbacks=[StopAfter()], verbose=0)
# reader = Reader(data.x_train, data.y_train, 10, num_steps=READER_STEPS)

# %% tags=["active-ipynb", "long"] grade_id="measured"
# asked = np.arange(num_fakes) % 10
# real = sharpness(x_test).mean()
# print(f"{'real, held out':14s} sharpness {real:.3f}, read correctly {reader.accuracy(x_test, y_test):.1%}")
# rebuilt = {}
# for name, each in (("CVAE", cvae), ("CVAEGAN", model)):
#     fakes, rebuilt[name] = np.asarray(each.sample(num_fakes, asked)), np.asarray(each.reconstruct((x_test, y_test)))
#     diversity = reader.diversity(fakes, asked, x_test, y_test).mean()
#     print(
#         f"{name:14s} sharpness {sharpness(fakes).mean():.3f}, read as asked {reader.accuracy(fakes, asked):.1%}, "
#         f"diversity {diversity:.2f}; rebuilt: sharpness {sharpness(rebuilt[name]).mean():.3f}, "
#         f"class kept {reader.accuracy(rebuilt[name], y_test):.1%}"
#     )

# %% tags=["active-ipynb", "long"] grade_id="side_by_side"
# image_grid(
#     np.concatenate([x_test[:10], rebuilt["CVAE"][:10], rebuilt["CVAEGAN"][:10]]),
#     columns=10,
#     caption=f"Held-out digits; rebuilt by the CVAE; rebuilt by the CVAE-GAN: {data.caption}",
# )

# %% [markdown]
# ## The same hand, another digit
#
# `relabel` keeps a real digit's $z$ and changes its label. Left column: the real digit.

# %% tags=["active-ipynb", "long"] grade_id="same_hand"
# writers = [int(np.flatnonzero(y_test == digit)[0]) for digit in (2, 4, 5, 7)]
# x, y = np.repeat(x_test[writers], 10, axis=0), np.repeat(y_test[writers], 10)
# written = np.asarray(model.relabel((x, y), np.tile(np.arange(10), 4))).reshape(4, 10, 28, 28, 1)
# rows = np.concatenate([x_test[writers][:, None], written], axis=1).reshape(-1, 28, 28, 1)
# steerable_sheet(
#     rows, 11, ["real", *range(10)], caption=f"Held-out digits, relabelled: {data.caption}"
# )

# %% [markdown]
# ## Observation
#
# Three or four sentences about *your* pictures and numbers; name the numbers. Keep the outputs when you hand in.

# %% [markdown]
# ### 1. What did the combination gain, and what did it cost?
#
# Where is the CVAE-GAN nearer to real digits than the CVAE, and where is it not? Which of the two would you take for
# what?

# %% [markdown] role="manual" grade_id="obs_combination" points=2
# ### BEGIN SOLUTION
# Good answers compare, with the numbers printed above: sharpness of drawn and rebuilt digits with that of real ones;
# how often the class is read as asked and kept by encoding and decoding; how much fakes of a class differ. They say
# that a step of the combination costs several times as much as one of the CVAE, and that its losses do not say how good
# it is. They name a use for either: one of the two to encode and compare, or in a hurry; one to show digits that look
# written.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `cvae_gan.ipynb` and `cvae_gan.py`, and `git commit`.
