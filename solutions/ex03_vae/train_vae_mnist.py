# %% [markdown]
# # Train the VAE on handwritten digits
#
# Here you write nothing but observations: this notebook *calls* the class that you completed in
# `vae.ipynb`. (Save that one first; saving writes the module `vae.py` that is imported below.) It trains
# the model, shows what it can rebuild and invent after 1, 10 and 20 epochs, measures it on images it never
# saw, and saves it.
#
# Everything it makes goes to `outputs/<data>_vae/`:
#
# | file | what it shows |
# |---|---|
# | `epoch001_recons.png`, ... | ten held-out digits and their reconstructions after epoch 1, ... |
# | `epoch001_fakes.png`, ... | ten new digits, always from the same ten draws of $z$ |
# | `curves.png`, `history.csv` | reconstruction loss, KL loss and their sum, per epoch |
# | `vae.keras` | the trained model |
#
# **The data.** Real MNIST (60,000 training and 10,000 test images) if it is on this computer: in the folder
# named by the environment variable `VAEGAN_DATA`, or in Keras' cache. Else the small scikit-learn digits:
# the pictures are coarser, and all questions below still make sense. Every caption says which it is.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import dataclasses
#
# import keras
# import numpy as np
# from IPython.display import Image, display
# from vae import VAE, Decoder, Encoder, kl_to_standard_normal
#
# from vaegan.callbacks import EpochPictures, TimeLeft, TrainingCurves, outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import Picture, image_grid, latent_scatter, reconstruction_sheet, training_curves

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a smoke test of a few seconds; the pictures are then poor
# ALL_IMAGES = False  # True: train on all images of MNIST, two to four minutes
# BINARISED = False  # True: every pixel black or white; the held-out number is then a bound on -log p(x)
#
# LATENT_DIM = 10
# NUM_EPOCHS = 2 if FAST else 20
# SHOWN = (1, 2) if FAST else (1, 10, 20)  # epochs whose pictures are shown below
# data = load_images("auto")
# if BINARISED:  # a pixel of 0.8 becomes white with probability 0.8
#     coins = np.random.default_rng(0)
#     x_train, x_test = (np.float32(coins.random(x.shape) < x) for x in (data.x_train, data.x_test))
#     data = dataclasses.replace(data, x_train=x_train, x_test=x_test, caption=f"{data.caption}, binarised")
# num_train = 500 if FAST else len(data.x_train) if ALL_IMAGES else min(len(data.x_train), 10_000)
# batch_size = (
#     128 if data.name == "mnist" else 32
# )  # few images: smaller batches, or 20 epochs are too few steps
# of_mnist = "2 to 4 minutes" if ALL_IMAGES else "about a minute"
# how_long = "a few seconds" if FAST else of_mnist if data.name == "mnist" else "about half a minute"
# directory = outputs_dir(data.name, "vae")
# print(
#     f"{data}\ntraining on {num_train} images for {NUM_EPOCHS} epochs: {how_long} on a laptop with two cores"
# )
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb"] grade_id="the_data"
# image_grid(
#     data.x_train[:20], columns=10, titles=data.y_train[:20], caption=f"Training images: {data.caption}"
# )

# %% [markdown]
# ## The model
#
# A VAE is composed of an encoder and a decoder. `summary` shows them as its layers; their sizes are unknown
# until they have seen an image, so we show them one batch first.

# %% tags=["active-ipynb"] grade_id="the_model"
# keras.utils.set_random_seed(2023)
# vae = VAE(Encoder(latent_dim=LATENT_DIM), Decoder(image_shape=data.x_train.shape[1:]), name="vae")
# vae.compile(optimizer=keras.optimizers.Adam(1e-3), jit_compile=False)
# vae(data.x_train[:1])
# vae.summary()

# %% [markdown]
# ## Training
#
# The held-out images are only *measured* (`validation_data`), never trained on.

# %% tags=["active-ipynb", "long"] grade_id="training"
# history = vae.fit(
#     data.x_train[:num_train],
#     epochs=NUM_EPOCHS,
#     batch_size=batch_size,
#     validation_data=(data.x_test,),
#     validation_batch_size=1_000,
#     callbacks=[
#         EpochPictures(directory, data.x_test[:10], epochs=(*SHOWN, 5), caption=data.caption),
#         TrainingCurves(directory, caption=data.caption),
#         TimeLeft(),
#     ],
#     verbose=0,
# ).history
# vae.save(directory / "vae.keras")

# %% tags=["active-ipynb", "long"] grade_id="curves"
# terms = ("reconstruction_loss", "kl_loss", "loss")
# in_order = {name: history[name] for term in terms for name in (term, f"val_{term}")}
# training_curves(in_order, f"VAE, z={LATENT_DIM}: {data.caption}")

