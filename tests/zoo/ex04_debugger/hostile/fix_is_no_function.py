# A number.
# fails: test_fix_on_ordinary_inputs

# %% grade_id="fix"
fixed = 3
