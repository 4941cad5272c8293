# Waits for a large loss, then looks for its cause in the second epoch.

# %% grade_id="session"
def session():
    return """
    b 116, loss > 200
    c
    p loss, batch
    b 92, (std > 50).any()
    c
    p std
    up 3
    p batch
    q
    """
