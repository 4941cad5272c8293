# Files and folders until there are no more names, and a path as deep as it goes.
# held by: memory
import os

folder = "."
for _ in range(500):
    folder += "/d"
    os.mkdir(folder)
for number in range(10**6):
    open(f"{number}", "w").close()
