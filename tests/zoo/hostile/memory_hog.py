# Takes memory until there is none.
# held by: memory
hoard = []
while True:
    hoard.append(bytearray(64 * 2**20))
