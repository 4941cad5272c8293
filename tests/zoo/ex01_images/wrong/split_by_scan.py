# Scans are drawn, not subjects.
# fails: test_split_by_subject
# hints: split-by-scan

# %% grade_id="split"
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    subjects = np.asarray(subjects)
    names = np.unique(subjects)
    num_tested = max(1, round(test_fraction * len(names)))
    tested = np.random.default_rng(seed).choice(len(subjects), num_tested, replace=False)
    is_tested = np.isin(np.arange(len(subjects)), tested)
    return np.flatnonzero(~is_tested), np.flatnonzero(is_tested)
