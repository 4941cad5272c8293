"""Does a function change what it is given? Its arguments are compared with what they were before the call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


class InputChanged(Exception):
    """A function changed one of its arguments in place."""


def call_and_compare(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What the function returns.

    Raises:
        InputChanged: if a list, dict, array or variable among the arguments is another one afterwards.
    """
    before = [(argument, _copy(argument)) for argument in (*args, *kwargs.values())]
    value = function(*args, **kwargs)
    for position, (argument, copy) in enumerate(before):
        if not _same(copy, argument):
            name = [*_names(function, len(args)), *kwargs][position]
            raise InputChanged(
                f"changes its input {name}, which its caller goes on using: work on a copy, and return what is new."
            )
    return value


def _names(function: Callable[..., Any], count: int) -> list[str]:
    """What the function calls its positional arguments, as far as it says."""
    try:
        named = list(inspect.signature(function).parameters)[:count]
    except (TypeError, ValueError):
        named = []
    return named + [str(position + 1) for position in range(len(named), count)]


def _copy(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_copy(item) for item in value]
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return np.asarray(value).copy() if _is_array(value) else value


def _same(before: Any, now: Any) -> bool:
    if isinstance(now, list | tuple):
        return isinstance(before, list) and len(before) == len(now) and all(map(_same, before, now))
    if isinstance(now, dict):
        return isinstance(before, dict) and before.keys() == now.keys() and all(_same(before[k], now[k]) for k in now)
    if isinstance(before, np.ndarray):
        found = np.asarray(now)
        equal_nan = found.dtype.kind == "f"
        return found.dtype == before.dtype and np.array_equal(before, found, equal_nan=equal_nan)
    return now is before or bool(now == before)


def _is_array(value: Any) -> bool:
    """An array, a tensor or a variable, of numbers."""
    return all(hasattr(value, name) for name in ("__array__", "dtype", "shape"))
