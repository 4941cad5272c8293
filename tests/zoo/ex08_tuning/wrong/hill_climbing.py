# A search of its own without a surrogate: it tries near the best rate so far.
# fails: test_largest_improvement

# %% grade_id="search"
class RandomSearch(Search):
    def propose(self):
        return float(random_rates(self.low, self.high, 1, self.rng)[0])


class BayesianSearch(RandomSearch):
    def __init__(self, low, high, seed=0, num_initial=4):
        super().__init__(low, high, seed)
        self.num_initial = num_initial

    def propose(self):
        if len(self.rates) < self.num_initial:
            return super().propose()
        best = self.rates[int(np.nanargmin(self.losses))]
        return float(np.clip(best * 2 ** self.rng.normal(), self.low, self.high))


def minimise(search, objective, num_trials):
    for _ in range(num_trials):
        rate = search.propose()
        search.update(rate, objective(rate))
    losses = np.where(np.isfinite(search.losses), search.losses, np.inf)
    return search.rates[int(np.argmin(losses))], float(min(losses))
