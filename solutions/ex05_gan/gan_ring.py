# %% [markdown]
# # Eight small clouds: collapse, flat losses, remedies
#
# Here you write nothing but observations: this notebook *calls* the classes that you completed in `gan.ipynb`
# (save that one first; saving writes the module `gan.py`). It trains GANs on a mixture of eight Gaussians on a
# ring, the slides' example, where one can count what on images one can only guess: how many kinds of things the
# generator makes.
#
# Three questions:
#
# 1. What does the balance of the two learning rates do?
# 2. Do flat losses mean that all is well?
# 3. Which remedies cure a collapse?
#
# Pictures go to `outputs/ring_gan/`.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import json
#
# import keras
# import numpy as np
# from gan import GAN, MinibatchDiscrimination, MinibatchStdDev, Packed, diagnose, high_quality, modes_covered
# from keras import layers
#
# from vaegan.callbacks import SampleMeasures, outputs_dir
# from vaegan.data import RING_SD, ring, ring_centres
# from vaegan.gan_pictures import modes_over_time, ring_scatter
# from vaegan.pictures import Picture

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few steps only, to see that everything runs
#
# NUM_EPOCHS, STEPS_PER_EPOCH, BATCH_SIZE = (2, 1, 64) if FAST else (25, 100, 64)
# NUM_SAMPLES = 250 if FAST else 2_500
# DATA = "ring of 8 Gaussians (generated data)"
# centres = ring_centres()
# points = ring(STEPS_PER_EPOCH * BATCH_SIZE, seed=0)
# directory = outputs_dir("ring", "gan")
# directory.mkdir(parents=True, exist_ok=True)
# print(
#     f"each run: {NUM_EPOCHS * STEPS_PER_EPOCH} steps, about 8 seconds on a laptop with two cores; 13 runs"
# )
# print(f"results: {directory.resolve()}")

# %% tags=["active-ipynb"] grade_id="the_data"
# ring_scatter(ring(NUM_SAMPLES, seed=1), centres, RING_SD, f"Real points and circles of 3 sd: {DATA}")

# %% [markdown]
# ## The models
#
# Dense networks with two hidden layers; the generator gets 32 numbers and makes 2 of them. Everything else is
# your class. `train` returns the history of losses and modes, and the last samples.

# %% tags=["active-ipynb"] grade_id="the_models"
# def dense_network(num_inputs, num_outputs, last=None):
#     """Two hidden layers of 128 units, and `last` (a layer that looks at the whole batch) before the output."""
#     inputs = keras.Input((num_inputs,))
#     h = layers.Dense(128, activation="relu")(inputs)
#     h = layers.Dense(128, activation="relu")(h)
#     return keras.Model(inputs, layers.Dense(num_outputs)(h if last is None else last(h)))
#
#
# def train(discriminator, d_rate=2e-3, g_rate=2e-3, label_noise=0.0, seed=0):
#     """Train a GAN on the ring; return its history (losses, modes, quality: a value per epoch) and samples."""
#     keras.utils.set_random_seed(seed)
#     gan = GAN(dense_network(32, 2), discriminator(), latent_dim=32, label_noise=label_noise)
#     gan.compile(
#         keras.optimizers.Adam(g_rate, beta_1=0.5),
#         keras.optimizers.Adam(d_rate, beta_1=0.5),
#         jit_compile=False,
#         run_eagerly=FAST,  # a few steps are over before Keras would have compiled one
#     )
#     watch = SampleMeasures(
#         {
#             "modes": lambda samples: modes_covered(samples, centres, RING_SD),
#             "quality": lambda samples: high_quality(samples, centres, RING_SD),
#         },
#         num_samples=NUM_SAMPLES,
#         keep=(1, 2, 5, 10, 15, NUM_EPOCHS),
#     )
#     fitted = gan.fit(points, batch_size=BATCH_SIZE, epochs=NUM_EPOCHS, callbacks=[watch], verbose=0)
#     return fitted.history | watch.history, watch.samples
#
#
# def report(name, history):
#     """Print one line: modes, quality, losses, and what your `diagnose` says."""
#     d_losses, g_losses = history["discriminator_loss"], history["generator_loss"]
#     verdict = diagnose(d_losses, g_losses, history["modes"][-1], 8)
#     print(
#         f"{name:32s} {history['modes'][-1]} modes, {history['quality'][-1]:4.0%} good, "
#         f"D {d_losses[-1]:.2f}, G {g_losses[-1]:.2f} nats: {verdict}"
#     )
#
#
# def titled(name, history):
#     """The title of a panel."""
#     return f"{name}\n{history['modes'][-1]} modes, {history['quality'][-1]:.0%} good"
#
#
# def plain():
#     """The discriminator without remedy."""
#     return dense_network(2, 1)
#
#
# results = {}

# %% [markdown]
# ## 1. The balance
#
# Graduate student descent: try it out. One side's learning rate is 0.002, the other's is that or smaller.

