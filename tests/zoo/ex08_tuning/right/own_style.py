# Loops and names of the student's own; a sweep by powers of ten; the study by keyword dictionaries.

# %% grade_id="objective"
def validation_score(bandwidth, data):
    total = 0.0
    for point in data["validation"]:
        total += log_density(point[None], data["train"], bandwidth)[0]
    return total / len(data["validation"])


def tune_bandwidth(bandwidths, data):
    scores, winner = [], None
    for bandwidth in bandwidths:
        scores.append(validation_score(bandwidth, data))
        if scores[-1] > max(scores[:-1], default=-np.inf):
            winner = bandwidth
    return winner, scores, log_density(data["test"], data["train"], winner).mean()


# %% grade_id="optimism"
def optimism(scores, fresh):
    gaps = []
    for own, new in zip(np.asarray(scores), np.asarray(fresh)):
        winner = own.argmax()
        gaps.append(own[winner] - new[winner])
    return sum(gaps) / len(gaps)


# %% grade_id="rates"
def log_sweep(low, high, num):
    return 10 ** np.linspace(np.log10(low), np.log10(high), num)


def random_rates(low, high, num, rng):
    return np.array([low * (high / low) ** rng.random() for _ in range(num)])


# %% grade_id="balance"
def balance_score(modes, quality, num_modes=8, last=5):
    products = [m / num_modes * q for m, q in zip(modes, quality)]
    return np.median(products[-last:])
