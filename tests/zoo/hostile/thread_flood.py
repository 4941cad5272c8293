# Threads until there are no more.
# held by: memory
import threading
import time


def sleep():
    time.sleep(300)


while True:
    threading.Thread(target=sleep, daemon=True).start()
