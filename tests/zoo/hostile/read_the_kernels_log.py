# The kernel's log names processes, users and devices of the whole machine.
# held by: system calls
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
text = ctypes.create_string_buffer(1 << 16)
length = libc.klogctl(3, text, 1 << 16)


def show_them(*_, **__):
    raise RuntimeError(f"{length} {text.value[:200]!r} {ctypes.get_errno()}")


answer_with(show_them)
assert length < 0
