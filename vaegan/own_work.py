"""What you wrote in another exercise: its module, from the folder beside this one."""

import importlib.util
import sys
from pathlib import Path


def own_module(exercise, name):
    """Import the module of another exercise's lesson, if its folder lies beside the one that is worked in.

    Where it is missing, a sentence says so and nothing is raised: the cell that asks can be run again later.

    Args:
        exercise: the folder's name, for example "ex02_autoencoder".
        name: the lesson's, for example "autoencoder".

    Returns:
        The module, or None.
    """
    path = Path("..", exercise, f"{name}.py")
    if not path.exists():
        print(
            f"{path} is not there. This cell uses what you wrote in {exercise}: put that folder beside this one, "
            f"save {name}.ipynb in it, and run this cell again."
        )
        return None
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
