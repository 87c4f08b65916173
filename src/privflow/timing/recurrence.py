"""Recurrences: schedules that are due again and again."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.instant import FIRST_US, LAST_US
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.weekday import Weekday, weekday_on, weekdays_of
from privflow.timing.zone import (
    DAY,
    EPOCH_ORDINAL,
    at_clock,
    date_of_day,
    to_local,
)

_DAYS_OF_MONTH = range(1, 32)


def first_from(
    days: Iterator[int], at: TimeOfDay, tz: str, anchor_us: int, after_us: int | None
) -> int | None:
    """The time on the first of some rising days that is at or after the anchor.

    It is strictly after `after_us` too. The days end soon: a few tries are enough.
    """
    earliest = anchor_us if after_us is None else max(anchor_us, after_us + 1)
    for day in days:
        due_us = at_clock(tz, day, at.us)
        if due_us >= earliest:
            return due_us if due_us <= LAST_US else None
    return None


def day_from(tz: str, anchor_us: int, after_us: int | None) -> int:
    """The local day to search from: two early, for gaps and folds at midnight."""
    earliest = anchor_us if after_us is None else max(anchor_us, after_us)
    return max(to_local(tz, earliest) // DAY - 2, FIRST_US // DAY)


def _days_of_week(value: object) -> tuple[Weekday, ...]:
    days = weekdays_of(value)
    if not days:
        raise DefinitionError("weekly", "got no weekday", "name one: weekly('fri', …)")
    return days


@frozen(repr=False)
class Weekly:
    """Due on every such weekday at a local time, from the anchor on.

    >>> Weekly("fri", "20:00")
    weekly('fri', '20:00')
    """

    days: tuple[Weekday, ...] = field(converter=_days_of_week)
    at: TimeOfDay = field(converter=time_of_day)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """The next such weekday at that time."""
        start = day_from(tz, anchor_us, after_us)
        days = (day for day in range(start, start + 12) if weekday_on(day) in self.days)
        return first_from(days, self.at, tz, anchor_us, after_us)

    @override
    def __str__(self) -> str:
        return f"every {', '.join(self.days)} at {self.at}"

    @override
    def __repr__(self) -> str:
        days = list(self.days) if len(self.days) > 1 else self.days[0]
        return f"weekly({days!r}, '{self.at}')"


def _day_of_month(value: object) -> int:
    if type(value) is not int or value not in _DAYS_OF_MONTH:
        problem = f"got {value!r}, expected a day of a month from 1 to 31"
        raise DefinitionError("monthly", problem, "31 means the last day of any month")
    return value


@frozen(repr=False)
class Monthly:
    """Due every month on a day at a local time; in a short month on its last day.

    >>> Monthly(31, "10:00")
    monthly(31, '10:00')
    """

    day: int = field(converter=_day_of_month)
    at: TimeOfDay = field(converter=time_of_day)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """The next such day at that time."""
        start = date_of_day(day_from(tz, anchor_us, after_us))
        first = start.year * 12 + start.month - 1
        months = (divmod(month, 12) for month in range(first, first + 4))
        days = (
            date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))
            for year, month in months
            if year <= date.max.year
        )
        numbers = (day.toordinal() - EPOCH_ORDINAL for day in days)
        return first_from(numbers, self.at, tz, anchor_us, after_us)

    @override
    def __str__(self) -> str:
        return f"every month on day {self.day} at {self.at}"

    @override
    def __repr__(self) -> str:
        return f"monthly({self.day}, '{self.at}')"


def weekly(days: Weekday | Iterable[Weekday], at: str | TimeOfDay) -> Weekly:
    """Due every week: `weekly("fri", "20:00")`, `weekly(["mon", "fri"], "20:00")`.

    >>> print(weekly(["fri", "mon"], "20:00"))
    every mon, fri at 20:00
    """
    return Weekly(days, time_of_day(at))


def monthly(day_of_month: int, at: str | TimeOfDay) -> Monthly:
    """Due every month; 31 means its last day: `monthly(31, "10:00")`.

    >>> print(monthly(31, "10:00"))
    every month on day 31 at 10:00
    """
    return Monthly(day_of_month, time_of_day(at))