# %% tags=["active-ipynb", "long"] grade_id="balance"
# # Long: 40 seconds.
# RATES = {  # ratio D : G -> (d_rate, g_rate)
#     0.1: (2e-4, 2e-3),
#     0.5: (1e-3, 2e-3),
#     1.0: (2e-3, 2e-3),
#     2.0: (2e-3, 1e-3),
#     10.0: (2e-3, 2e-4),
# }
# if FAST:
#     del RATES[0.5], RATES[2.0]
# balance = {ratio: train(plain, *rates) for ratio, rates in RATES.items()}
# for ratio, (history, _) in balance.items():
#     results[f"D = {ratio:g} G"] = history
#     report(f"D = {ratio:g} G", history)

# %% tags=["active-ipynb", "long"] grade_id="balance_scatter"
# figure = ring_scatter(
#     {
#         titled(f"D = {ratio:g} G", history): samples[NUM_EPOCHS]
#         for ratio, (history, samples) in balance.items()
#     },
#     centres,
#     RING_SD,
#     f"Learning rate of D relative to that of G: {DATA}",
#     columns=5,
# )
# figure.savefig(directory / "balance_samples.png", dpi=120)
# figure

# %% tags=["active-ipynb", "long"] grade_id="balance_curves"
# figure = modes_over_time(
#     {f"D = {ratio:g} G": history for ratio, (history, _) in balance.items()},
#     8,
#     f"Learning rate of D relative to that of G: {DATA}",
#     f"epoch ({STEPS_PER_EPOCH} steps)",
# )
# figure.savefig(directory / "balance_curves.png", dpi=120)
# figure

# %% [markdown]
# How does a GAN travel? The same run, several times. On the slides (after Metz et al. 2016) the samples
# wander from mode to mode.

# %% tags=["active-ipynb", "long"] grade_id="travel"
# figure = ring_scatter(
#     {
#         f"D = {ratio:g} G, epoch {epoch}": samples
#         for ratio in (1.0, 10.0)
#         for epoch, samples in balance[ratio][1].items()
#     },
#     centres,
#     RING_SD,
#     f"The same noise through the training: {DATA}",
#     columns=len(balance[1.0][1]),
# )
# figure.savefig(directory / "travel.png", dpi=120)
# figure

# %% [markdown]
# ## 2. Flat losses
#
# The slides: a GAN on brain scans "required decreasing discriminator LR to 10% of the generator LR to get
# equilibrium in the losses", and it does not matter how large they are "as long as they each stay roughly
# flat". Look at the column D = 0.1 G above with this in mind, and ask your `diagnose`.

# %% tags=["active-ipynb", "long"] grade_id="flat"
# for ratio in (0.1, 1.0):
#     history = balance[ratio][0]
#     for side in ("discriminator_loss", "generator_loss"):
#         last = history[side][len(history[side]) // 2 :]
#         print(
#             f"D = {ratio:g} G, {side:18s}: {np.mean(last):.3f} nats, standard deviation {np.std(last):.3f}"
#         )
#     report("   diagnose", history)

# %% [markdown]
# ## 3. Remedies
#
# The disease: the discriminator at 10 % of the generator's rate. The remedies: label noise, minibatch standard
# deviation, packing by 2, Salimans' minibatch discrimination.

# %% tags=["active-ipynb", "long"] grade_id="remedies"
# # Long: 50 seconds.
# REMEDIES = {
#     "none": (plain, 0.0),
#     "label noise 0.3": (plain, 0.3),
#     "minibatch sd": (lambda: dense_network(2, 1, last=MinibatchStdDev()), 0.0),
#     "packing by 2": (lambda: Packed(dense_network(4, 1), 2), 0.0),
#     "minibatch discrimination": (lambda: dense_network(2, 1, last=MinibatchDiscrimination(5, 3)), 0.0),
# }
# remedies = {
#     name: balance[0.1] if name == "none" else train(discriminator, *RATES[0.1], label_noise=noise)
#     for name, (discriminator, noise) in REMEDIES.items()
# }
# for name, (history, _) in remedies.items():
#     report(name, history)
#     if name != "none":
#         results[f"D = 0.1 G, {name}"] = history

# %% tags=["active-ipynb", "long"] grade_id="remedies_scatter"
# figure = ring_scatter(
#     {titled(name, history): samples[NUM_EPOCHS] for name, (history, samples) in remedies.items()},
#     centres,
#     RING_SD,
#     f"D at 10 % of the rate of G, remedies: {DATA}",
#     columns=5,
# )
# figure.savefig(directory / "remedies_samples.png", dpi=120)
# figure

# %% tags=["active-ipynb", "long"] grade_id="remedies_curves"
# figure = modes_over_time(
#     {name: history for name, (history, _) in remedies.items()},
#     8,
#     f"D at 10 % of the rate of G, remedies: {DATA}",
#     f"epoch ({STEPS_PER_EPOCH} steps)",
# )
# figure.savefig(directory / "remedies_curves.png", dpi=120)
# figure

