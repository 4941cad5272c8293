# Time does not pass.
# held by: time
import ctypes
import time

time.monotonic = time.time = time.perf_counter = time.process_time = lambda: 0.0
libc = ctypes.CDLL(None)
print([libc.clock_settime(0, ctypes.create_string_buffer(16)), libc.settimeofday(0, 0)])
while True:
    pass
