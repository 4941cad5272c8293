"""Facts about this machine that Python has no common word for on Linux, Windows and macOS."""

import os
import sys
import tempfile


def memory_size():
    """Return the bytes of memory, or None where the system does not tell."""
    if hasattr(os, "sysconf") and {"SC_PAGE_SIZE", "SC_PHYS_PAGES"} <= os.sysconf_names.keys():
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if sys.platform != "win32":
        return None
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong), ("load", ctypes.c_ulong), ("total", ctypes.c_ulonglong),
            *((f"other{i}", ctypes.c_ulonglong) for i in range(6)),
        )  # fmt: skip

    status = Status(length=ctypes.sizeof(Status))
    return status.total if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None


def is_writable(folder):
    """Return whether a file can be made in a folder."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
