# A file of an exabyte.
with open("sparse", "wb") as file:
    file.truncate(2**60)
