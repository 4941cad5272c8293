# Every function waits for ever on a lock.
# held by: time
import threading

lock = threading.Lock()
lock.acquire()
answer_with(lambda *_, **__: lock.acquire())
