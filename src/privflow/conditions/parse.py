"""Condition text back to a condition: a subset of Python, never evaluated (C5)."""

from __future__ import annotations

import ast
from collections.abc import Callable
from difflib import get_close_matches
from typing import get_args

from privflow.conditions.condition import Condition
from privflow.conditions.node import conjoined, disjoined
from privflow.conditions.operand import Operand
from privflow.conditions.script import Script
from privflow.conditions.surface import attr, now, prop
from privflow.conditions.term import LocalPart
from privflow.conditions.vocabulary import FUNCTIONS, METHODS
from privflow.errors import PrivflowError, brief, did_you_mean

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
}
_MOST_TOLD = 200
_NOTHING = "nothing can be compared with None: write .is_missing()"
_NAMES = ("attr", "now", "prop", *FUNCTIONS)
_ELSEWHERE = {
    "true": "write True",
    "false": "write False",
    "null": "ask .is_missing() instead",
    "nil": "ask .is_missing() instead",
}
"""Names of other languages, folded."""
_INSTEAD: dict[type[ast.AST], str] = {
    ast.And: "write & instead of and, with each comparison in parentheses",
    ast.Or: "write | instead of or, with each comparison in parentheses",
    ast.Not: "write ~ instead of not",
    ast.In: "write .is_in([...]) instead of in",
    ast.NotIn: "write ~ and .is_in([...]) instead of not in",
    ast.Is: "write == instead of is",
    ast.IsNot: "write != instead of is not",
}


def _of_chain(parts: list[ast.expr]) -> str:
    """What to write instead of `a < b < c`, or of `a == 1 & b == 2`."""
    if any(isinstance(part, ast.BinOp) for part in parts):
        return "put each comparison beside & or | in parentheses"
    return "write a < b < c as (a < b) & (b < c), or with .between(low, high)"


def _meant(name: str) -> str:
    """What to write instead of a bare name: a word of conditions, or an attribute."""
    said = _ELSEWHERE.get(name.casefold())
    if said is None and get_close_matches(name, _NAMES):
        return did_you_mean(name, _NAMES)
    return said or f"an attribute is attr.{name}"


def parse(text: str) -> Condition:
    """The condition that a text describes; nothing in it is evaluated or imported.

    Raises:
        ConditionSyntaxError: it is no condition; says line and column.
        ConditionError: an operand cannot be used so, or it is nested too deep.

    >>> parse("(attr.age > 40) & ~event('complaint').exists()")
    (attr.age > 40) & ~event('complaint').exists()
    """
    script = Script(text)
    reader = _Reader(script)
    try:
        return reader.condition(script.tree)
    except RecursionError:
        raise script.problem(script.tree, "is nested too deep") from None


