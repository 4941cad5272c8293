# Tells the shell to go.
# held by: a sandbox of its own
import signal

get_ipython().ask_exit()
exit_now = True
signal.raise_signal(signal.SIGINT)
quit()
