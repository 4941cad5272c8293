# Never returns.
# fails: test_sharpness
# %% grade_id="sharpness"
def sharpness(images):
    while True:
        pass
