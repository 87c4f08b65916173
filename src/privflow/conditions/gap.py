"""How far a value is from where a comparison says something else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil, floor

from attrs import frozen

from privflow.facts import Number, Value, is_number, minus
from privflow.timing import FIRST_US, LAST_US, Instant, Span, span

_DAY = span("1d").us
_DAYS = date.min.toordinal(), date.max.toordinal()
_ORDERING = {"before": "<", "after": ">"}
"""What is written of dates alone, as the comparison that it is."""
_FLIPS_BEYOND = frozenset({"<=", ">"})
"""The comparisons that are the same at the bound as below it."""


@frozen
class Gap:
    """How far a value is from where a comparison flips.

    Args:
        size: exact: a float counts as it is written.
        is_over: whether it takes more than that.
    """

    size: int | Decimal | Span
    upwards: bool
    is_over: bool = False

    @property
    def whole(self) -> int:
        """The least whole number of units, or of microseconds, that bridges it."""
        size = self.size.us if isinstance(self.size, Span) else self.size
        return floor(size) + 1 if self.is_over else ceil(size)


def gap_between(operator: str, value: Value | None, bound: Value) -> Gap | None:
    """The gap between a value and a bound; None where a comparison knows none."""
    operator = _ORDERING.get(operator, operator)
    if is_number(value):
        return _between_numbers(operator, value, bound)
    if operator not in {"<", "<=", ">", ">="}:
        return None
    match value, bound:
        case Instant(), Instant():
            return _between_times(operator, value.us, bound.us, 1)
        case date(), date():
            days = value.toordinal(), bound.toordinal()
            return _between_times(operator, *days, _DAY)
        case _:
            return None


def _between_numbers(operator: str, value: Number, bound: Value) -> Gap | None:
    if operator == "between" and isinstance(bound, tuple):
        low, high = bound
        if not is_number(low) or not is_number(high) or low <= value <= high:
            return None
        return Gap(_distance(low if value < low else high, value), value < low)
    if not is_number(bound):
        return None
    if operator in {"==", "!="}:
        return None if value == bound else Gap(_distance(bound, value), value < bound)
    if operator not in {"<", "<=", ">", ">="}:
        return None
    return Gap(_distance(bound, value), *_way(operator, value, bound))


def _between_times(operator: str, value: int, bound: int, unit: int) -> Gap | None:
    """As of numbers, in whole units, within the times that there are."""
    upwards, is_over = _way(operator, value, bound)
    steps = abs(bound - value) + is_over
    end = value + steps if upwards else value - steps
    first, last = (FIRST_US, LAST_US) if unit == 1 else _DAYS
    return Gap(Span(steps * unit), upwards) if first <= end <= last else None


def _way(operator: str, value: Number, bound: Number) -> tuple[bool, bool]:
    """Whether it flips upwards, and only beyond the bound."""
    beyond = operator in _FLIPS_BEYOND
    upwards = value < bound or (value == bound and beyond)
    return upwards, upwards == beyond


def _distance(left: Number, right: Number) -> int | Decimal:
    size = minus(_exact(left), _exact(right))
    return -size if size < 0 else size


def _exact(number: Number) -> int | Decimal:
    return Decimal(repr(number)) if isinstance(number, float) else number