class _Reader:
    """Reads one text; every problem knows its place, those of operands as a note."""

    def __init__(self, script: Script) -> None:
        self._script, self.problem = script, script.problem

    def condition(self, node: ast.expr) -> Condition:
        found = self._read(node)
        if not isinstance(found, Condition):
            what = "is no condition: compare it, and put comparisons in parentheses"
            raise self.problem(node, what)
        return found

    def _read(self, node: ast.expr) -> object:
        match node:
            case ast.BinOp(_, ast.BitAnd() | ast.BitOr()):
                return self._joined(node)
            case ast.UnaryOp(ast.Invert(), part):
                return ~self.condition(part)
            case ast.Compare(left, [operator], [right]):
                return self._compared(node, left, operator, right)
            case ast.Compare(comparators=[*_, _] as parts):
                raise self.problem(node, _of_chain(parts))
            case ast.Call():
                return self._called(node)
            case ast.Attribute() | ast.Subscript() | ast.Name():
                return self._named(node)
            case _:
                return self._value(node)

    def _joined(self, node: ast.BinOp) -> Condition:
        """A chain of one operator, which Python nests to the left: read in a loop."""
        joint, rights, left = type(node.op), [node.right], node.left
        while isinstance(left, ast.BinOp) and isinstance(left.op, joint):
            rights.append(left.right)
            left = left.left
        nodes = [self.condition(part).node for part in (left, *reversed(rights))]
        return Condition((conjoined if joint is ast.BitAnd else disjoined)(*nodes))

    def _compared(
        self, node: ast.expr, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> object:
        operand = self._read(left)
        if not isinstance(operand, Operand) or type(operator) not in _COMPARISONS:
            what = "cannot be compared like this: write attr.name == value"
            is_nothing = isinstance(right, ast.Constant) and right.value is None
            instead = _NOTHING if is_nothing else _INSTEAD.get(type(operator), what)
            raise self.problem(node, instead)
        method = getattr(operand, _COMPARISONS[type(operator)])
        return self._attempt(right, method, self._read(right))

    def _named(self, node: ast.Attribute | ast.Subscript | ast.Name) -> object:
        match node:
            case ast.Subscript(ast.Name("attr" | "prop" as space), ast.Constant(name)):
                names = attr if space == "attr" else prop
                return self._attempt(node, names.__getitem__, name)
            case ast.Attribute(ast.Name("attr" | "prop" as space), name):
                if name.startswith("_"):
                    raise self.problem(node, f"write {space}[{brief(name)}]")
                return attr[name] if space == "attr" else prop[name]
            case ast.Attribute(value, name) if not isinstance(value, ast.Name):
                raise self._unheard(node, self._read(value), name)
            case ast.Attribute(ast.Name("now"), name):
                if name not in get_args(LocalPart):
                    hint = did_you_mean(name, get_args(LocalPart))
                    raise self.problem(node, f"now has no {brief(name)}: {hint}")
                return getattr(now, name)
            case ast.Name(name) if name not in _NAMES:
                hint = _meant(name)
                raise self.problem(node, f"unknown name {brief(name)}: {hint}")
            case _:
                raise self.problem(node, "is not part of a condition by itself")

    def _value(self, node: ast.expr) -> object:
        match node:
            case ast.Constant(str() | int() | float() as value):
                return value
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as number)):
                return -number
            case ast.List(parts) | ast.Tuple(parts):
                return [self._read(part) for part in parts]
            case ast.Constant(None):
                raise self.problem(node, _NOTHING)
            case ast.BoolOp(joint) | ast.UnaryOp(joint) if type(joint) in _INSTEAD:
                raise self.problem(node, _INSTEAD[type(joint)])
            case _:
                what = f"{self._script.quoted(node)} is not part of a condition"
                raise self.problem(node, what)

    def _unheard(self, node: ast.Attribute, owner: object, name: str) -> PrivflowError:
        """What follows a point, and is neither called nor known."""
        known = METHODS.get(type(owner), ())
        if name in known:
            return self._script.problem_at_name(node, f"write .{name}() to ask it")
        hint = did_you_mean(name, known)
        return self._script.problem_at_name(
            node, f"unknown method {brief(name)}: {hint}"
        )

    def _called(self, node: ast.Call) -> object:
        arguments = [self._read(argument) for argument in node.args]
        options = {
            option.arg: self._read(option.value)
            for option in node.keywords
            if option.arg
        }
        if len(options) != len(node.keywords):
            raise self.problem(node, "** is not part of a condition")
        return self._attempt(node, self._function(node.func), *arguments, **options)

    def _function(self, node: ast.expr) -> Callable[..., object]:
        match node:
            case ast.Name(name) if name in FUNCTIONS:
                return FUNCTIONS[name]
            case ast.Name(name):
                hint = did_you_mean(name, tuple(FUNCTIONS))
                raise self.problem(node, f"unknown function {brief(name)}: {hint}")
            case ast.Attribute(ast.Name("attr" | "prop" | "now"), _):
                raise self.problem(node, "cannot be called")
            case ast.Attribute(value, name):
                owner = self._read(value)
                known = METHODS.get(type(owner), ())
                if name in known:
                    method: Callable[..., object] = getattr(owner, name)
                    return method
                raise self._unheard(node, owner, name)
            case _:
                raise self.problem(node, "cannot be called")

    def _attempt(
        self,
        node: ast.expr,
        function: Callable[..., object],
        /,
        *given: object,
        **options: object,
    ) -> object:
        try:
            return function(*given, **options)
        except PrivflowError as error:
            if not error.path:
                self._script.place(error, node)
            raise
        except (TypeError, ValueError, ArithmeticError) as error:
            what = f"{type(error).__name__}: {str(error)[:_MOST_TOLD]}"
            raise self._script.problem_at_name(node, what) from None
