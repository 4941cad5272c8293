# Ten million empty lists: thirty megabytes on the way, two thirds of a gigabyte where they are read.
# held by: frames
answer_with(lambda *_, **__: [[[] for _ in range(500_000)]] * 20)
