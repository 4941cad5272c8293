# Keeps every processor busy in the background while the checks run.
# held by: time
import os
import threading


def burn():
    while True:
        pow(3, 10**5)


for _ in range(3):
    threading.Thread(target=burn, daemon=True).start()
    if os.fork() == 0:
        burn()
