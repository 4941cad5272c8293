# Thirty megabytes of text as a value.
# held by: frames
answer_with(lambda *_, **__: "passed " * (4 * 2**20))
