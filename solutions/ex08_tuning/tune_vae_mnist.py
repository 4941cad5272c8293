# %% [markdown]
# # Tune the VAE on digits
#
# Here you write nothing but observations: this notebook *calls* your `tuning.py` (save `tuning.ipynb` first) and the
# classes of `vae.py`, which was handed out. It searches the VAE's learning rate, latent size and width for the best
# bound on **validation** images, with pruning, and looks at the **test** images once.
#
# **Stop and continue.** The study is kept in `outputs/<data>_tuning/study.db`. Stop this notebook whenever you like and
# run it again: what is done is not done twice.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import time
#
# import keras
# import numpy as np
# import optuna
# from tuning import BayesianSearch, RandomSearch, finish, minimise, open_study, report_epochs, suggest
# from vae import VAE, Decoder, Encoder
#
# from vaegan.callbacks import outputs_dir
# from vaegan.data import load_images
# from vaegan.pictures import Picture
# from vaegan.search import tally

# %% tags=["active-ipynb"] grade_id="settings"
# FAST = False  # True: a few seconds, only to see that every cell runs
#
# data = load_images("auto")
# num_train, num_validation, num_test = (128, 64, 64) if FAST else (1_000, 400, 300)
# NUM_EPOCHS, NUM_TRIALS, NUM_RATES = (1, 2, 2) if FAST else (12, 24, 8)
# x_train, x_validation = data.x_train[:num_train], data.x_train[num_train : num_train + num_validation]
# x_test = data.x_test[:num_test]
# directory = outputs_dir(data.name, "tuning")
# directory.mkdir(parents=True, exist_ok=True)
# storage = f"sqlite:///file:{(directory / ('fast.db' if FAST else 'study.db')).as_posix()}?nolock=1&uri=true"
# how_long = "seconds" if FAST else "three to five minutes on two cores; it can be stopped and continued"
# print(f"{data}\n{NUM_TRIALS + 2 * NUM_RATES} trainings of up to {NUM_EPOCHS} epochs: {how_long}")

# %% [markdown]
# ## The objective
#
# A generator of losses: it trains for an epoch whenever it is asked for the next one, so that a pruned trial trains no
# further. It sees training and validation images.

# %% tags=["active-ipynb"] grade_id="the_objective"
# def make_vae(rate=1e-3, latent_dim=10, hidden_units=128, seed=0):
#     """A VAE ready to train."""
#     keras.utils.set_random_seed(seed)
#     vae = VAE(Encoder(latent_dim, hidden_units), Decoder(x_train.shape[1:], hidden_units))
#     vae.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False, run_eagerly=FAST)
#     return vae
#
#
# def bound_of(vae, images):
#     """-ELBO in nats per image, one z for each."""
#     reconstruction_loss, kl_loss = vae.elbo_terms(images)
#     return float(np.mean(reconstruction_loss) + np.mean(kl_loss))
#
#
# def validation_losses(vae):
#     """Train for an epoch, yield the validation loss; and so on."""
#     for _ in range(NUM_EPOCHS):
#         vae.fit(x_train, epochs=1, batch_size=64, verbose=0)
#         yield bound_of(vae, x_validation)
#     keras.backend.clear_session()
#
#
# def objective(trial):
#     """What Optuna makes small."""
#     return report_epochs(trial, validation_losses(make_vae(**suggest(trial), seed=trial.number)))
#
#
# def loss_of_rate(rate):
#     """What your own searches make small: the rate alone."""
#     loss = list(validation_losses(make_vae(rate=rate)))[-1]
#     print(f"  rate {rate:.5f}: {loss:.1f} nats")
#     return loss

# %% [markdown]
# ## Your searches: the learning rate alone
#
# Equal trials for chance and for your Bayesian search.

