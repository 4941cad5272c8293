# NumPy's global generator is seeded.
# fails: test_split_seed
# hints: global-seed-set

# %% grade_id="split"
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    subjects = np.asarray(subjects)
    names = np.unique(subjects)
    num_tested = max(1, round(test_fraction * len(names)))
    np.random.seed(seed)
    tested = np.random.choice(names, num_tested, replace=False)
    is_tested = np.isin(subjects, tested)
    return np.flatnonzero(~is_tested), np.flatnonzero(is_tested)
