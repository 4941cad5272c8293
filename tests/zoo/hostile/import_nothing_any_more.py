# All modules are forgotten and none can be found again.
import sys

sys.modules.clear()
sys.meta_path.clear()
sys.path_hooks.clear()
sys.path.clear()
