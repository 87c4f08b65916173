"""The tests of one value against one argument: a table, and what each one means."""

from __future__ import annotations

import operator as python
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeGuard

from attrs import frozen

from privflow.conditions.truth import UNKNOWN, Truth
from privflow.errors import ConditionTypeError, UnknownNameError
from privflow.facts import Number, Scalar, Value
from privflow.timing import Instant

if TYPE_CHECKING:
    from privflow.conditions.pattern import Pattern

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


def is_texts(value: object) -> TypeGuard[tuple[str, ...]]:
    """Whether a value is a list of texts alone."""
    return isinstance(value, tuple) and {family(part) for part in value} == {"text"}


def alike(value: Value | None) -> object:
    """A key that two values share when they are equal within one family (C3)."""
    if isinstance(value, tuple):
        return tuple(map(alike, value))
    return family(value), value


def typed(value: Value | None) -> object:
    """A key that two values share when they are written alike: not 1, 1.0 and True."""
    if isinstance(value, tuple):
        return tuple(map(typed, value))
    return value.__class__, value


@frozen
class Operator:
    """One test: which values it accepts for an argument, and when it holds.

    Args:
        accepts: whether a value of a family can be tested against the argument; where
            not, the answer is UNKNOWN.
        holds: the test itself, for accepted values only.
        sentence: how an operator of the brand reads it, with `{0}` and `{1}`.
        chinese: the same in Chinese.
        wants: what the argument must be, for the error; checked by `fits`.
    """

    name: str
    sentence: str
    chinese: str
    accepts: Callable[[str, Any], bool]
    holds: Callable[[Any, Any], bool]
    wants: str
    fits: Callable[[Any], bool]


# ── Which values go with an argument ─────────────────────────────────────────


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


# ── Which arguments can be worked with ───────────────────────────────────────


def _is_value(argument: object) -> bool:
    return family(argument) != "nothing"


def _is_scalar(argument: object) -> bool:
    return family(argument) not in {"nothing", "list"}


def _orderable(argument: object) -> bool:
    return family(argument) in {"number", "text", "date", "instant"}


def _is_scalars(argument: object) -> bool:
    return (
        isinstance(argument, tuple)
        and len(argument) > 0
        and all(map(_is_scalar, argument))
    )


def _is_bounds(argument: Any) -> bool:  # noqa: ANN401 - it is asked what it is
    match argument:
        case (low, high) if _orderable(low) and family(low) == family(high):
            return bool(low <= high)
        case _:
            return False


def _is_str(argument: object) -> bool:
    return isinstance(argument, str)


def _is_pattern(argument: object) -> bool:
    """Whether it is text; a text that is no pattern says by itself what is wrong."""
    return isinstance(argument, str) and _pattern_of(argument) is not None


def _is_time(argument: object) -> bool:
    return family(argument) in {"date", "instant"}


# ── When they hold ───────────────────────────────────────────────────────────


def _equal(value: Value, argument: Value) -> bool:
    return alike(value) == alike(argument)


def _unequal(value: Value, argument: Value) -> bool:
    return alike(value) != alike(argument)


def _between(value: Any, bounds: tuple[Any, Any]) -> bool:  # noqa: ANN401 - one family
    return bool(bounds[0] <= value <= bounds[1])


def _one_of(value: Value, argument: tuple[Scalar, ...]) -> bool:
    return any(_equal(value, part) for part in argument)


def _contains(value: str | tuple[Scalar, ...], part: Scalar) -> bool:
    """Whether text is in text, or a value of the same family in a list."""
    if isinstance(value, tuple):
        return _one_of(part, value)
    return isinstance(part, str) and part in value


def _contains_any(value: str | tuple[Scalar, ...], parts: tuple[Scalar, ...]) -> bool:
    return any(_contains(value, part) for part in parts)


def _contains_all(value: str | tuple[Scalar, ...], parts: tuple[Scalar, ...]) -> bool:
    return all(_contains(value, part) for part in parts)


def _matches(value: str, pattern: str) -> bool:
    return _pattern_of(pattern).is_found_in(value)


def _pattern_of(text: str) -> Pattern:
    # The reader of patterns is loaded with the first one: most hosts have none.
    from privflow.conditions.pattern import pattern_of  # noqa: PLC0415 - see above

    return pattern_of(text)


