# A cell that is not Python.
# fails: test_gaussian_shape, test_sample_draws_from_the_prior, test_reconstruct, test_vae_config,
# fails: test_save_and_reload

# %% grade_id="gaussian"
class GaussianLikelihood(Likelihood:
    def mean(self, parameters)
        return parameters
