# A cell raises, so that the KL is not defined.
# fails: test_kl_shape, test_kl_is_zero_at_the_prior, test_kl_value, test_kl_is_never_negative, test_kl_adds_up_and_is_symmetric, test_kl_gradients

# %% grade_id="kl"
raise RuntimeError("I pressed the wrong key")
