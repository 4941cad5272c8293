"""Right variants of a right answer: each rewrites a piece of code into what another student would have written.

The reverse of `judge.suite.operators`: the meaning stays, and so must the marks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import libcst as cst
import libcst.matchers as m

_TENSORFLOW = {
    "sum": "tf.reduce_sum", "mean": "tf.reduce_mean", "max": "tf.reduce_max", "min": "tf.reduce_min", "exp": "tf.exp",
    "log": "tf.math.log", "square": "tf.square", "sqrt": "tf.sqrt", "abs": "tf.abs", "shape": "tf.shape",
    "sigmoid": "tf.sigmoid", "softplus": "tf.nn.softplus", "reshape": "tf.reshape", "ones_like": "tf.ones_like",
    "zeros_like": "tf.zeros_like", "cast": "tf.cast", "maximum": "tf.maximum", "minimum": "tf.minimum",
    "repeat": "tf.repeat", "one_hot": "tf.one_hot", "where": "tf.where", "stack": "tf.stack", "matmul": "tf.matmul",
    "logsumexp": "tf.reduce_logsumexp", "expand_dims": "tf.expand_dims", "tile": "tf.tile",
}  # fmt: skip
_WRAPPED = """import functools


def as_it_is(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


"""


class _RenameLocals(cst.CSTTransformer):
    """Every local variable of a function gets another name."""

    def __init__(self) -> None:
        self._depth = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self._depth -= 1
        if self._depth:
            return updated_node
        renamed = updated_node.visit(_Rename(_locals(original_node)))
        assert isinstance(renamed, cst.FunctionDef)
        return renamed


def _locals(function: cst.FunctionDef) -> set[str]:
    """Names that the function assigns, but for parameters and names of an outer scope."""
    targets = m.findall(function, m.AssignTarget() | m.For() | m.CompFor() | m.AsName())
    found: set[str] = set()
    for node in targets:
        target = node.name if isinstance(node, cst.AsName) else node.target  # type: ignore[attr-defined]
        found |= {name.value for name in m.findall(target, m.Name()) if isinstance(name, cst.Name)}
        found -= {n.attr.value for n in m.findall(target, m.Attribute()) if isinstance(n, cst.Attribute)}
    foreign = m.findall(function, m.Param() | m.NameItem())
    return found - {node.name.value for node in foreign} - {"self", "cls"}  # type: ignore[attr-defined]


class _Rename(cst.CSTTransformer):
    def __init__(self, names: set[str]) -> None:
        self._names = names

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if original_node.value not in self._names:
            return updated_node
        return updated_node.with_changes(value=f"my_{original_node.value}")


class _Reorder(cst.CSTTransformer):
    """Two assignments in a row that have nothing to do with each other change places."""

    def leave_IndentedBlock(
        self, original_node: cst.IndentedBlock, updated_node: cst.IndentedBlock
    ) -> cst.IndentedBlock:
        body, position = list(updated_node.body), 0
        while position + 1 < len(body):
            if _independent(body[position], body[position + 1]):
                body[position : position + 2] = reversed(body[position : position + 2])
                position += 1
            position += 1
        return updated_node.with_changes(body=body)


_MAKES = ("layers.", "keras.layers.", "ops.", "np.", "tuple", "list", "dict", "len", "int", "float")
_HAS_STATE = ("seed", "random", "tape", "tracker", "optimizer")


def _independent(one: cst.BaseStatement, two: cst.BaseStatement) -> bool:
    first, second = _effects(one), _effects(two)
    if first is None or second is None:
        return False
    (writes, reads), (other_writes, other_reads) = first, second
    return not (_meet(writes, other_reads | other_writes) or _meet(other_writes, reads))


def _meet(names: Iterable[str], others: Iterable[str]) -> bool:
    return any(f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.") for a in names for b in others)


def _effects(statement: cst.BaseStatement) -> tuple[set[str], set[str]] | None:
    """What an assignment writes and reads, as dotted names; None if it may do more than that."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[target], value=value)]):
            pass
        case _:
            return None
    called = {_code(node.func) for node in m.findall(value, m.Call()) if isinstance(node, cst.Call)}
    text = _code(value)
    if any(not name.startswith(_MAKES) for name in called) or any(word in text for word in _HAS_STATE):
        return None
    return _dotted(target.target), _dotted(value)


def _dotted(node: cst.CSTNode) -> set[str]:
    """The longest dotted names in an expression."""
    found = {_code(n) for n in m.findall(node, m.Attribute(value=m.Name() | m.Attribute()) | m.Name())}
    return {name for name in found if not any(other.startswith(f"{name}.") for other in found)}


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


class _Calls(cst.CSTTransformer):
    """Replaces calls, from inside out."""

    def __init__(self, change: Callable[[cst.Call], cst.BaseExpression]) -> None:
        self._change = change

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        return self._change(updated_node)


def _in_tensorflow(call: cst.Call) -> cst.BaseExpression:
    match call.func:
        case cst.Attribute(value=cst.Name(value="ops"), attr=cst.Name(value=name)) if name in _TENSORFLOW:
            return call.with_changes(func=cst.parse_expression(_TENSORFLOW[name]))
    return call


def _without_square(call: cst.Call) -> cst.BaseExpression:
    match call:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="square")), args=[cst.Arg(value=value, keyword=None)]):
            return cst.parse_expression(f"(({_code(value)}) ** 2)")
    return call