# %% [markdown]
# ### Reconstructions after 1, 10 and 20 epochs

# %% tags=["active-ipynb", "long"] grade_id="recons"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_recons.png", width=700))

# %% [markdown]
# ### Ten fakes after 1, 10 and 20 epochs

# %% tags=["active-ipynb", "long"] grade_id="fakes"
# for epoch in SHOWN:
#     display(Image(filename=directory / f"epoch{epoch:03d}_fakes.png", width=650))

# %% [markdown]
# ## How good is it? The held-out ELBO
#
# $-\mathrm{ELBO}$ in nats per image, lower is better, on the images it trained on and on those it never
# saw. (The losses that `fit` prints for training are means *over* an epoch, while the weights still moved;
# here both are measured with the final weights.)

# %% tags=["active-ipynb", "long"] grade_id="held_out"
# for name, images in (("training", data.x_train[:num_train]), ("held out", data.x_test)):
#     measured = vae.evaluate(images, batch_size=1_000, verbose=0, return_dict=True)
#     total, reconstruction, kl = (measured[term] for term in ("loss", "reconstruction_loss", "kl_loss"))
#     print(f"{name:8s} {total:6.1f} nats = reconstruction {reconstruction:6.1f} + KL {kl:5.1f}")

# %% [markdown]
# ## Load it again
#
# A saved model can be loaded tomorrow, on another computer, and gives the same outputs. `load_model` finds
# your classes because importing `vae` registered them.

# %% tags=["active-ipynb", "long"] grade_id="reload"
# reloaded = keras.models.load_model(directory / "vae.keras")
# some = data.x_test[:10]
# difference = np.max(np.abs(np.asarray(vae.reconstruct(some)) - np.asarray(reloaded.reconstruct(some))))
# print(f"largest difference between a pixel of the model and of its reloaded twin: {difference:g}")
# reconstruction_sheet(
#     some, np.asarray(reloaded.reconstruct(some)), f"The reloaded model, held out: {data.caption}"
# )

# %% [markdown]
# ## The latent space
#
# Ten dimensions do not fit on paper. Here are the two that carry the most information (the largest mean
# KL), for the held-out images: each point is one `z_mean`, each colour a digit the model was never told.

# %% tags=["active-ipynb", "long"] grade_id="latent_space"
# z_mean, z_log_var = (np.asarray(part) for part in vae.encode(data.x_test))
# kl_per_entry = [
#     np.mean(kl_to_standard_normal(z_mean[:, [entry]], z_log_var[:, [entry]])) for entry in range(LATENT_DIM)
# ]
# first, second = np.argsort(kl_per_entry)[::-1][:2]
# latent_scatter(
#     z_mean[:, [first, second]],
#     data.y_test,
#     f"z_mean, entries {first} and {second}: {data.caption}, held out",
# )

# %% [markdown]
# For every entry of $z$: how wide is the cloud of a *single* image, and how wide are all clouds *together*?

# %% tags=["active-ipynb", "long"] grade_id="aggregate"
# draws = np.stack([vae.sampling(z_mean, z_log_var) for _ in range(20)])  # (20, images, latent_dim)
# single = np.mean(np.std(draws, axis=0), axis=0)
# together = np.std(draws, axis=(0, 1))
# figure = Picture(figsize=(6.5, 2.8), layout="constrained")
# axes = figure.subplots()
# entries = np.arange(LATENT_DIM)
# axes.bar(entries - 0.2, single, width=0.4, label="one image, q(z|x)")
# axes.bar(entries + 0.2, together, width=0.4, label="all images together")
# axes.axhline(1.0, color="k", linestyle="--", linewidth=1, label="prior")
# axes.set(xlabel="entry of z", ylabel="standard deviation", xticks=entries, ylim=(0, 1.6))
# axes.set_title(f"Width of one cloud and of all clouds: {data.caption}, held out", fontsize=9)
# axes.legend(fontsize=8, ncols=3)
# figure

# %% [markdown]
# Last, a walk: from the code of one digit straight to the code of another, decoded at every step.

# %% tags=["active-ipynb", "long"] grade_id="walk"
# steps = np.linspace(0.0, 1.0, 10, dtype="float32")[:, None]
# walks = [(1.0 - steps) * z_mean[start] + steps * z_mean[end] for start, end in ((0, 1), (2, 3), (4, 5))]
# walked = np.asarray(vae.likelihood.mean(vae.decode(np.concatenate(walks))))
# image_grid(walked, columns=10, caption=f"Three walks through latent space: {data.caption}, held-out ends")

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures, curves and numbers above; name the numbers. Keep the
# outputs of the cells above when you hand in: they are read beside your answers.

