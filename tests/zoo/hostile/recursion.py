# The stack runs over, in Python and in C.
# held by: memory
import sys

sys.setrecursionlimit(10**9)


def deeper(*arguments, **__):
    return deeper(*arguments)


answer_with(deeper)
