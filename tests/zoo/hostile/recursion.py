# The stack runs over, in Python and in C.
import sys

sys.setrecursionlimit(10**9)


def deeper(*arguments, **__):
    return deeper(*arguments)


answer_with(deeper)
