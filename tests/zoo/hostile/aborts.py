# Ends by SIGABRT, with a core dump if it may have one.
# held by: a sandbox of its own
import os
import resource

print(resource.getrlimit(resource.RLIMIT_CORE))
os.abort()
