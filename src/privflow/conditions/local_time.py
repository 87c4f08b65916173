"""Parts of the present instant on the clock and calendar of a zone."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from privflow.conditions.node import LocalPart
from privflow.timing import local_date, start_of_day, to_local

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR


def local_part(part: LocalPart, zone: str, us: int) -> int:
    """The hour (0-23), weekday (1 is Monday), day or month (from 1) in a zone."""
    if part == "hour":
        return to_local(zone, us) % _DAY // _HOUR
    day = local_date(zone, us)
    match part:
        case "weekday":
            return day.isoweekday()
        case "day":
            return day.day
        case "month":
            return day.month
        case _:
            assert_never(part)


def next_changes(part: LocalPart, zone: str, us: int) -> list[int]:
    """The next instants at which the part may change, enough to meet every value."""
    if part == "hour":
        first = us - to_local(zone, us) % _HOUR
        return [first + hours * _HOUR for hours in range(1, 50)]
    day = local_date(zone, us)
    days = 370 if part == "month" else 32
    if part == "weekday":
        days = 8
    ordinals = range(day.toordinal() + 1, day.toordinal() + days + 1)
    return [start_of_day(zone, date.fromordinal(ordinal)) for ordinal in ordinals]
