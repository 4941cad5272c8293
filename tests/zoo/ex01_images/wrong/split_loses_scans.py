# One scan per subject survives.
# fails: test_split_by_subject
# hints: split-loses-scans

# %% grade_id="split"
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    subjects = np.asarray(subjects)
    names = np.unique(subjects)
    num_tested = max(1, round(test_fraction * len(names)))
    tested = np.random.default_rng(seed).choice(names, num_tested, replace=False)
    is_tested = np.isin(subjects, tested)
    first = np.unique(subjects, return_index=True)[1]
    return np.array([n for n in first if not is_tested[n]]), np.array([n for n in first if is_tested[n]])