_VALUE = "text, a bool, a number, a date, an instant or a list of these"
_SCALAR = "text, a bool, a number, a date or an instant"
_ORDERED = "a number, text, a date or an instant"
_LIST = "a non-empty list of texts, bools, numbers, dates or instants"
_TIME = "a date or an instant"
_BOUNDS = "two numbers, texts, dates or instants, the smaller one first"

_ROWS = (
    Operator("==", "{0} is {1}", "{0} 是 {1}", _same, _equal, _VALUE, _is_value),
    Operator(
        "!=", "{0} is not {1}", "{0} 不是 {1}", _same, _unequal, _VALUE, _is_value
    ),
    Operator(
        "<", "{0} is under {1}", "{0} 小于 {1}", _same, python.lt, _ORDERED, _orderable
    ),
    Operator(
        "<=",
        "{0} is at most {1}",
        "{0} 至多为 {1}",
        _same,
        python.le,
        _ORDERED,
        _orderable,
    ),
    Operator(
        ">", "{0} is over {1}", "{0} 大于 {1}", _same, python.gt, _ORDERED, _orderable
    ),
    Operator(
        ">=",
        "{0} is at least {1}",
        "{0} 至少为 {1}",
        _same,
        python.ge,
        _ORDERED,
        _orderable,
    ),
    Operator(
        "between",
        "{0} is between {1}",
        "{0} 介于 {1}",
        _same_as_bounds,
        _between,
        _BOUNDS,
        _is_bounds,
    ),
    Operator(
        "is_in",
        "{0} is one of {1}",
        "{0} 属于 {1}",
        _same_as_each,
        _one_of,
        _LIST,
        _is_scalars,
    ),
    Operator(
        "contains",
        "{0} contains {1}",
        "{0} 包含 {1}",
        _searchable,
        _contains,
        _SCALAR,
        _is_scalar,
    ),
    Operator(
        "contains_any",
        "{0} contains one of {1}",
        "{0} 包含 {1} 之一",
        _searchable_for_each,
        _contains_any,
        _LIST,
        _is_scalars,
    ),
    Operator(
        "contains_all",
        "{0} contains all of {1}",
        "{0} 包含全部 {1}",
        _searchable_for_each,
        _contains_all,
        _LIST,
        _is_scalars,
    ),
    Operator(
        "starts_with",
        "{0} starts with {1}",
        "{0} 以 {1} 开头",
        _is_text,
        str.startswith,
        "text",
        _is_str,
    ),
    Operator(
        "ends_with",
        "{0} ends with {1}",
        "{0} 以 {1} 结尾",
        _is_text,
        str.endswith,
        "text",
        _is_str,
    ),
    Operator(
        "matches",
        "{0} matches {1}",
        "{0} 匹配 {1}",
        _is_text,
        _matches,
        "a pattern",
        _is_pattern,
    ),
    Operator(
        "before", "{0} is before {1}", "{0} 早于 {1}", _same, python.lt, _TIME, _is_time
    ),
    Operator(
        "after", "{0} is after {1}", "{0} 晚于 {1}", _same, python.gt, _TIME, _is_time
    ),
)

OPERATORS: dict[str, Operator] = {operator.name: operator for operator in _ROWS}

NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
"""The comparison that is true exactly where the other is false."""


RISING = {"<": ">=", "<=": ">", ">": ">", ">=": ">="}
"""The comparison that holds from some value on: the same one, or its opposite."""


def least_count(operator: str, bound: Number) -> tuple[int, bool]:
    """The count from which on a comparison has one answer, and whether that is YES."""
    rising = RISING[operator]
    least = ceil(bound) if rising == ">=" else floor(bound) + 1
    return least, rising == operator


def checked(name: str, argument: Value) -> Value:
    """The argument, if the operator can work with it.

    Raises:
        UnknownNameError: there is no such operator.
        ConditionTypeError: it cannot.
    """
    operator = OPERATORS.get(name)
    if operator is None:
        raise UnknownNameError("operator", name, OPERATORS)
    if not operator.fits(argument):
        what = f"argument of {name}"
        is_many = name == "contains" and isinstance(argument, tuple)
        remedy = "ask for one of several with .contains_any([...])" if is_many else ""
        raise ConditionTypeError(what, argument, operator.wants, remedy)
    return argument


def tested(name: str, value: Value | None, argument: Value) -> Truth:
    """What the operator says of a value; missing and other types are UNKNOWN."""
    if value is None:
        return UNKNOWN
    operator = OPERATORS[name]
    if not operator.accepts(family(value), argument):
        return UNKNOWN
    return Truth.of(operator.holds(value, argument))
