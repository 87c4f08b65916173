"""Weekdays: their names, and which one a day is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast, get_args

from privflow.errors import UnknownNameError

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

# 1970-01-01 was a Thursday, and day 4 the first Monday.
FIRST_MONDAY = 4


def weekday_of(value: object) -> Weekday:
    """The weekday of that name, or an error that lists them."""
    for weekday in WEEKDAYS:
        if weekday == value:
            return weekday
    raise UnknownNameError("weekday", str(value), WEEKDAYS)


def weekdays_of(value: object) -> tuple[Weekday, ...]:
    """Distinct weekdays in the order of the week; one name may stand alone."""
    one = isinstance(value, str) or not isinstance(value, Iterable)
    names = [value] if one else list(cast("Iterable[object]", value))
    given = {weekday_of(name) for name in names}
    return tuple(sorted(given, key=WEEKDAYS.index))


def weekday_on(day: int) -> Weekday:
    """The weekday of a day, given in days since 1970.

    >>> weekday_on(0)
    'thu'
    """
    return WEEKDAYS[(day - FIRST_MONDAY) % 7]
