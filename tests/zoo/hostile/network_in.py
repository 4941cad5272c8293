# Serves a page on every address, so that others could fetch what it found.
# held by: network
import socket
import threading

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("0.0.0.0", PORT))
server.listen()
threading.Thread(target=server.accept, daemon=True).start()
