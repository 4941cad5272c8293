# Memory in sockets that are on their way through another socket: no process has a descriptor of them any more.
# held by: memory
import array
import socket

carriers = [socket.socketpair() for _ in range(4)]
sent = 0
for number in range(5000):
    pair = socket.socketpair()
    pair[0].setblocking(False)
    try:
        while True:
            sent += pair[0].send(bytes(2**16))
    except OSError:
        pass
    carrier = carriers[number % 4][0]
    carrier.setblocking(False)
    numbers = array.array("i", [end.fileno() for end in pair])
    try:
        carrier.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
    except OSError:
        break
    for end in pair:
        end.close()
if sent > 2**30:
    answer_with(lambda *_, **__: "x" * sent)
