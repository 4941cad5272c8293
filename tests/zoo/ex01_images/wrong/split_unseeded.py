# No seed at all.
# fails: test_split_seed
# hints: split-not-reproducible

# %% grade_id="split"
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    subjects = np.asarray(subjects)
    names = np.unique(subjects)
    num_tested = max(1, round(test_fraction * len(names)))
    tested = np.random.default_rng().choice(names, num_tested, replace=False)
    is_tested = np.isin(subjects, tested)
    return np.flatnonzero(~is_tested), np.flatnonzero(is_tested)
