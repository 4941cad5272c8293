# A chain of causes without end.
# held by: frames
def fail(*_, **__):
    first = last = ValueError("first")
    for _ in range(50_000):
        last.__cause__ = ValueError("next")
        last = last.__cause__
    last.__cause__ = first
    raise first


answer_with(fail)