# %% [markdown]
# And with equal learning rates? Your turn to try others: another balance, a larger pack, more label noise, a
# batch of 512, another seed.

# %% tags=["active-ipynb", "long"] grade_id="your_turn"
# # Long: 40 seconds.
# for name in list(REMEDIES)[1 : 2 if FAST else None]:
#     discriminator, noise = REMEDIES[name]
#     title = f"D = 1 G, {name}"
#     results[title], _ = train(discriminator, *RATES[1.0], label_noise=noise)
#     report(title, results[title])
# (directory / "history.json").write_text(json.dumps(results, indent=1))

# %% tags=["active-ipynb", "long"] grade_id="summary"
# figure = Picture(figsize=(7.5, 4.2), layout="constrained")
# axes = figure.subplots()
# names = list(results)
# covered = [history["modes"][-1] for history in results.values()]
# good = [history["quality"][-1] for history in results.values()]
# axes.barh(names, covered, color=[(0.12, 0.37, 0.66, 0.2 + 0.8 * share) for share in good], height=0.6)
# for row, (modes, share) in enumerate(zip(covered, good, strict=True)):
#     axes.annotate(
#         f"{share:.0%} good",
#         (modes, row),
#         xytext=(4, 0),
#         textcoords="offset points",
#         va="center",
#         fontsize=8,
#     )
# axes.set(xlabel="modes covered after training", xlim=(0, 9.2))
# axes.invert_yaxis()
# axes.tick_params(labelsize=8)
# axes.set_title(f"Darker: more good samples. One seed each: {DATA}", fontsize=9)
# figure.savefig(directory / "summary.png", dpi=120)
# figure

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs of the
# cells above when you hand in.

# %% [markdown]
# ### 1. Flat losses
#
# Compare the columns D = 0.1 G and D = 1 G. "As long as they each stay roughly flat": is that enough? What
# would you look at besides?

# %% [markdown] role="manual" grade_id="obs_flat" points=2
# ### BEGIN SOLUTION
# At D = 0.1 G the losses are the flattest of all, near log 4 and log 2 (D 1.32 nats, G 0.77, standard
# deviation 0.02 over the last half), while 0 or 1 modes are covered for 22 epochs and 3 at the end, with 8
# % good samples. At D = G the losses move more (0.07 to 0.08), and all 8 modes are there, 80 % good. So
# flat losses are not enough: they also come from a discriminator too slow to see what is wrong. I would
# look at samples as well, their modes and their quality. Even the verdict "equilibrium" for packing at D =
# 0.1 G hides that only 26 % of the samples are good.
# ### END SOLUTION

# %% [markdown]
# ### 2. Balance
#
# What do a much faster and a much slower discriminator do to the samples? Would you set the discriminator's
# learning rate to 10 % of the generator's because a GAN on brains needed it?

# %% [markdown] role="manual" grade_id="obs_balance" points=2
# ### BEGIN SOLUTION
# Ten times faster: the discriminator wins (0.38 against 3.7 nats), the samples contract to a smear over 2
# modes. Twice as fast: 3 modes, hit well (76 % good). Half as fast: 8 modes in the end, but 37 % good. Ten
# times slower: the samples slide over the plane and hit next to nothing. Here equal rates were best. The 10
# % suited one GAN on brains, with its networks and data; a learning rate is something to search, judged by
# samples, not something to copy.
# ### END SOLUTION

# %% [markdown]
# ### 3. Remedies
#
# Which remedy helped where the discriminator was too slow, and which with equal learning rates? One seed is one
# seed: how sure are you, and what would you do to be surer?

# %% [markdown] role="manual" grade_id="obs_remedies" points=2
# ### BEGIN SOLUTION
# At D = 0.1 G packing found all 8 modes, but only 26 % of its samples are good after 2,500 steps; minibatch
# discrimination found 7 and hits them (75 %). Label noise (1 mode) and minibatch standard deviation (2) did
# not help: label noise weakens the discriminator, and this one is too weak already. At D = G it is the
# other way round: noise, minibatch sd and packing cover 8 modes (83, 81 and 67 % good), and minibatch
# discrimination collapses to 1, because it makes the discriminator too strong (0.01 against 7.5 nats). So a
# remedy needs its own balance. All this is one seed, and seeds differ: 3,000 steps at D = G from three
# seeds gave none 5, 7, 8; label noise 8, 3, 7; minibatch sd 8, 7, 8; packing 8, 8, 8. With batches of 512
# and new points in every step label noise and packing covered 8 from each seed, and so did none, with fewer
# good samples; minibatch sd 8, 7, 8, and 8 from each when the generator's rate fell to a tenth. So with
# small batches only packing is sure, and a single run proves little.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `gan.ipynb` and `gan.py`, and `git commit`.
