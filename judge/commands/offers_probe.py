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
import pkgutil
import re
import signal

import numpy as np

MOST_CALLS = 12  # that are kept of one hole
SECONDS = 0.5  # for one call; what needs more is not asked again
RTOL = 1e-3
OF_KERAS = {"name", "trainable", "dtype"}  # in every configuration
FILLED_IN = {"NUM_CLASSES": 3, "LATENT_DIM": 4, "SIDE": 8, "NUM_DRAWS": 5, "LEARNING_RATE": 0.01}
asked = {}  # hole -> list of (self or None, arguments, keywords, result)
originals = {}  # hole -> (where it stands, its name there, the solution)
_slow = set()


def record(names, holes):
    """Wrap each hole of the notebook, "kl" or "VAE.encode", so that its calls are kept."""
    for hole in holes:
        owner, _, attribute = hole.rpartition(".")
        space = vars(names[owner]) if inspect.isclass(names.get(owner)) else {} if owner else names
        if inspect.isfunction(space.get(attribute)) and attribute != "__init__":  # Keras reads its signature
            originals[hole] = (names[owner] if owner else names, attribute, space[attribute])
            wrapped = _recorder(hole, space[attribute], bool(owner))
            _put(*originals[hole][:2], wrapped)


def _put(place, attribute, function):
    place.update({attribute: function}) if isinstance(place, dict) else setattr(place, attribute, function)


def _open(*_, **__):
    """Stands in the hole while others are asked: what calls the hole itself does not answer it."""
    raise NotImplementedError


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
    """Whether nothing trivial gives this result: no constant, and none of the arguments as it came."""
    if any(isinstance(part, str) for part in result):
        return True
    given = [np.asarray(item) for item in arguments if isinstance(item, np.ndarray) or hasattr(item, "numpy")]
    same = [g for g in given if g.size == result[0].size and np.allclose(g.ravel(), result[0].ravel())]
    return not (same and len(result) == 1) and any(len(np.unique(part.round(6))) > 2 for part in result)


def answers(package, hole):
    """Where all is in the package that answers a hole as the solution does, whatever it is called."""
    if hole not in originals:
        return []
    place, attribute, solved = originals[hole]
    calls = [call for call in asked.get(hole, []) if _agrees("", solved, *call)]  # chance cannot be compared
    _put(place, attribute, _open)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        found = sorted({where for where, function in _offers(package) if _answers(where, function, calls)})
    _put(place, attribute, solved)
    return found


def _answers(where, function, calls):
    """Whether a candidate gives the right values in a third of the calls, and in two at least if there are two."""
    right = wrong = 0
    for call in calls:
        if where in _slow or (wrong >= 2 and not right):
            return False
        try:
            agrees = _agrees(where, function, *call)
        except TimeoutError:  # the clock rang just after the answer
            agrees = False
        right, wrong = right + agrees, wrong + (not agrees)
    return right > 0 and right >= min(2, len(calls)) and 3 * right >= len(calls)


def _agrees(where, function, self, arguments, keywords, result):
    """Whether the value is the same, called as it is, with the object first, or with NumPy's arrays."""
    forms = [arguments, tuple(i.numpy() if hasattr(i, "numpy") else i for i in arguments)]
    forms += [(self, *form) for form in forms] if self is not None else []
    return any(
        _same(where, function, form, keywords, _plain(result))
        for form in forms
        if _takes(function, form, keywords)
    )


def _takes(function, arguments, keywords):
    with contextlib.suppress(TypeError, ValueError):
        inspect.signature(function).bind(*arguments, **keywords)
        return True
    return False


def _same(where, function, arguments, keywords, wanted):
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with np.errstate(all="ignore"):
            got = _plain(function(*_copied(arguments), **_copied(keywords)))
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TimeoutError:
        _slow.add(where)
        return False
    except BaseException:  # whatever a function raises that was made for something else, SystemExit included
        signal.setitimer(signal.ITIMER_REAL, 0)
        return False
    if isinstance(wanted[0], str):
        return set(wanted) <= {part for part in got if isinstance(part, str)}
    return len(got) == len(wanted) and all(
        not isinstance(g, str) and g.shape == w.shape and np.allclose(g, w, rtol=RTOL, atol=1e-6)
        for g, w in zip(got, wanted, strict=True)
    )


def _too_long(*_):
    raise TimeoutError


def _offers(package):
    """Every function of a package, methods and functions in its texts included, with where it is."""
    root = importlib.import_module(package)
    below = pkgutil.walk_packages(getattr(root, "__path__", []), f"{package}.")
    for name in [package, *(module.name for module in below if not module.name.endswith("__main__"))]:
        module = importlib.import_module(name)
        for where, value in list(vars(module).items()):
            if getattr(value, "__module__", None) == name and inspect.isclass(value):
                yield from _methods(value, f"{name}.{where}")
            elif getattr(value, "__module__", None) == name and callable(value):
                yield f"{name}.{where}", value
        yield from _written(module)


def _methods(kind, where):
    for name, value in vars(kind).items():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if inspect.isfunction(function):
            yield f"{where}.{name}", function
        elif inspect.isclass(value) and value.__qualname__.startswith(f"{kind.__qualname__}."):
            yield from _methods(value, f"{where}.{name}")


def _written(module):
    """Functions that stand in a module as text, such as those of the programs to debug."""
    known = {"np": np}
    for where, value in list(vars(module).items()):
        for text in () if where.startswith("__") else _texts(value):
            for name, function in _defined(text, known).items():
                known.setdefault(name, function)
                yield f"{module.__name__}.{where}, def {name}", function


def _texts(value, depth=3):
    if isinstance(value, str) and "def " in value:
        yield value
    elif isinstance(value, tuple | list | dict) and depth:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item, depth - 1)


def _defined(text, known):
    """The functions that a text defines; nothing else in it is run."""
    try:
        tree = ast.parse(re.sub(r"<<(\w+)>>", r"\1", text))
    except SyntaxError:
        return {}
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.decorator_list]
    names = {**known, **FILLED_IN}
    exec(compile(tree, "<text>", "exec"), names)
    return {node.name: names[node.name] for node in tree.body}
