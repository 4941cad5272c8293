"""The agent: the small generic server inside the sandbox.

It runs cells, resolves names, calls, reads attributes and takes gradients, and copies results out as
plain data. It knows no exercise. Once student code has run in this process it may have been replaced
altogether; the judge therefore treats all it says as data to be judged.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from judge.sandbox import cells, inputs
from judge.sandbox.protocol import Channel, Handle, PeerClosed, ProtocolError

_LIBRARIES = ("keras", "tensorflow", "numpy", "vaegan", "optuna")


def import_libraries() -> Path:
    """Import what a lesson needs, before the fork; returns the folder of `vaegan`."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["MPLBACKEND"] = cells.INLINE_BACKEND
    for name in ("tensorflow", "keras", "matplotlib.pyplot", "sklearn.datasets", "scipy.ndimage", "vaegan"):
        importlib.import_module(name)
    package = sys.modules["vaegan"]
    for module in pkgutil.walk_packages(package.__path__, "vaegan."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    cells.make_shell()
    _draw_once()
    return Path(str(package.__file__)).parent


def _draw_once() -> None:
    """Draw one of each kind of thing: matplotlib looks up fonts and builds parsers when it first needs them."""
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(2, 2), layout="constrained")
    axes = figure.subplots(1, 2)
    axes[0].imshow([[0.0, 1.0]], cmap="gray")
    axes[0].set(title="a title, $x^2$", xlabel="x")
    axes[1].plot([0, 1], [1, 2], label="a line")
    axes[1].legend()
    figure.suptitle("pictures")
    figure.savefig(io.BytesIO(), format="png", bbox_inches="tight")


