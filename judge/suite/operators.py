"""Automatic mutations of a piece of code: each is one small slip, written with libcst.

Of any language: operators, constants, flags, dropped statements, arguments, terms and calls, swapped arguments, items.
Of this field: reductions, axes, config keys (an argument that is dropped), train and inference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

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


Slips = Iterator[tuple[str, cst.CSTNode]]  # what was done, and what stands there instead


def _slips(node: cst.CSTNode) -> Slips:
    of_kind = _OF_KIND.get(type(node))
    return of_kind(node) if of_kind else iter(())


def _of_binary(node: cst.BinaryOperation) -> Slips:
    yield "drop the right operand", node.left
    yield "drop the left operand", node.right
    yield from _other_operator(node, "another operator")


def _of_unary(node: cst.UnaryOperation) -> Slips:
    sign = {cst.Minus: "minus", cst.Not: "not"}.get(type(node.operator))
    if sign:
        yield f"drop the {sign}", node.expression


def _of_comparison(node: cst.ComparisonTarget) -> Slips:
    yield from _other_operator(node, "another comparison")


def _other_operator(node: cst.BinaryOperation | cst.ComparisonTarget, what: str) -> Slips:
    if other := _OTHER_OPERATOR.get(type(node.operator)):
        yield what, node.with_changes(operator=other())


def _of_number(node: cst.Integer | cst.Float) -> Slips:
    yield "another number", cst.parse_expression(_other_number(node.value))


def _of_name(node: cst.Name) -> Slips:
    if other := _OTHER_NAME.get(node.value):
        yield f"{other} for {node.value}", node.with_changes(value=other)


def _of_text(node: cst.SimpleString) -> Slips:
    if other := _OTHER_NAME.get(node.value.strip("\"'")):
        yield "another name in a text", cst.SimpleString(repr(other))


def _of_tuple(node: cst.Tuple) -> Slips:
    values = [item.value for item in node.elements]
    if len(values) > 1:
        swapped = [cst.Element(values[1]), cst.Element(values[0]), *map(cst.Element, values[2:])]
        yield "swap the first two items", node.with_changes(elements=swapped)
    if len(values) > 2:
        yield "drop the last item", node.with_changes(elements=[cst.Element(v) for v in values[:-1]])


def _of_line(node: cst.SimpleStatementLine) -> Slips:
    match node.body:
        case [cst.Expr(value=cst.Call()) | cst.Assign()]:
            yield "drop the statement", cst.parse_statement("pass\n")


def _of_call(node: cst.Call) -> Slips:
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


_OF_KIND: dict[type[cst.CSTNode], Callable[[Any], Slips]] = {
    cst.BinaryOperation: _of_binary, cst.UnaryOperation: _of_unary, cst.ComparisonTarget: _of_comparison,
    cst.Integer: _of_number, cst.Float: _of_number, cst.Name: _of_name, cst.SimpleString: _of_text,
    cst.Call: _of_call, cst.Tuple: _of_tuple, cst.SimpleStatementLine: _of_line,
}  # fmt: skip
