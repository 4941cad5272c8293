# Writes until the scratch folder is full, and leaves it full.
# held by: memory
with open("full", "wb") as file:
    while True:
        file.write(bytes(2**20))
