# Every function waits for ever on a lock.
import threading

lock = threading.Lock()
lock.acquire()
answer_with(lambda *_, **__: lock.acquire())
