# Gives the breakpoint its condition later, by number.

# %% grade_id="session"
def session():
    return """
    b 92
    condition 1 not (std < 50).all()
    cont
    a
    p np.percentile(std, 90), std.argmax()
    where
    up 2
    up
    p batch
    down 9
    p std
    quit
    """
