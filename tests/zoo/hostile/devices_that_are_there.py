# Writes to, locks and asks things of the few devices that a sandbox has.
# held by: files
import fcntl
import os

for name in os.listdir("/dev"):
    try:
        with open(f"/dev/{name}", "r+b", buffering=0) as device:
            device.write(b"passed")
            fcntl.flock(device, fcntl.LOCK_EX)
            for request in (0x5207, 0x5206, 0x5412):
                fcntl.ioctl(device, request, b"1")
    except OSError:
        pass
    try:
        os.chmod(f"/dev/{name}", 0)
        os.remove(f"/dev/{name}")
    except OSError:
        pass
