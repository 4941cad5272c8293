# Random rates by powers of ten; the surrogate is asked at candidates of the student's own, rates within the range.

# %% grade_id="rates"
def log_sweep(low, high, num):
    return np.logspace(np.log10(low), np.log10(high), num=num)


def random_rates(low, high, num, rng):
    return 10.0 ** rng.uniform(low=np.log10(low), high=np.log10(high), size=(num,))


# %% grade_id="search"
class RandomSearch(Search):
    def propose(self):
        return random_rates(self.low, self.high, 1, self.rng).item()


class BayesianSearch(RandomSearch):
    def __init__(self, low, high, seed=0, num_initial=4):
        super().__init__(low, high, seed)
        self.num_initial = num_initial

    def propose(self):
        if len(self.losses) < self.num_initial:
            return RandomSearch.propose(self)
        x, y = self.history()
        fine = np.log10(log_sweep(self.low, self.high, 500))
        mean, std = fit_surrogate(x, y).predict(fine.reshape(-1, 1), return_std=True)
        ei = expected_improvement(mean, std, np.min(y))
        return min(max(10 ** fine[ei.argmax()], self.low), self.high)


def minimise(search, objective, num_trials):
    for _ in range(num_trials):
        rate = search.propose()
        loss = objective(rate)
        search.update(rate, loss)
    pairs = [(loss, rate) for rate, loss in zip(search.rates, search.losses) if np.isfinite(loss)]
    loss, rate = min(pairs)
    return rate, loss
