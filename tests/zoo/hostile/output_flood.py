# Prints without end.
# held by: sizes
while True:
    print("passed " * 10_000)
