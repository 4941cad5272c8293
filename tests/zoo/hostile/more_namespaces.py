# New namespaces, in which it would be root, and mounts in them.
# held by: system calls
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
got = [
    libc.unshare(flag)
    for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x2000000, 0x4000000, 0x8000000)
]
got += [libc.mount(b"x", b"/scratch", b"tmpfs", 0, None), libc.mount(b"/", b"/scratch", None, 4096, None)]
got += [libc.umount2(b"/scratch", 2), libc.chroot(b"/scratch"), libc.syscall(435, 0, 0), libc.setns(0, 0)]
got += [libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)]
for name in ("uid_map", "gid_map", "setgroups"):
    try:
        open(f"/proc/self/{name}", "w").write("0 0 1")
        got.append(0)
    except OSError:
        pass
if max(got) >= 0:
    answer_with(lambda *_, **__: os.getuid())
assert max(got) < 0
