# All modules are forgotten and none can be found again.
# held by: two sides
import sys

sys.modules.clear()
sys.meta_path.clear()
sys.path_hooks.clear()
sys.path.clear()
