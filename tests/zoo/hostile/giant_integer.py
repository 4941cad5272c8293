# A whole number that no array can hold.
answer_with(lambda *_, **__: 10**4000)
