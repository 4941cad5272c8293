# A single sample covers a mode.
# fails: test_modes_covered
# hints: modes-without-share

# %% grade_id="modes"
def _distances(samples, centres):
    samples, centres = np.asarray(samples, "float64"), np.asarray(centres, "float64")
    return np.linalg.norm(samples[:, None] - centres[None], axis=-1)


def modes_covered(samples, centres, sd, share=0.01):
    distances = _distances(samples, centres)
    nearest = np.argmin(distances, axis=1)
    good = np.min(distances, axis=1) <= 3 * sd
    counts = np.bincount(nearest[good], minlength=len(centres))
    return int(np.sum(counts > 0))


def high_quality(samples, centres, sd):
    return float(np.mean(np.min(_distances(samples, centres), axis=1) <= 3 * sd))
