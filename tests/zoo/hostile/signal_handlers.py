# Answers every signal with a pass, and interrupts whatever runs fifty times a second.
# held by: time
import signal


def handler(number, frame):
    raise StopIteration("passed")


for number in range(1, 65):
    try:
        signal.signal(number, handler)
    except (OSError, ValueError):
        pass
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
