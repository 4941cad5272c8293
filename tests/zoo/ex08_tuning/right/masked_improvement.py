# Expected improvement on the unsure candidates alone, by the error function.

# %% grade_id="improvement"
def expected_improvement(mean, std, best):
    from scipy.special import erfc

    mean, std = np.array(mean, "float64"), np.array(std, "float64")
    result = np.clip(best - mean, 0, None)
    unsure = std > 0
    u = (best - mean[unsure]) / std[unsure]
    below = 0.5 * erfc(-u / np.sqrt(2))
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    result[unsure] = np.clip(std[unsure] * (u * below + density), 0, None)
    return result
