"""Condition text back to a condition: a closed subset of Python, never evaluated (C5)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from privflow.conditions.condition import Condition
from privflow.conditions.surface import (
    Events,
    Operand,
    TagOperand,
    attr,
    bucket,
    event,
    now,
    prop,
    tag,
)
from privflow.errors import ConditionSyntaxError, PrivflowError, did_you_mean
from privflow.timing import aligned, calendar, instant, rolling

MOST_CHARACTERS = 100_000

_NAMES: dict[str, object] = {"attr": attr, "prop": prop, "now": now}
_FUNCTIONS: dict[str, Callable[..., object]] = {
    "Decimal": Decimal,
    "aligned": aligned,
    "bucket": bucket,
    "calendar": calendar,
    "date": date,
    "event": event,
    "instant": instant,
    "rolling": rolling,
    "tag": tag,
}
_METHODS: dict[type, tuple[str, ...]] = {
    Operand: (
        "between",
        "contains",
        "contains_all",
        "contains_any",
        "ends_with",
        "fill",
        "is_in",
        "is_missing",
        "starts_with",
    ),
    TagOperand: ("any_of", "at_least", "at_most", "has", "none_of"),
    Events: (
        "at_least",
        "count",
        "distinct",
        "exists",
        "first",
        "in_",
        "last",
        "max",
        "mean",
        "min",
        "since_entry",
        "since_stage",
        "sum",
        "where",
        "within",
    ),
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
}


def parse(text: str) -> Condition:
    """The condition that a text describes; nothing in it is evaluated or imported.

    Raises:
        ConditionSyntaxError: it is no condition; says line and column.
        ConditionError: an operand cannot be used so, or it is nested too deep.

    >>> parse("(attr.age > 40) & ~event('complaint').exists()")
    (attr.age > 40) & ~event('complaint').exists()
    """
    if not isinstance(text, str):
        raise ConditionSyntaxError(repr(text)[:80], "got no text", 1, 1)
    if len(text) > MOST_CHARACTERS:
        problem = f"has {len(text)} characters, at most {MOST_CHARACTERS} are read"
        raise ConditionSyntaxError(text[:80], problem, 1, 1)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        place = (error.lineno or 1, max(1, error.offset or 1))
        raise ConditionSyntaxError(text, error.msg, *place) from None
    except (RecursionError, MemoryError, ValueError):
        raise ConditionSyntaxError(text, "cannot be read", 1, 1) from None
    reader = _Reader(text.strip())
    try:
        found = reader.read(tree.body)
    except RecursionError:
        raise reader.problem(tree.body, "is nested too deep") from None
    if not isinstance(found, Condition):
        raise reader.problem(tree.body, "is no condition: compare it with something")
    return found


class _Reader:
    """Reads one text; every problem knows its place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def problem(self, node: ast.expr, what: str) -> ConditionSyntaxError:
        line = (self.text.splitlines() or [""])[node.lineno - 1].encode()
        column = len(line[: node.col_offset].decode("utf-8", "replace")) + 1
        return ConditionSyntaxError(self.text, what, node.lineno, column)

    def read(self, node: ast.expr) -> object:
        match node:
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as joint, right):
                first, second = self._condition(left), self._condition(right)
                return first & second if isinstance(joint, ast.BitAnd) else first | second
            case ast.UnaryOp(ast.Invert(), part):
                return ~self._condition(part)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as number)):
                return -number
            case ast.Compare(left, [operator], [right]):
                return self._compared(node, left, operator, right)
            case ast.Call():
                return self._called(node)
            case ast.Attribute(ast.Name(space), name) if space in _NAMES:
                return self._attempt(node, getattr, _NAMES[space], name)
            case ast.Subscript(ast.Name("attr" | "prop" as space), ast.Constant(str() as name)):
                return attr[name] if space == "attr" else prop[name]
            case ast.List(parts) | ast.Tuple(parts):
                return [self.read(part) for part in parts]
            case ast.Constant(str() | int() | float() | bool() as value):
                return value
            case ast.Name(name):
                known = (*_NAMES, *_FUNCTIONS)
                raise self.problem(
                    node, f"unknown name {name!r}: {did_you_mean(name, known)}"
                )
            case _:
                raise self.problem(node, f"{type(node).__name__} is not part of a condition")

    def _condition(self, node: ast.expr) -> Condition:
        found = self.read(node)
        if not isinstance(found, Condition):
            raise self.problem(node, "is no condition: put comparisons in parentheses")
        return found

    def _compared(
        self, node: ast.expr, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> object:
        operand = self.read(left)
        if not isinstance(operand, Operand) or type(operator) not in _COMPARISONS:
            raise self.problem(node, "cannot be compared like this")
        method = getattr(operand, _COMPARISONS[type(operator)])
        return self._attempt(node, method, self.read(right))

    def _called(self, node: ast.Call) -> object:
        arguments = [self.read(argument) for argument in node.args]
        options = {
            option.arg: self.read(option.value) for option in node.keywords if option.arg
        }
        if len(options) != len(node.keywords):
            raise self.problem(node, "** is not part of a condition")
        return self._attempt(node, self._function(node.func), *arguments, **options)

    def _function(self, node: ast.expr) -> Callable[..., object]:
        match node:
            case ast.Name(name) if name in _FUNCTIONS:
                return _FUNCTIONS[name]
            case ast.Name(name):
                hint = did_you_mean(name, tuple(_FUNCTIONS))
                raise self.problem(node, f"unknown function {name!r}: {hint}")
            case ast.Attribute(value, name):
                owner = self.read(value)
                known = _METHODS.get(type(owner), ())
                if name in known:
                    method: Callable[..., object] = getattr(owner, name)
                    return method
                hint = did_you_mean(name, known)
                raise self.problem(node, f"unknown method {name!r}: {hint}")
            case _:
                raise self.problem(node, "cannot be called")

    def _attempt(
        self, node: ast.expr, function: Callable[..., object], *given: object, **options: object
    ) -> object:
        try:
            return function(*given, **options)
        except PrivflowError:
            raise
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise self.problem(node, str(error)) from None
