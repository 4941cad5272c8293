# Passes 40 calls by.
# fails: test_warmup_stops_at_the_40th_call
# hints: warmup-off-by-one

# %% grade_id="warmup"
def warmup():
    return """
    b kl_to_standard_normal
    ignore 1 40
    c
    up 2
    p batch
    q
    """