# %% [markdown]
# ### 1. Reconstructions
#
# Compare the reconstructions after 1, 10 and 20 epochs. What gets better, what has not become sharp even at
# the end, and which digits are taken for others?

# %% [markdown] role="manual" grade_id="obs_reconstructions" points=2
# ### BEGIN SOLUTION
# After epoch 1 the reconstructions are blurred prototypes: slant and thickness are average, and several
# digits have turned into their neighbours (4 into 9, 5 into 8). By epoch 10 the individual shapes are there
# and few digits change their class; from 10 to 20 only details improve, the end of a stroke or a loop.
# Unusual handwriting stays wrong. What also stays is the soft border of every stroke: the decoder shows a
# mean image, and where several positions of an edge are possible given z, their mean is grey.
# ### END SOLUTION

# %% [markdown]
# ### 2. Fakes
#
# The fakes of all epochs come from the same ten draws of $z$. How do they change with the epochs? Describe
# strokes and borders at the end. Are they as good as the reconstructions? If not, why not?

# %% [markdown] role="manual" grade_id="obs_fakes" points=2
# ### BEGIN SOLUTION
# After epoch 1 they are blurred mixtures, on few images little more than grey clouds. By epoch 10 most can
# be read, and from then on each z keeps its digit, so the code settles early. At the end the strokes are
# plain and rather straight, the borders blurry. Two or three of ten are still no digit: draws from the
# prior also land between the clouds, where no training image was encoded, and the decoder blends the
# neighbours. Reconstructions start from a z that the encoder chose for a real image, so they are better.
# ### END SOLUTION

# %% [markdown]
# ### 3. Choosing the digit
#
# You want ten sevens. Can you get them from this model? What do you have to know or to change?

# %% [markdown] role="manual" grade_id="obs_class" points=2
# ### BEGIN SOLUTION
# Not by asking: sample takes only a number of images, the labels were never used, and z has no entry that
# means "seven". One can draw many and pick, or encode some sevens and sample near their codes, but both
# need a labelled example or a classifier. The cure is to give the label to the encoder and the decoder as a
# second input: the conditional VAE.
# ### END SOLUTION

# %% [markdown]
# ### 4. Curves
#
# What do the reconstruction loss, the KL loss and the total do over the epochs, and why do the first two
# move in opposite directions? What share of the improvement from epoch 1 to epoch 20 (held out, total) was
# there by epoch 10?

# %% [markdown] role="manual" grade_id="obs_curves" points=2
# ### BEGIN SOLUTION
# The total falls and is, at every epoch, the sum of the two. The reconstruction loss falls fast and then
# slowly; the KL rises after its first settling (MNIST, all images: from 17 to almost 19 nats) because a
# better reconstruction needs more information in z, and the KL is what that costs. Held out, epochs 1, 10,
# 20: MNIST, all images, 132.5, 111.5, 108.2; 10,000 images 190.7, 125.9, 119.1; scikit-learn digits 175.9,
# 135.6, 131.6. So 86 to 91 % of the gain was there by epoch 10: diminishing returns.
# ### END SOLUTION

# %% [markdown]
# ### 5. Training against held out
#
# Compare the two lines of the held-out section. Does your model memorise? What is the number good for, and
# may you compare it with 89 nats published for *binarised* MNIST?

# %% [markdown] role="manual" grade_id="obs_held_out" points=2
# ### BEGIN SOLUTION
# MNIST, all images: 108.3 training, 108.2 held out, no memorising at all. With 10,000 images 117.0 and
# 119.1, with the scikit-learn digits 130.5 and 131.7: a small gap, and the beginning of memorising. The
# number ranks models of the same data with the same likelihood. It may not be compared with binarised MNIST:
# those are other data, and for grey pixels equation (3) is not the logarithm of a probability, so the number
# bounds no -log p(x). With BINARISED = True it does.
# ### END SOLUTION

# %% [markdown]
# ### 6. "After training, $q(z|x)$ is close to a standard normal"
#
# So say the slides. Judge it by the picture with the two kinds of bars: for a single image, and for all
# images together. What would the reconstructions look like if it were true of every single image?

# %% [markdown] role="manual" grade_id="obs_aggregate" points=2
# ### BEGIN SOLUTION
# It holds for all images together: the aggregate has a standard deviation near 1 in every entry, and this
# is why drawing from N(0, I) gives digits. It is false for a single image: its cloud is four to seven times
# narrower and sits away from 0, and the KL of 10 to 19 nats measures just that. If every q(z|x) were N(0,
# I), z would not depend on x, the KL would be 0, and every image would be reconstructed as the same
# average: posterior collapse.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `vae.ipynb` and `vae.py`, and `git commit`.
