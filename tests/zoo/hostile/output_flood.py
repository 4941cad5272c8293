# Prints without end.
while True:
    print("passed " * 10_000)
