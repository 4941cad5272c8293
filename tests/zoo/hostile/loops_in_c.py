# Never comes back from C code that holds the interpreter's lock.
# held by: time
import re

re.match(r"(a+)+$", "a" * 60 + "b")
