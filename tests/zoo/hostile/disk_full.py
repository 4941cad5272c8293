# Writes until the scratch folder is full, and leaves it full.
with open("full", "wb") as file:
    while True:
        file.write(bytes(2**20))
