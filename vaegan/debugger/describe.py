"""Values, frames and breakpoints as plain data, short enough to be kept and shown."""

import linecache
from types import ModuleType

import numpy as np

MAX_TEXT = 600  # characters kept of a value
MAX_LOCALS = 12


def describe(value, limit=MAX_TEXT):
    """A value as short text: arrays of more than eight entries by their shape, type and range."""
    if isinstance(value, np.ndarray) and value.size > 8 and limit < MAX_TEXT:
        return _range(value)[:limit]
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, threshold=40, edgeitems=2):
            text = f"{_range(value)}: {' '.join(str(value).split())}"
    elif isinstance(value, np.generic):
        return describe(value.item(), limit)
    elif isinstance(value, tuple) and limit == MAX_TEXT:
        text = f"({', '.join(describe(item, 200) for item in value[:8])})"
    elif isinstance(value, dict | list | tuple):
        text = f"{type(value).__name__} of {len(value)}"
    elif isinstance(value, bool | int | str | None):
        text = repr(value)
    else:
        text = f"{value:.6g}" if isinstance(value, float) else type(value).__name__
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _range(array):
    shape = "x".join(str(size) for size in array.shape) or "scalar"
    if array.dtype.kind not in "biuf" or not array.size:
        return f"{shape} {array.dtype}"
    finite = array[np.isfinite(array)]
    odd = array.size - finite.size
    span = f"{finite.min():.4g} to {finite.max():.4g}" if finite.size else "no finite entry"
    return f"{shape} {array.dtype}, {span}" + (f", {odd} not finite" if odd else "")


def describe_frame(frame, line):
    """A frame as a dict: function, line, its text, and the local variables as short texts."""
    values = {
        name: describe(value, 60)
        for name, value in list(frame.f_locals.items())[-MAX_LOCALS:]
        if not name.startswith("__") and not callable(value) and not isinstance(value, ModuleType)
    }
    return {
        "function": frame.f_code.co_name,
        "line": line,
        "text": linecache.getline(frame.f_code.co_filename, line).strip(),
        "locals": values if frame.f_code.co_name != "<module>" else {},
    }


def describe_breakpoint(bp):
    """A breakpoint as a dict: number, line, function, condition, temporary, hits."""
    return {
        "number": bp.number,
        "line": bp.line,
        "function": bp.funcname or "",
        "condition": bp.cond or "",
        "temporary": bool(bp.temporary),
        "hits": bp.hits,
    }
