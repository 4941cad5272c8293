# mypy: ignore-errors
"""Runs inside a sandbox: notes what the checks ask of each hole, and asks the same of all that a package offers.

It goes there as a file beside the solved notebook and imports nothing of the judge. What it says is believed only
because no student's code has run in that sandbox.
"""

import ast
import contextlib
import functools
import importlib
import inspect
import io
import json
import pathlib
import pkgutil
import re
import signal

import numpy as np

MOST_CALLS = 12  # that are kept of one hole
SECONDS = 0.5  # for one call; what needs more is no answer
RTOL = 1e-3
OF_KERAS = {"name", "trainable", "dtype"}  # in every configuration
FILLED_IN = {"NUM_CLASSES": 3, "LATENT_DIM": 4, "SIDE": 8, "NUM_DRAWS": 5, "LEARNING_RATE": 0.01}
asked = {}  # hole -> list of (self or None, arguments, keywords, result)
originals = {}  # hole -> (module or class where it stands, its name there, the solution)


def record(notebook, holes):
    """Wrap each hole of a notebook's module, "kl" or "VAE.encode", so that its calls are kept."""
    for hole in holes:
        owner, _, attribute = hole.rpartition(".")
        place = getattr(notebook, owner, None) if owner else notebook
        solved = vars(place).get(attribute) if place is not None else None
        if inspect.isfunction(solved) and attribute != "__init__":  # Keras reads its signature
            originals[hole] = (place, attribute, solved)
            setattr(place, attribute, _recorder(hole, solved, bool(owner)))


def _recorder(hole, function, is_method):
    @functools.wraps(function)
    def wrapped(*arguments, **keywords):
        before = _copied(arguments[is_method:]), _copied(keywords)
        result = function(*arguments, **keywords)
        with contextlib.suppress(Exception):  # a symbolic tensor has no values to keep
            calls = asked.setdefault(hole, [])
            if len(calls) < MOST_CALLS and _tells(_plain(result), before[0]):
                calls.append((arguments[0] if is_method else None, *before, result))
        return result

    return wrapped


def _copied(value):
    """Arrays are copied, since what is called may write into them; tensors and objects are not."""
    if isinstance(value, tuple | list):
        return type(value)(map(_copied, value))
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return value.copy() if isinstance(value, np.ndarray) else value


def _plain(value):
    """A result as a list of float arrays and of texts (of what stands in a dict); raises for anything else."""
    if isinstance(value, dict):
        return [f"{k}={json.dumps(v, default=repr)}" for k, v in sorted(value.items()) if k not in OF_KERAS]
    if isinstance(value, tuple | list):
        return [array for item in value for array in _plain(item)]
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or not array.size:
        raise TypeError(array.dtype)
    return [array.astype(float)]


def _tells(result, arguments):
    """Whether nothing trivial gives this result: no constant, and no arguments as they came, in lists or not."""
    if any(isinstance(part, str) for part in result):
        return True
    given = [part for item in arguments for part in _called(lambda same: same, (item,), {})]
    came = [any(_same([part], [other]) for part in given) for other in result]
    return not all(came) and any(len(np.unique(part.round(6))) > 2 for part in result)


def answers(package, hole):
    """Where all is in the package that answers a hole as the solution does, whatever it is called."""
    if hole not in originals:
        return []
    place, attribute, solved = originals[hole]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        calls = [call for call in asked.get(hole, []) if _answers(solved, [call])]  # chance cannot be compared
        setattr(place, attribute, _open)
        found = sorted({where for where, function in _offers(package) if _answers(function, calls)})
    setattr(place, attribute, solved)
    return found


def _open(*_, **__):
    """Stands in the hole while others are asked: what calls the hole itself does not answer it."""
    raise NotImplementedError


def _answers(function, calls):
    """Whether a candidate gives the right values in a third of the calls, and in two at least if there are two."""
    right = 0
    with contextlib.suppress(KeyboardInterrupt):
        for number, call in enumerate(calls, 1):
            right += _agrees(function, *call)
            if number >= 2 and not right:
                return False
        return right > 0 and right >= min(2, len(calls)) and 3 * right >= len(calls)
    return False


def _agrees(function, self, arguments, keywords, result):
    """Whether the value is the same, called as it is, with the object first, or with NumPy's arrays."""
    forms = [arguments, tuple(i.numpy() if hasattr(i, "numpy") else i for i in arguments)]
    forms += [(self, *form) for form in forms] if self is not None else []
    return any(_same(_called(function, form, keywords), _plain(result)) for form in forms)


def _called(function, arguments, keywords):
    """What a candidate returns, plain; nothing if it raises, and KeyboardInterrupt if it takes too long."""
    signal.signal(signal.SIGALRM, signal.default_int_handler)  # no `except Exception` catches that
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with np.errstate(all="ignore"):
            return _plain(function(*_copied(arguments), **_copied(keywords)))
    except KeyboardInterrupt:
        raise
    except BaseException:  # whatever a function raises that was made for something else, SystemExit included
        return []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _same(got, wanted):
    if isinstance(wanted[0], str):
        return set(wanted) <= {part for part in got if isinstance(part, str)}
    return len(got) == len(wanted) and all(
        not isinstance(g, str) and g.shape == w.shape and np.allclose(g, w, rtol=RTOL, atol=1e-6)
        for g, w in zip(got, wanted, strict=True)
    )


def _offers(package):
    """Every function of a package, methods and functions in its texts included, with where it is."""
    root = importlib.import_module(package)
    below = pkgutil.walk_packages(getattr(root, "__path__", []), f"{package}.")
    for name in [package, *(module.name for module in below if not module.name.endswith("__main__"))]:
        module = importlib.import_module(name)
        for attribute, value in list(vars(module).items()):
            if getattr(value, "__module__", None) == name and callable(value):
                yield f"{name}.{attribute}", value
                yield from _methods(value, f"{name}.{attribute}") if inspect.isclass(value) else ()
        yield from _written(module)


def _methods(kind, where):
    for name, value in vars(kind).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if inspect.isfunction(function):
            yield f"{where}.{name}", function
        elif inspect.isclass(value) and value.__qualname__.startswith(f"{kind.__qualname__}."):
            yield from _methods(value, f"{where}.{name}")


def _written(module):
    """Functions that stand in a module as text, such as those of the programs to debug; nothing else in it is run."""
    known = {"np": np, **FILLED_IN}
    for node in ast.walk(ast.parse(pathlib.Path(module.__file__).read_text())):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        with contextlib.suppress(SyntaxError):  # most texts are no programs
            tree = ast.parse(re.sub(r"<<(\w+)>>", r"\1", text) if "def " in text else "")
            tree.body = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.decorator_list]
            names = dict(known)
            exec(compile(tree, "<text>", "exec"), names)
            for function in tree.body:
                known.setdefault(function.name, names[function.name])
                yield f"{module.__name__}, line {node.lineno}, def {function.name}", names[function.name]
