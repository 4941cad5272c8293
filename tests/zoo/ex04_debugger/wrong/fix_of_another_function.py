# Repairs what was not broken.
# fails: test_fix_on_ordinary_inputs

# %% grade_id="fix"
def fixed(x, logits):
    return (np.logaddexp(0, logits) - x * logits).sum(axis=1)
