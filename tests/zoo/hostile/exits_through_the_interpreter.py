# SystemExit from the cell, from every function and from a thread.
# held by: a sandbox of its own
import sys
import threading

threading.Thread(target=sys.exit).start()
answer_with(sys.exit)
sys.exit(0)
