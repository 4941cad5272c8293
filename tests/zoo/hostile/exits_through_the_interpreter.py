# SystemExit from the cell, from every function and from a thread.
import sys
import threading

threading.Thread(target=sys.exit).start()
answer_with(sys.exit)
sys.exit(0)
