"""Parts of the present instant on the clock and calendar of a zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from privflow.conditions.term import LocalPart
from privflow.timing import local_date, to_local

_HOUR = 3_600_000_000
_DAY = 24 * _HOUR

# Marks of the clock or calendar until every value has come by: the 31st may be 62
# days away, an hour is skipped once a year, and a few changes of the clock count too.
_MARKS: dict[LocalPart, int] = {"hour": 60, "weekday": 20, "day": 70, "month": 380}


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


def next_changes(part: LocalPart, zone: str, us: int) -> Iterator[int]:
    """The next instants at which the part may change, enough to meet every value."""
    size = _HOUR if part == "hour" else _DAY
    for _ in range(_MARKS[part]):
        us = _next_mark(zone, us, size)
        yield us


def next_days(zone: str, us: int) -> Iterator[int]:
    """The next instants at which the date may change, without an end."""
    while True:
        us = _next_mark(zone, us, _DAY)
        yield us


def _next_mark(zone: str, us: int, size: int) -> int:
    """When the clock next shows a full hour or day, or is put forward or back."""
    local = to_local(zone, us)
    offset = local - us
    mark = us + size - local % size
    if to_local(zone, mark) - mark == offset:
        return mark
    while mark - us > 1:
        middle = (us + mark) // 2
        if to_local(zone, middle) - middle == offset:
            us = middle
        else:
            mark = middle
    return mark
