# Puts itself to sleep by SIGSTOP, in the main process and in a child.
# held by: time
import os
import signal

if os.fork() == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
os.kill(os.getpid(), signal.SIGSTOP)
signal.pause()
