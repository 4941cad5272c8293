"""Which expressions a session may evaluate: those that look at values and change nothing.

This is what keeps a replayed session from running code of its own, so it lists what is taken and refuses
the rest.
"""

import ast
from collections.abc import Iterator

_FUNCTIONS = set("abs all any bool finite_mean float int len max min round sorted sum type".split())
_METHODS = set(
    "absolute abs all any amax amin argmax argmin argsort argwhere astype bincount ceil copy count_nonzero cumsum "
    "diff dot exp flatnonzero floor isfinite isinf isnan item items keys log max maximum mean median min minimum "
    "nan_to_num nanargmax nanargmin nanmax nanmean nanmin nansum ndim nonzero norm percentile prod ptp quantile "
    "ravel reshape round shape sign size sqrt square squeeze std sum tolist unique values var where".split()
)
_ONE_ARGUMENT = set(
    "absolute abs ceil exp floor isfinite isinf isnan log nan_to_num sign sqrt square".split()
)  # a 2nd is `out`, or `copy`
_KEYWORDS = set("axis ddof decimals keepdims minlength nan ndigits neginf ord posinf return_counts reverse".split())
_PLAIN = (
    ast.Expression, ast.Name, ast.Load, ast.Subscript, ast.Slice, ast.Tuple, ast.Compare, ast.BoolOp, ast.BinOp,
    ast.UnaryOp, ast.IfExp, ast.keyword, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
)  # fmt: skip
_OPERATORS_REFUSED = (ast.LShift, ast.RShift, ast.MatMult)


class ScriptError(ValueError):
    """A session that is not replayed; the message says which line, why, and what to write instead."""


def names_in(expression):
    """The names an expression looks up, e.g. {"np", "std"}; empty if it is not Python."""
    try:
        nodes = ast.walk(ast.parse(expression.strip(), mode="eval"))
    except (SyntaxError, ValueError):
        return set()
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def used_up_by(expression, global_names, local_names):
    """What an expression would use up where it is evaluated, or "": an iterator gives each item once.

    Naming one alone is harmless, and shows what kind of thing it is.
    """
    tree = ast.parse(expression.strip(), mode="eval").body
    if isinstance(tree, ast.Name | ast.Attribute):
        return ""
    places = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)]
    for node in reversed(places):  # the inner ones first: those around them may use them up
        try:
            value = eval(compile(ast.Expression(node), "session", "eval"), global_names, local_names)
        except Exception:  # it says so itself when the whole expression is evaluated
            continue
        if isinstance(value, Iterator):
            return ast.unparse(node)
    return ""


def check_expression(expression, where="The expression"):
    """Refuse an expression that could do more than look.

    Args:
        expression: str, a condition or what is to be printed.
        where: how messages name it.

    Raises:
        ScriptError: if it is no Python expression or has a part that is not taken.
    """
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = getattr(error, "msg", None) or "it cannot be read"
        raise ScriptError(f"{where}: {expression[:60]!r} is no Python expression ({reason}).") from None
    for node in ast.walk(tree):
        refused = _why_refused(node)
        if refused:
            raise ScriptError(f"{where}: {refused}.")


def _why_refused(node):
    """Why this part of an expression is not taken, or ""."""
    if isinstance(node, _OPERATORS_REFUSED):
        return "the operators <<, >> and @ are not needed to look at things"
    if isinstance(node, ast.Name) and node.id.startswith("__"):
        return f"names with double underscores, `{node.id}`, are not taken"
    if isinstance(node, ast.Attribute):
        return f"the attribute `.{node.attr}` begins with an underscore" if node.attr.startswith("_") else ""
    if isinstance(node, ast.Call):
        return _why_call_refused(node)
    if isinstance(node, ast.Constant):
        plain = node.value is None or isinstance(node.value, bool | int | float)
        return "" if plain else "a text in quotes is of no use here; print a variable"
    if isinstance(node, ast.BinOp):
        return _why_arithmetic_refused(node)
    if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
        return "a loop in brackets is not taken; NumPy compares whole arrays: `(std > 50).any()`"
    return "" if isinstance(node, _PLAIN) else f"`{type(node).__name__}` is not taken in a session"


def _why_call_refused(node):
    function = node.func
    strange = [keyword.arg for keyword in node.keywords if keyword.arg not in _KEYWORDS]
    if strange:  # `out` would write into an array, `key` would call a function
        return f"the argument `{strange[0] or '**'}` is not taken in a session"
    if isinstance(function, ast.Name) and function.id in _FUNCTIONS:
        return ""
    if isinstance(function, ast.Attribute) and function.attr in _METHODS:
        return _why_arguments_refused(node, function)
    name = ast.unparse(function)[:40]
    return (
        f"`{name}(...)` may not be called in a session. What may: {', '.join(sorted(_FUNCTIONS))}, and NumPy's "
        "functions and methods that look without changing (max, any, isfinite, shape, ...)"
    )


def _why_arguments_refused(node, function):
    """NumPy writes into what is given as `out`, by name or as one argument more than usual."""
    of_numpy = isinstance(function.value, ast.Name) and function.value.id in ("np", "numpy")
    most = 1 if function.attr in _ONE_ARGUMENT or not of_numpy else 3 if function.attr == "where" else 2
    most = 9 if function.attr == "reshape" else most
    if len(node.args) > most:
        return f"`{function.attr}` takes at most {most} arguments here: NumPy would write into another"
    return ""


def _why_arithmetic_refused(node):
    sides = (node.left, node.right)
    if any(isinstance(side, ast.Tuple) for side in sides):
        return "arithmetic with a list in brackets is not taken"
    if isinstance(node.op, ast.Pow):
        small = isinstance(node.right, ast.Constant) and node.right.value in (2, 3, 0.5)
        nested = any(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Pow) for part in ast.walk(node.left))
        return "" if small and not nested else "a power may be **2, **3 or **0.5, of a plain value"
    return ""
