"""Keeps TensorFlow's log, and matplotlib's, out of notebooks, on any machine.

While it is imported, TensorFlow says on file descriptor 2 which instructions it uses and which drivers it did
not find, before it reads the level that one may set. In a notebook that is a red box under the first cell, and
nbgrader takes a red box for a failed cell.
"""

import contextlib
import importlib.abc
import importlib.util
import logging
import os
import sys
import tempfile


@contextlib.contextmanager
def quiet_stderr():
    """Keep from the screen what native code writes to file descriptor 2; if an error is raised, show it after all."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # a stream may be closed, or None on Windows
        sys.stderr.flush()
    try:
        screen = os.dup(2)
    except OSError:  # there is none: nothing can be seen
        yield
        return
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        except BaseException:
            said.seek(0)
            os.write(screen, said.read())
            raise
        finally:
            os.dup2(screen, 2)
            os.close(screen)


class _QuietLoader(importlib.abc.Loader):
    """Loads TensorFlow as its own loader does, and has it look for devices, without a word."""

    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):  # what else a package's loader can do, e.g. read its data
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self._loader
        with quiet_stderr():
            self._loader.exec_module(module)
            module.config.list_physical_devices()  # here a missing driver is reported


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Finds TensorFlow, once, and lets everything else pass."""

    def find_spec(self, name, path=None, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


def keep_matplotlib_quiet():
    """Keep matplotlib from saying, in red, that it collects this machine's fonts; it does so once, on slow machines."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def keep_tensorflow_quiet():
    """From now on importing TensorFlow says nothing unless it fails; no effect where it has been imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _QuietFinder())
