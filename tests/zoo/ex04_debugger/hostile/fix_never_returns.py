# The fix hangs.
# fails: test_fix_on_ordinary_inputs

# %% grade_id="fix"
def fixed(*arguments):
    while True:
        pass
