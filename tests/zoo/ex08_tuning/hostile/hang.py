# Never returns.
# %% grade_id="improvement"
def expected_improvement(mean, std, best):
    while True:
        pass
