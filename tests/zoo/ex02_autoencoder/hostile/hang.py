# The straight way never ends.
# fails: test_path

# %% grade_id="path"
def straight_path(start, end, num_steps):
    while True:
        pass
