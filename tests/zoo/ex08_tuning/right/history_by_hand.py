# Diverged trials are replaced by the student, who keeps the surrogate's steps in a method of their own.

# %% grade_id="search"
class RandomSearch(Search):
    def propose(self):
        low, high = np.log(self.low), np.log(self.high)
        return float(np.exp(low + (high - low) * self.rng.random()))


class BayesianSearch(RandomSearch):
    def __init__(self, low, high, seed=0, num_initial=4):
        super().__init__(low=low, high=high, seed=seed)
        self.num_initial = num_initial

    def improvements(self, candidates):
        losses = np.array(self.losses)
        worst = losses[np.isfinite(losses)].max()
        losses = np.where(np.isfinite(losses), losses, worst)
        process = fit_surrogate(np.log10(np.array(self.rates)), losses)
        return expected_improvement(*process.predict(candidates[:, np.newaxis], return_std=True), best=losses.min())

    def propose(self):
        if len(self.rates) >= self.num_initial:
            candidates = self.candidates()
            return float(np.power(10, candidates[np.argmax(self.improvements(candidates))]))
        return super().propose()


def minimise(search, objective, num_trials):
    done = 0
    while done < num_trials:
        rate = search.propose()
        search.update(rate, objective(rate))
        done += 1
    best_rate, best_loss = None, float("inf")
    for rate, loss in zip(search.rates, search.losses):
        if -float("inf") < loss < best_loss:
            best_rate, best_loss = rate, loss
    return best_rate, best_loss
