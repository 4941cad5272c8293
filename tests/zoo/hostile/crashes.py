# Reads address zero.
# held by: a sandbox of its own
import ctypes

ctypes.string_at(0)
