"""Automatic mutations of a piece of code: each is one small slip, written with libcst.

Of any language: operators, constants, flags, dropped statements, arguments, terms and calls, swapped arguments, items.
Of this field: reductions, axes, config keys (an argument that is dropped), train and inference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

_OTHER_OPERATOR: dict[type[cst.CSTNode], type[cst.CSTNode]] = {
    cst.Add: cst.Subtract, cst.Subtract: cst.Add, cst.Multiply: cst.Divide, cst.Divide: cst.Multiply,
    cst.LessThan: cst.GreaterThanEqual, cst.GreaterThan: cst.LessThanEqual, cst.Equal: cst.NotEqual,
    cst.And: cst.Or, cst.Or: cst.And,
}  # fmt: skip
_OTHER_NAME = {
    "sum": "mean", "mean": "sum", "exp": "log", "True": "False", "False": "True", "ones": "zeros", "zeros": "ones",
    "normal": "uniform", "minimum": "maximum", "maximum": "minimum", "ones_like": "zeros_like",
    "zeros_like": "ones_like", "sigmoid": "tanh", "relu": "linear", "softplus": "relu",
}  # fmt: skip


@dataclass(frozen=True)
class Mutation:
    """One small slip: what it does, in which line (from 1), and the whole text with it."""

    what: str
    line: int
    text: str


def mutations(source: str, lines: Sequence[range]) -> Iterator[Mutation]:
    """Every mutation of the given lines, no text twice."""
    module = cst.parse_module(source)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions = wrapper.resolve(PositionProvider)
    seen = {source}
    for node, position in positions.items():
        line = position.start.line
        if not isinstance(node, cst.CSTNode) or not any(line in wanted for wanted in lines):
            continue
        for what, other in _slips(node):
            text = _with(module, node, other)
            if text not in seen:
                seen.add(text)
                yield Mutation(what, line, text)


def _with(module: cst.Module, node: cst.CSTNode, other: cst.CSTNode) -> str:
    changed = module.deep_replace(node, other)
    assert isinstance(changed, cst.Module)
    return changed.code


def _slips(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    match node:
        case cst.BinaryOperation():
            yield "drop the right operand", node.left
            yield "drop the left operand", node.right
            if other := _OTHER_OPERATOR.get(type(node.operator)):
                yield "another operator", node.with_changes(operator=other())
        case cst.UnaryOperation(operator=cst.Minus()):
            yield "drop the minus", node.expression
        case cst.UnaryOperation(operator=cst.Not()):
            yield "drop the not", node.expression
        case cst.ComparisonTarget():
            if other := _OTHER_OPERATOR.get(type(node.operator)):
                yield "another comparison", node.with_changes(operator=other())
        case cst.Integer() | cst.Float():
            yield "another number", cst.parse_expression(_other_number(node.value))
        case cst.Name(value=name) if name in _OTHER_NAME:
            yield f"{_OTHER_NAME[name]} for {name}", node.with_changes(value=_OTHER_NAME[name])
        case cst.SimpleString() if _OTHER_NAME.get(node.value.strip("\"'")):
            yield "another name in a text", cst.SimpleString(repr(_OTHER_NAME[node.value.strip("\"'")]))
        case cst.Call():
            yield from _of_call(node)
        case cst.Tuple(elements=items) if len(items) > 1:
            values = [item.value for item in items]
            swapped = [cst.Element(values[1]), cst.Element(values[0]), *map(cst.Element, values[2:])]
            yield "swap the first two items", node.with_changes(elements=swapped)
            if len(items) > 2:
                yield "drop the last item", node.with_changes(elements=[cst.Element(v) for v in values[:-1]])
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call()) | cst.Assign()]):
            yield "drop the statement", cst.parse_statement("pass\n")


def _of_call(node: cst.Call) -> Iterator[tuple[str, cst.CSTNode]]:
    plain = [a for a in node.args if a.keyword is None and not a.star]
    for position, argument in enumerate(node.args):
        if argument.keyword is not None:
            rest = [a.with_changes(comma=cst.MaybeSentinel.DEFAULT) for a in node.args if a is not argument]
            yield f"drop the argument {argument.keyword.value}", node.with_changes(args=rest)
        if argument.keyword is not None and argument.keyword.value == "axis":
            first = argument.with_changes(value=cst.Integer("0"))
            args = [*node.args[:position], first, *node.args[position + 1 :]]
            yield "axis 0", node.with_changes(args=args)
    if len(plain) >= 2 and node.args[0] is plain[0] and node.args[1] is plain[1]:
        one, two = plain[0].value, plain[1].value
        args = [plain[0].with_changes(value=two), plain[1].with_changes(value=one), *node.args[2:]]
        yield "swap the first two arguments", node.with_changes(args=args)
    if plain:
        yield "drop the call", plain[0].value


def _other_number(text: str) -> str:
    return "0" if float(text) == 1 else "1" if float(text) == 0 else f"{2 * float(text):g}"
