# Raises its own limits and tells the kernel to kill others first.
# held by: privileges
import os
import resource

raised = []
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        try:
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            raised.append(name)
        except (OSError, ValueError):
            pass
for name in ("oom_score_adj", "oom_adj", "coredump_filter"):
    try:
        open(f"/proc/self/{name}", "w").write("-1000")
        raised.append(name)
    except OSError:
        pass
print(raised)
hoard = []
while True:
    hoard.append(bytearray(64 * 2**20))