class Agent:
    """Keeps the objects that the judge refers to by number, and does what a request says."""

    def __init__(self) -> None:
        self._shell = cells.make_shell()
        self._objects: dict[int, Any] = {}
        self._folder = os.getcwd()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do one request; an exception of the student's code becomes part of the answer."""
        operation: Callable[..., Any] = getattr(self, "do_" + request.pop("do"))
        try:
            return {"returned": self._encode(operation(**request))}
        except BaseException as error:  # a student's code may raise anything, SystemExit included
            return {"raised": cells.describe(error)}

    def do_write_files(self, files: dict[str, Any]) -> None:
        """Put the submission's other files beside the notebook."""
        for name, content in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.tobytes())
        if os.getcwd() not in sys.path:
            sys.path.insert(0, os.getcwd())

    def do_start_over(self) -> None:
        """Forget the notebook's names, its figures and the judge's objects; libraries keep what they have built."""
        os.chdir(self._folder)
        self._objects.clear()
        self._shell.reset(new_session=False)
        sys.modules["matplotlib.pyplot"].close("all")

    def do_run_cell(self, source: str) -> dict[str, Any]:
        """Run one code cell; its outputs come back in nbformat's form, with its error."""
        return cells.run_cell(self._shell, source)

    def do_resolve(self, target: Any) -> Any:
        """An object by number, by the notebook's name, or by a library's dotted name."""
        return self._find(target)

    def do_get(self, target: Any, name: str) -> Any:
        """An attribute."""
        return getattr(self._find(target), name)

    def do_call(
        self,
        target: Any,
        method: str | None,
        args: Any,
        kwargs: Any,
        *,
        watch: bool = True,
        as_numpy: bool = False,
    ) -> Any:
        """Call a function, class or object, or one of its methods.

        Args:
            target, method, args, kwargs: what to call, and with what.
            watch: whether what the student wrote must leave its arguments as they are.
            as_numpy: whether arrays stay arrays instead of becoming tensors.
        """
        function = self._find(target)
        if method is not None:
            function = getattr(function, method)
        args, kwargs = self._decode(args, as_numpy=as_numpy), self._decode(kwargs, as_numpy=as_numpy)
        if watch and _is_the_students(target, method, function):
            return inputs.call_and_compare(function, args, kwargs)
        return function(*args, **kwargs)

    def do_gradients(
        self, target: Any, method: str | None, args: Any, kwargs: Any, weights_of: Any, output: Any
    ) -> dict[str, Any]:
        """Gradients of the sum of the selected output with respect to the inputs and to weights."""
        import tensorflow as tf

        function = self._find(target)
        function = function if method is None else getattr(function, method)
        inputs = self._decode(args)
        watched = [x for x in inputs if tf.is_tensor(x) and x.dtype.is_floating]
        with tf.GradientTape() as tape:
            for tensor in watched:
                tape.watch(tensor)
            value = function(*inputs, **self._decode(kwargs))
            total = tf.reduce_sum(value if output is None else value[output])
        weights = (
            [] if weights_of is None else [getattr(v, "value", v) for v in self._find(weights_of).trainable_variables]
        )
        found = tape.gradient(total, watched + weights)
        dense = [None if g is None else tf.convert_to_tensor(g) for g in found]
        return {"value": value, "inputs": dense[: len(watched)], "weights": dense[len(watched) :]}

    def do_forget(self) -> None:
        """Drop every object the judge holds by number."""
        self._objects.clear()

    def _find(self, target: Any) -> Any:
        if isinstance(target, Handle):
            return self._objects[target.number]
        if "." not in target:
            if target not in self._shell.user_ns:
                raise NameError(f"the notebook defines no `{target}`")
            return self._shell.user_ns[target]
        library, *names = target.split(".")
        if library not in _LIBRARIES:
            raise NameError(f"`{library}` is not a library of this course")
        found: Any = importlib.import_module(library)
        for position, name in enumerate(names):
            if not hasattr(found, name):
                importlib.import_module(".".join([library, *names[: position + 1]]))
            found = getattr(found, name)
        return found

    def _decode(self, value: Any, *, as_numpy: bool = False) -> Any:
        """Arrays become tensors of the same dtype, handles become the objects they stand for."""
        if isinstance(value, np.ndarray):
            import tensorflow as tf

            return value.copy() if as_numpy else tf.convert_to_tensor(value)
        if isinstance(value, Handle):
            return self._objects[value.number]
        if isinstance(value, list | tuple):
            return type(value)(self._decode(item, as_numpy=as_numpy) for item in value)
        if isinstance(value, dict):
            return {key: self._decode(item, as_numpy=as_numpy) for key, item in value.items()}
        return value

    def _encode(self, value: Any, depth: int = 0) -> Any:
        """Tensors and variables become arrays; what is not data stays here and gets a number."""
        if value is None or isinstance(value, bool | int | float | str | Handle):
            return value
        if isinstance(value, np.ndarray | np.generic):
            return np.asarray(value) if value.dtype.kind in "biuf" else self._keep(value)
        if type(value) in (list, tuple) and depth < 16:
            return type(value)(self._encode(item, depth + 1) for item in value)
        if isinstance(value, dict) and depth < 16 and all(isinstance(key, str) for key in value):
            return {key: self._encode(item, depth + 1) for key, item in value.items()}
        if hasattr(value, "__array__") and hasattr(value, "dtype") and hasattr(value, "shape"):
            array = np.asarray(value)
            return array if array.dtype.kind in "biuf" else self._keep(value)
        return self._keep(value)

    def _keep(self, value: Any) -> Handle:
        number = len(self._objects) + 1
        self._objects[number] = value
        return Handle(number, type(value).__name__)


def _is_the_students(target: Any, method: str | None, function: Any) -> bool:
    """Whether the student wrote a function, class or method: a library's may change what it is given.

    So may a model, which trains, and `from_config`, which takes its dict to pieces in Keras' own examples.
    """
    if isinstance(target, str) and "." in target:
        return False
    if method is None and not isinstance(function, type):
        return not hasattr(function, "trainable_variables")
    library = str(getattr(function, "__module__", None)).partition(".")[0]
    return library not in (*_LIBRARIES, "builtins", "None") and method != "from_config"


def serve(channel: Channel) -> None:
    """Answer requests until the judge hangs up."""
    agent = Agent()
    while True:
        try:
            request = channel.receive()
        except (PeerClosed, ProtocolError):
            return
        with _memory_reserve() as reserve:
            reply = agent.answer(request)
            reserve.clear()
        try:
            channel.send(reply)
        except ProtocolError as error:
            channel.send({"unsendable": str(error)})
        except PeerClosed:
            return


@contextmanager
def _memory_reserve() -> Iterator[bytearray]:
    """Hold a little memory that can be let go, so that running out of it can still be reported."""
    reserve = bytearray(2**20)
    try:
        yield reserve
    finally:
        reserve.clear()
