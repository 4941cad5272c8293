# A whole number that no array can hold.
# held by: frames
answer_with(lambda *_, **__: 10**4000)
