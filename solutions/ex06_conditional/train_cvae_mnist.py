# %% [markdown]
# # Train the conditional VAE on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the class `CVAE` that you completed in
# `conditional.ipynb`. (Save that one first; saving writes the module `conditional.py` that is imported
# below. `vae.py` was handed out.) It trains the model on images *and labels*, shows how it can be steered,
# and measures whether the digits that it draws are the ones that were asked for.
#
# Everything it makes goes to `outputs/<data>_cvae/`:
#
# | file | what it shows |
# |---|---|
# | `epoch001_steer.png`, ... | one class per column, the same $z$ along a row, after epoch 1, ... |
# | `epoch001_recons.png`, ... | ten held-out digits and their reconstructions |
# | `curves.png`, `history.csv` | reconstruction loss, KL loss and their sum, per epoch |
# | `cvae.keras` | the trained model |
#
# **The data.** Real MNIST if it is on this computer (in the folder that `VAEGAN_DATA` names, or in Keras'
# cache), else the small scikit-learn digits. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import keras
# import numpy as np
# from conditional import CVAE, OneHotCondition
# from IPython.display import Image, display
# from vae import VAE, Decoder, Encoder
#
# from vaegan.callbacks import TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import image_grid, steerable_sheet, training_curves
# from vaegan.reader import Reader
# from vaegan.steering import SteerableSheets, steering_inputs

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# LATENT_DIM = 5  # half of Monday's: z need not know the digit, and with few entries it does not
# data = load_images("auto")
# num_train = 256 if FAST else min(len(data.x_train), 20_000)
# NUM_EPOCHS = 1 if FAST else 20
# num_test = 500 if FAST else len(data.x_test)
# num_fakes = 100 if FAST else 1_000
# READER_STEPS = 20 if FAST else 600
# SHOWN = (1,) if FAST else (1, 10, 20)  # epochs whose pictures are kept
# batch_size = 128 if data.name == "mnist" else 32
# x_train, y_train = data.x_train[:num_train], data.y_train[:num_train]
# x_test, y_test = data.x_test[:num_test], data.y_test[:num_test]
# directory = outputs_dir(data.name, "cvae")
# minutes = "seconds" if FAST else "one to three minutes"
# print(
#     f"{data}\ntraining on {num_train} images for {NUM_EPOCHS} epochs: {minutes} on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb"] grade_id="the_data"
# image_grid(
#     data.x_train[:20], columns=10, titles=data.y_train[:20], caption=f"Training images: {data.caption}"
# )

# %% [markdown]
# ## The model
#
# Monday's encoder and decoder, and a condition. That is all.

# %% tags=["active-ipynb"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# cvae = CVAE(
#     Encoder(latent_dim=LATENT_DIM),
#     Decoder(image_shape=data.x_train.shape[1:]),
#     OneHotCondition(10),
#     name="cvae",
# )
# cvae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False, run_eagerly=FAST)
# cvae((data.x_train[:1], data.y_train[:1]))
# cvae.summary()

