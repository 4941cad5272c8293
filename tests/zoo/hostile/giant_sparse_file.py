# A file of an exabyte.
# held by: memory
with open("sparse", "wb") as file:
    file.truncate(2**60)
