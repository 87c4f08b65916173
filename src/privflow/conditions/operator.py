"""The tests of one value against one argument: a table, and what each one means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import frozen

from privflow.conditions.truth import UNKNOWN, Truth
from privflow.errors import ConditionTypeError
from privflow.facts import Scalar, Value
from privflow.timing import Instant

_FAMILIES: dict[type, str] = {
    str: "text",
    bool: "bool",
    int: "number",
    float: "number",
    Decimal: "number",
    date: "date",
    Instant: "instant",
    tuple: "list",
}


def family(value: object) -> str:
    """The family of types that a value can be compared within (C3)."""
    return _FAMILIES.get(value.__class__, "nothing")


@frozen
class Operator:
    """One test: which values it accepts for an argument, and when it holds.

    Args:
        accepts: whether a value of a family can be tested against the argument; where
            not, the answer is UNKNOWN.
        holds: the test itself, for accepted values only.
        sentence: how an operator of the brand reads it, with `{0}` and `{1}`.
        wants: what the argument must be, for the error; checked by `fits`.
    """

    name: str
    accepts: Callable[[str, Any], bool]
    holds: Callable[[Any, Any], bool]
    sentence: str
    wants: str
    fits: Callable[[Any], bool]


def _same(kind: str, argument: object) -> bool:
    return kind == family(argument)


def _same_as_each(kind: str, argument: tuple[Scalar, ...]) -> bool:
    return any(kind == family(part) for part in argument)


def _same_as_bounds(kind: str, argument: tuple[Scalar, ...]) -> bool:
    return kind == family(argument[0])


def _searchable(kind: str, argument: object) -> bool:
    return kind == "list" or (kind == "text" and isinstance(argument, str))


def _searchable_for_each(kind: str, argument: tuple[Scalar, ...]) -> bool:
    return all(_searchable(kind, part) for part in argument)


def _is_text(kind: str, _: object) -> bool:
    return kind == "text"


def _orderable(argument: object) -> bool:
    return family(argument) in {"number", "text", "date", "instant"}


def _is_scalars(argument: object) -> bool:
    return (
        isinstance(argument, tuple)
        and len(argument) > 0
        and all(family(part) not in {"nothing", "list"} for part in argument)
    )


def _is_bounds(argument: object) -> bool:
    return (
        isinstance(argument, tuple)
        and len(argument) == 2  # noqa: PLR2004 - a lower and an upper bound
        and _orderable(argument[0])
        and family(argument[0]) == family(argument[1])
    )


def _contained(argument: Scalar, value: Any) -> bool:  # noqa: ANN401 - text or tuple
    """Whether text is in text, or a value of the same family in a list."""
    if isinstance(value, tuple):
        kind = family(argument)
        return any(part == argument and family(part) == kind for part in value)
    return argument in value


def _equal(value: object, argument: object) -> bool:
    return value == argument


def _unequal(value: object, argument: object) -> bool:
    return value != argument


def _one_of(value: object, argument: tuple[Scalar, ...]) -> bool:
    kind = family(value)
    return any(part == value and family(part) == kind for part in argument)


_SCALAR = "text, a bool, a number, a date or an instant"
_ORDERED = "a number, text, a date or an instant"
_LIST = "a non-empty list of texts, bools, numbers, dates or instants"

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("==", _same, _equal, "{0} is {1}", _SCALAR, lambda a: family(a) != "nothing"),
        Operator("!=", _same, _unequal, "{0} is not {1}", _SCALAR, lambda a: family(a) != "nothing"),
        Operator("<", _same, lambda v, a: v < a, "{0} is under {1}", _ORDERED, _orderable),
        Operator("<=", _same, lambda v, a: v <= a, "{0} is at most {1}", _ORDERED, _orderable),
        Operator(">", _same, lambda v, a: v > a, "{0} is over {1}", _ORDERED, _orderable),
        Operator(">=", _same, lambda v, a: v >= a, "{0} is at least {1}", _ORDERED, _orderable),
        Operator("between", _same_as_bounds, lambda v, a: a[0] <= v <= a[1], "{0} is between {1}", "two bounds of one type", _is_bounds),
        Operator("is_in", _same_as_each, _one_of, "{0} is one of {1}", _LIST, _is_scalars),
        Operator("contains", _searchable, lambda v, a: _contained(a, v), "{0} contains {1}", _SCALAR, lambda a: family(a) not in {"nothing", "list"}),
        Operator("contains_any", _searchable_for_each, lambda v, a: any(_contained(p, v) for p in a), "{0} contains one of {1}", _LIST, _is_scalars),
        Operator("contains_all", _searchable_for_each, lambda v, a: all(_contained(p, v) for p in a), "{0} contains all of {1}", _LIST, _is_scalars),
        Operator("starts_with", _is_text, lambda v, a: v.startswith(a), "{0} starts with {1}", "text", lambda a: isinstance(a, str)),
        Operator("ends_with", _is_text, lambda v, a: v.endswith(a), "{0} ends with {1}", "text", lambda a: isinstance(a, str)),
    )
}

NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
"""The comparison that is true exactly where the other is false."""


def checked(name: str, argument: Value) -> Value:
    """The argument, if the operator can work with it.

    Raises:
        ConditionTypeError: it cannot.
    """
    operator = OPERATORS[name]
    if not operator.fits(argument):
        raise ConditionTypeError(f"argument of {name}", argument, operator.wants)
    return argument


def tested(name: str, value: Value | None, argument: Value) -> Truth:
    """What the operator says of a value; missing and other types are UNKNOWN."""
    if value is None:
        return UNKNOWN
    operator = OPERATORS[name]
    if not operator.accepts(family(value), argument):
        return UNKNOWN
    return Truth.of(operator.holds(value, argument))
