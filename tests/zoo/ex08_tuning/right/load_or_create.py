# A study is loaded, and made only where it cannot be; trials are run until there are enough.

# %% grade_id="study"
def open_study(name, storage, seed=0):
    settings = dict(
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=3),
    )
    try:
        if storage is None:
            raise KeyError(name)
        return optuna.load_study(study_name=name, storage=storage, **settings)
    except KeyError:
        return optuna.create_study(study_name=name, storage=storage, direction="minimize", **settings)


def finish(study, objective, num_trials):
    def ended():
        State = optuna.trial.TrialState
        return sum(trial.state in (State.COMPLETE, State.PRUNED) for trial in study.get_trials(deepcopy=False))

    while ended() < num_trials:
        study.optimize(objective, n_trials=1)
