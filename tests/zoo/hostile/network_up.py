# Brings interfaces up and makes new ones.
# held by: network
import fcntl
import socket
import struct

line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(line, 0x8914, struct.pack("16sh22x", b"lo", 0x1 | 0x40))
