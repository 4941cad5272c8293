# Never returns.
# %% grade_id="sharpness"
def sharpness(images):
    while True:
        pass
