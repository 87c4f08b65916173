"""Numbers made from one value: its length, or what the calendar makes of a date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import floor

from privflow.conditions.local_time import next_days
from privflow.conditions.term import Derivation
from privflow.facts import Value, age_on, anniversary, is_number
from privflow.timing import Instant, local_date, start_of_day

_DAY = 24 * 3_600_000_000
_RETURNS = 10
"""Of a date: enough to meet a year of 366 days, even over the turn of a century."""


def derived(
    what: Derivation, value: Value | None, zone: str, now_us: int
) -> int | None:
    """The number; None where the value has none.

    Args:
        zone: where it is asked which day it is.
    """
    if what == "length":
        return len(value) if isinstance(value, str | tuple) else None
    known = day_of(value, zone)
    if known is None:
        return None
    today = local_date(zone, now_us)
    if what == "age":
        return age_on(known, today)
    return _days_to_anniversary(known, today)


def day_of(value: Value | None, zone: str) -> date | None:
    """The local date that a value means, if it is a date or an instant."""
    known = local_date(zone, value.us) if isinstance(value, Instant) else value
    return known if isinstance(known, date) else None


def _days_to_anniversary(known: date, today: date) -> int | None:
    """Whole days until the date returns; 0 today."""
    following = next(_returns(known, today), None)
    return None if following is None else (following - today).days


def _returns(known: date, today: date) -> Iterator[date]:
    """The days from today on at which a date returns, or comes for the first time."""
    for year in range(max(known.year, today.year), date.max.year + 1):
        day = anniversary(known, year)
        if day >= today:
            yield day


# ── When time changes them ───────────────────────────────────────────────────


def derived_edges(
    what: Derivation, value: Value | None, argument: Value, zone: str, now_us: int
) -> Iterator[int]:
    """When time alone may change how the number compares with an argument, in order."""
    known = day_of(value, zone)
    if known is None or what == "length":
        return
    today = local_date(zone, now_us)
    marks = sorted(_near(argument))
    if what == "age":
        days = _birthdays(known, marks)
    else:
        days = _days_before(known, today, marks)
    last = now_us
    for day in [today, *days]:
        if today <= day < date.max - timedelta(days=3):
            for at in next_days(zone, max(last, start_of_day(zone, day) - 2 * _DAY)):
                if at > start_of_day(zone, day) + 2 * _DAY:
                    break
                yield at
                last = at


def _near(argument: Value) -> set[int]:
    """Every whole number at which a comparison with the argument may change."""
    parts = argument if isinstance(argument, tuple) else (argument,)
    wholes = [floor(part) for part in parts if is_number(part)]
    return {0, 1} | {whole + step for whole in wholes for step in (-1, 0, 1, 2)}


def _birthdays(known: date, ages: list[int]) -> Iterator[date]:
    for age in ages:
        if 0 <= age <= date.max.year - known.year:
            yield anniversary(known, known.year + age)


def _days_before(known: date, today: date, counts: list[int]) -> Iterator[date]:
    """The days that lie so many days before a return, and those right behind it."""
    since = today
    for _, following in zip(range(_RETURNS), _returns(known, today), strict=False):
        most = (following - since).days
        for count in sorted({*counts, -1}, reverse=True):
            if -1 <= count <= most and following < date.max:
                yield following - timedelta(days=count)
        since = following
