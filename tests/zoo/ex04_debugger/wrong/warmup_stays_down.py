# Prints the batch where it is not known.
# fails: test_warmup_goes_up_and_looks
# hints: no-up

# %% grade_id="warmup"
def warmup():
    return """
    b 12
    ignore 1 39
    c
    p batch
    q
    """
