# Never returns.
# fails: test_integral, test_limits, test_never_negative

# %% grade_id="improvement"
def expected_improvement(mean, std, best):
    while True:
        pass
