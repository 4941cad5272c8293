# Stops at the first call.
# fails: test_warmup_stops_at_the_40th_call
# hints: warmup-stops-on-the-way

# %% grade_id="warmup"
def warmup():
    return """
    b kl_to_standard_normal
    c
    up 2
    p batch
    q
    """
