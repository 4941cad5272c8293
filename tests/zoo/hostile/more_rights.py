# Becomes root by every road: user ids, set-uid programs, capabilities.
# held by: privileges
import ctypes
import os
import subprocess

got = []
for attempt in (
    lambda: os.setuid(0),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setgroups([0]),
    lambda: os.chroot("."),
    lambda: os.nice(-10),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
    lambda: subprocess.run(["/usr/bin/su", "-c", "id"], check=True, timeout=5, stdin=subprocess.DEVNULL),
    lambda: subprocess.run(["/usr/bin/sudo", "-n", "id"], check=True, timeout=5),
    lambda: subprocess.run(["/usr/bin/newuidmap", "1", "0", "0", "1"], check=True, timeout=5),
):
    try:
        attempt()
        got.append(attempt)
    except Exception:
        pass
prctl = ctypes.CDLL(None).prctl
got += [
    number for number in (prctl(24, 0), prctl(47, 2, 0, 0, 0) + (prctl(39, 0, 0, 0, 0) != 1)) if number == 1
]
assert not got
