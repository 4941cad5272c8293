# A cell raises, so that the KL is not defined.
# fails: test_kl_shape

# %% grade_id="kl"
raise RuntimeError("I pressed the wrong key")
