# display, pasted prompts, several commands in a line, comments, a breakpoint cleared.

# %% grade_id="session"
def session():
    return """
    # what I typed
    (Pdb) b 47
    (Pdb) clear 1
    (Pdb) break program.py:92, float(std.max()) / abs(std).min() >= 1e2 and len(std) == 9
    (Pdb) c ;; display std.max()
    w
    up 3 ;; pp batch
    q
    """