class _NameLayers(cst.CSTTransformer):
    """Every layer that has no name gets one."""

    def __init__(self) -> None:
        self._count = 0

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if not _code(updated_node.func).startswith(("layers.", "keras.layers.")):
            return updated_node
        if any(a.star or (a.keyword is not None and a.keyword.value == "name") for a in updated_node.args):
            return updated_node
        self._count += 1
        name = cst.Arg(cst.SimpleString(f'"own_{self._count}"'), keyword=cst.Name("name"))
        return updated_node.with_changes(args=[*updated_node.args, name])


class _Returns(cst.CSTTransformer):
    """Changes what is returned."""

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        match updated_node.body:
            case [cst.Return(value=cst.BaseExpression() as value)]:
                lines = self._change(_code(value))
                return cst.FlattenSentinel(cst.parse_module(lines).body) if lines else updated_node
        return updated_node


def _by_a_name(value: str) -> str:
    return f"what_comes_back = {value if not value.startswith('*') else f'({value})'}\nreturn what_comes_back\n"


def _in_double_precision(value: str) -> str:
    if not value.startswith(("ops.sum(", "ops.mean(", "-0.5 * ops.", "0.5 * ops.")):
        return ""
    return f'exact = {value}\nreturn ops.cast(ops.cast(exact, "float64"), exact.dtype)\n'


class _Decorate(cst.CSTTransformer):
    """Every function is wrapped by a decorator that changes nothing; Keras reads the names in __init__'s own head."""

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        decorators: Sequence[cst.Decorator] = updated_node.decorators
        if updated_node.name.value == "__init__" or any(".setter" in _code(d.decorator) for d in decorators):
            return updated_node
        return updated_node.with_changes(decorators=[*decorators, cst.Decorator(cst.Name("as_it_is"))])


class _Halves(cst.CSTTransformer):
    """`0.5 * x` is written as `x / 2.0`."""

    def leave_BinaryOperation(
        self, original_node: cst.BinaryOperation, updated_node: cst.BinaryOperation
    ) -> cst.BaseExpression:
        match updated_node:
            case cst.BinaryOperation(left=cst.Float(value="0.5"), operator=cst.Multiply(), right=right):
                return cst.parse_expression(f"(({_code(right)}) / 2.0)")
        return updated_node


def _by(make: Callable[[], cst.CSTTransformer], first: str = "") -> Callable[[str], str]:
    def rewrite(text: str) -> str:
        changed = cst.parse_module(text).visit(make()).code
        return text if changed == text else first + changed

    return rewrite


REWRITES: dict[str, Callable[[str], str]] = {
    "other names for locals": _by(_RenameLocals),
    "independent statements reordered": _by(_Reorder),
    "tf for ops": _by(lambda: _Calls(_in_tensorflow), "import tensorflow as tf\n"),
    "powers for squares": _by(lambda: _Calls(_without_square)),
    "halves divided": _by(_Halves),
    "double precision": _by(lambda: _Returns(_in_double_precision)),
    "results named": _by(lambda: _Returns(_by_a_name)),
    "layers named": _by(_NameLayers),
    "functions decorated": _by(_Decorate, _WRAPPED),
}