# %% tags=["active-ipynb", "long"] grade_id="own_search"
# found = {}
# for kind in (RandomSearch, BayesianSearch):
#     print(kind.__name__)
#     search = kind(1e-5, 1e-1, seed=1)
#     minimise(search, loss_of_rate, NUM_RATES)
#     found[kind.__name__] = search
# figure = Picture(figsize=(5.5, 3.0), layout="constrained")
# ax = figure.subplots()
# for (name, search), mark in zip(found.items(), "^o", strict=True):
#     ax.semilogx(search.rates, search.losses, mark, label=f"{name}: best {np.nanmin(search.losses):.1f}")
# ax.set(xlabel="learning rate", ylabel="validation loss, nats per image")
# ax.set_title(data.caption, fontsize=9)
# ax.legend(frameon=False)
# figure.savefig(directory / "rates.png", dpi=120)
# figure

# %% [markdown]
# ## Optuna: three hyperparameters, pruning, a study on disk

# %% tags=["active-ipynb", "long"] grade_id="the_search"
# study = open_study("vae", storage)
# for target in range(2, NUM_TRIALS + 1, 2):  # two at a time, so that there is something to read
#     began, before = time.perf_counter(), tally(study)["trials"]
#     finish(study, objective, target)
#     if tally(study)["trials"] > before:
#         left = (NUM_TRIALS - target) / 2 * (time.perf_counter() - began)
#         print(f"{target} of {NUM_TRIALS} trials, best {study.best_value:.1f} nats, about {left:.0f} s to go")
# print(tally(study), study.best_params)

# %% tags=["active-ipynb", "long"] grade_id="the_history"
# import warnings
#
# from optuna.visualization import matplotlib as plots
#
# with warnings.catch_warnings():
#     warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)  # all of Optuna's plots are so marked
#     ax = plots.plot_optimization_history(study)
# ax.figure.set_size_inches(6, 3.2)
# ax.figure.savefig(directory / "history.png", dpi=120, bbox_inches="tight")
# ax.figure

# %% tags=["active-ipynb", "long"] grade_id="the_importance"
# if not FAST:  # two trials say nothing about importance
#     importance = optuna.importance.get_param_importances(study)
#     print({name: round(value, 2) for name, value in importance.items()})

# %% [markdown]
# ## Once: the test images
#
# The winner and the settings of Monday, trained from three fresh seeds. Which of these numbers is honest?

# %% tags=["active-ipynb", "long"] grade_id="the_test"
# for name, settings in {"the winner": study.best_params, "Monday's": {}}.items():
#     scores = []
#     for seed in range(1 if FAST else 3):
#         vae = make_vae(**settings, seed=100 + seed)
#         validation = list(validation_losses(vae))[-1]
#         scores.append((validation, bound_of(vae, x_test)))
#     print(f"{name:11s} validation, test of each seed: {np.round(scores, 1).tolist()}")
# print(f"the search said {study.best_value:.1f}")

# %% [markdown]
# ## Observations
#
# Two or three sentences each, about *your* pictures and numbers; name the numbers. Keep the outputs above.

# %% [markdown]
# ### 1. What mattered
#
# Which hyperparameter mattered most, and how much did tuning gain over Monday's settings? How many trainings did
# pruning shorten?

# %% [markdown] role="manual" grade_id="obs_mattered" points=2
# ### BEGIN SOLUTION
# A good answer quotes the importances and names the one that leads, compares the winner's bound on the test images
# with Monday's from the same seeds, and says that the difference between the seeds is the yardstick. It reads the
# number of pruned trials from the line that counts them: each of them stopped before its last epoch.
# ### END SOLUTION

# %% [markdown]
# ### 2. Bayesian or random?
#
# Compare your two searches at equal trials. Is one run enough to say which is better? What would you do to be sure?

# %% [markdown] role="manual" grade_id="obs_searches" points=2
# ### BEGIN SOLUTION
# A good answer says that one run each is one draw: eight trials by chance sometimes hit. To be sure, repeat both
# searches from ten seeds or more, at equal trials, and compare medians with an interval; and look at where each
# spent its trials: the Bayesian one crowds around its best rate, chance spreads over four decades.
# ### END SOLUTION

# %% [markdown]
# Done: save, `git add` this notebook, `tuning.ipynb` and `tuning.py`, and `git commit`.
