# Optuna with other words: suggestions one by one, an explicit counter, trials counted by a loop.

# %% grade_id="suggest"
def suggest(trial):
    found = {}
    found["hidden_units"] = trial.suggest_categorical("hidden_units", (64, 128, 256, 512))
    found["latent_dim"] = trial.suggest_int(name="latent_dim", low=2, high=32, log=True)
    found["rate"] = trial.suggest_float(name="rate", low=0.0001, high=0.1, log=True)
    return found


# %% grade_id="pruning"
def report_epochs(trial, losses):
    epoch = 0
    for value in losses:
        epoch += 1
        trial.report(float(value), step=epoch)
        if trial.should_prune():
            raise optuna.exceptions.TrialPruned()
    return value


# %% grade_id="study"
def open_study(name, storage, seed=0):
    sampler = optuna.samplers.TPESampler(seed=seed)
    pruner = optuna.pruners.MedianPruner(4, 3)
    return optuna.create_study(storage=storage, sampler=sampler, pruner=pruner, study_name=name, load_if_exists=True)


def finish(study, objective, num_trials):
    ended = [trial for trial in study.trials if trial.state.name in ("COMPLETE", "PRUNED")]
    for _ in range(num_trials - len(ended)):
        study.optimize(objective, n_trials=1)