# %% [markdown]
# ## Training
#
# `fit(x, y)`: this time the labels are used. Read your own line in `inputs_of` once more.

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = cvae.fit(
#     x_train,
#     y_train,
#     epochs=NUM_EPOCHS,
#     batch_size=batch_size,
#     validation_data=(x_test, y_test),
#     validation_batch_size=1_000,
#     callbacks=[
#         SteerableSheets(
#             directory, 10, data=(x_test[:10], y_test[:10]), epochs=SHOWN, caption=data.caption
#         ),
#         TrainingCurves(directory, caption=data.caption),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# cvae.save(directory / "cvae.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# terms = ("reconstruction_loss", "kl_loss", "loss")
# in_order = {name: history[name] for term in terms for name in (term, f"val_{term}")}
# training_curves(in_order, f"CVAE, z={LATENT_DIM}: {data.caption}")

# %% [markdown]
# ### Steering, after the first epochs and at the end

# %% tags=["active-ipynb", "long"] grade_id="steer"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_steer.png", width=600))

# %% [markdown]
# ### Reconstructions at the end

# %% tags=["active-ipynb", "long"] grade_id="recons"
# display(Image(filename=directory / f"epoch{NUM_EPOCHS:03d}_recons.png", width=700))

# %% [markdown]
# ## What is the label worth?
#
# The same network without labels, trained as long: Monday's VAE. Both numbers are nats per held-out
# image, one for $p(x)$ and one for $p(x \mid y)$ (bounds, were the pixels black or white).
# Whoever knows the digit beforehand is spared to encode it,
# and to name one of ten equally likely digits takes $\ln 10 = 2.30$ nats.

# %% tags=["active-ipynb", "long"] grade_id="held_out"
# keras.utils.set_random_seed(2023)
# plain = VAE(Encoder(latent_dim=LATENT_DIM), Decoder(image_shape=data.x_train.shape[1:]))
# plain.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False, run_eagerly=FAST)
# plain.fit(x_train, epochs=NUM_EPOCHS, batch_size=batch_size, verbose=0)
# for name, model, held_out in (
#     ("VAE, p(x)", plain, (x_test,)),
#     ("CVAE, p(x|y)", cvae, (x_test, y_test)),
# ):
#     measured = model.evaluate(*held_out, batch_size=1_000, verbose=0, return_dict=True)
#     total, reconstruction, kl = (measured[term] for term in ("loss", "reconstruction_loss", "kl_loss"))
#     print(f"{name:12s} {total:6.1f} nats = reconstruction {reconstruction:6.1f} + KL {kl:5.1f}, held out")

# %% [markdown]
# ## Does it draw what it is asked for?
#
# A classifier reads the fakes. It was trained on real images alone and knows nothing of the CVAE. The
# second number compares, within a class, how different the fakes are from each other with how different
# real images are: 1 is as different, 0 is all alike.

# %% tags=["active-ipynb", "long"] grade_id="read"
# reader = Reader(data.x_train, data.y_train, 10, num_steps=READER_STEPS)
# asked = np.arange(num_fakes) % 10
# fakes = np.asarray(cvae.sample(num_fakes, asked))
# print(
#     f"the reader on real held-out images: {reader.accuracy(x_test, y_test):6.1%} read correctly"
# )
# print(
#     f"the reader on the CVAE's fakes:     {reader.accuracy(fakes, asked):6.1%} show the digit that was asked for"
# )
# per_class = reader.diversity(fakes, asked, x_test, y_test)
# print(
#     f"diversity within a class, against real images: {per_class.mean():.2f} (digit by digit {per_class.round(1)})"
# )

# %% [markdown]
# ## The same hand
#
# Take the *style* of a real digit: encode it together with its label, keep $z$, and decode $z$ with each of
# the ten labels. Left column: the real digit.

# %% tags=["active-ipynb", "long"] grade_id="same_hand"
# writers = [int(np.flatnonzero(y_test == digit)[0]) for digit in (2, 4, 5, 7)]
# z_mean, _ = cvae.encode(x_test[writers], y_test[writers])
# z = np.repeat(np.asarray(z_mean), 10, axis=0)
# written = np.asarray(cvae.generate(z, np.tile(np.arange(10), len(writers))))
# rows = np.concatenate([x_test[writers][:, None], written.reshape(len(writers), 10, 28, 28, 1)], axis=1)
# steerable_sheet(
#     rows.reshape(-1, 28, 28, 1),
#     11,
#     ["real", *range(10)],
#     caption=f"One held-out digit, and its z with all ten labels: {data.caption}",
# )

# %% [markdown]
# ## Load it again

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "cvae.keras")
# z, classes = steering_inputs(num_rows=3, num_classes=10, latent_dim=LATENT_DIM, seed=1)
# difference = np.max(
#     np.abs(np.asarray(cvae.generate(z, classes)) - np.asarray(reloaded.generate(z, classes)))
# )
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# steerable_sheet(
#     np.asarray(reloaded.generate(z, classes)),
#     10,
#     caption=f"The reloaded CVAE, three other z: {data.caption}",
# )

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs of the
# cells above when you hand in: they are read beside your answers.

# %% [markdown]
# ### 1. Steering
#
# What does the label decide, and what does $z$ decide? Look along rows and down columns, and at the last
# sheet but one: what of a writer's hand is carried over to the other digits, and what cannot be?

# %% [markdown] role="manual" grade_id="obs_steering" points=2
# ### BEGIN SOLUTION
# After the first epoch z still overrules the label: some rows show one shape in all columns. To keep the class
# in z costs KL, and the label is free, so the training drives it out of z. At the end the label decides which
# digit it is, and z how it is written: down a column the digit stays and slant, thickness and width change;
# along a row all digits share them, because the prior of z is the same for every class and so z carries what
# the classes have in common. From a real digit slant, boldness and size are carried over. What only one digit
# has, the open or closed top of a 4 or the bar of a 7, has no counterpart in the others. The strokes stay soft
# at the borders, as Monday: the label does not make a VAE sharp.
# ### END SOLUTION

# %% [markdown]
# ### 2. What the label is worth
#
# How many nats does the label save, in which of the two terms, and is that more or less than you expected
# from $\ln 10$? Where did Monday's VAE keep what the CVAE is told?

# %% [markdown] role="manual" grade_id="obs_label_nats" points=2
# ### BEGIN SOLUTION
# On MNIST about ten nats: 130 without labels, 120 with them. Between two and three are saved in the KL: that is
# ln 10 = 2.30, what it costs to name one of ten equally likely digits. Monday's VAE has no other place than z to
# write down which digit it is, and pays for it there. The rest, more than twice as much, is saved in the
# reconstruction: five numbers are few, and those that held the class now hold handwriting. Both totals
# are upper bounds at best, so neither difference need be exact.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `conditional.ipynb` and `conditional.py`, and `git commit`.
