# Python sets and shuffles; lists come back.

# %% grade_id="split"
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    subjects = [str(subject) for subject in np.asarray(subjects)]
    names = sorted(set(subjects))
    np.random.default_rng(seed).shuffle(names)
    tested = set(names[: max(1, round(test_fraction * len(names)))])
    test = [n for n, subject in enumerate(subjects) if subject in tested]
    train = [n for n, subject in enumerate(subjects) if subject not in tested]
    return train, test
