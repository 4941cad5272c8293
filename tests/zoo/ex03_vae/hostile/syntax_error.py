# A cell that is not Python.
# fails: test_gaussian_shape, test_gaussian_value, test_gaussian_density_integrates_to_one

# %% grade_id="gaussian"
class GaussianLikelihood(Likelihood:
    def mean(self, parameters)
        return parameters
