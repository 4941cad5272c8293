# A threshold among the ordinary numbers: many stops on the way.
# fails: test_few_stops_before
# hints: many-stops

# %% grade_id="session"
def session():
    return """
    b 92, std.max() > 1.3
    c
    c
    c
    c
    c
    c
    clear 1
    b 92, std.max() > 50
    c
    p std
    up 3
    p batch
    q
    """
