# Reads the judge's memory through /proc and through a system call made for it.
# held by: processes
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
seen = []
for process in (JUDGE, os.getppid(), 1):
    for name in ("mem", "maps", "cwd/gradebook.db", "root/etc/passwd", "fd/0"):
        try:
            with open(f"/proc/{process}/{name}", "rb") as file:
                seen.append(file.read(4096))
        except OSError as error:
            seen.append(error.errno)


class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


here = ctypes.create_string_buffer(4096)
mine, theirs = Piece(ctypes.addressof(here), 4096), Piece(0x400000, 4096)
read = libc.process_vm_readv(JUDGE, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0)
traced = libc.ptrace(16, JUDGE, 0, 0)


def show_them(*_, **__):
    raise RuntimeError(f"{seen} {read} {traced}")


answer_with(show_them)
