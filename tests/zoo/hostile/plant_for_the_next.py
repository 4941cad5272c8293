# Changes modules in memory, in the hope that the next submission's process inherits them.
# held by: a sandbox of its own
import builtins
import os
import sys

import keras
import vaegan

vaegan.PLANTED = keras.PLANTED = builtins.PLANTED = True
sys.modules["planted"] = sys
os.environ["PLANTED"] = "1"
keras.config.set_floatx("float16")
vaegan.ToImplement = ValueError
