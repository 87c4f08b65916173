"""Months of the calendar after an anchor."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.schedule import once
from privflow.timing.time_of_day import TimeOfDay, maybe_time_of_day
from privflow.timing.zone import DAY, EPOCH_ORDINAL, date_of_day, from_local, to_local

_MOST = 120


def _count_of(value: object) -> int:
    if type(value) is not int or not 1 <= value <= _MOST:
        problem = f"got {value!r}, expected a whole number from 1 to {_MOST}"
        remedy = "write day(0, '20:00') for the day of the anchor"
        raise DefinitionError("months", problem, remedy)
    return value


@frozen(repr=False)
class Months:
    """Due once, on the same day of the month, so many calendar months after the anchor.

    A month that is too short has it on its last day: Jan 31 and one month is Feb 28.

    Args:
        n: how many months, from 1.
        at: the local time; that of the anchor itself if None.

    >>> Months(1).due(
    ...     anchor_us=0, after_us=None, tz="UTC", attributes={}
    ... ) // 86_400_000_000
    31
    """

    n: int = field(converter=_count_of)
    at: TimeOfDay | None = field(default=None, converter=maybe_time_of_day)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """That time on that day; a month is long enough for it never to be late."""
        day, clock = divmod(to_local(tz, anchor_us), DAY)
        later = _months_later(date_of_day(day), self.n)
        if later is None:
            return None
        start = (later.toordinal() - EPOCH_ORDINAL) * DAY
        local_us = start + (clock if self.at is None else self.at.us)
        return once(from_local(tz, local_us), after_us)

    @override
    def __str__(self) -> str:
        unit = "month" if self.n == 1 else "months"
        at = "" if self.at is None else f" at {self.at}"
        return f"{self.n} {unit} later{at}"

    @override
    def __repr__(self) -> str:
        at = "" if self.at is None else f", '{self.at}'"
        return f"months({self.n}{at})"


def _months_later(day: date, n: int) -> date | None:
    """The same day of a later month, or its last; None after the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    if year > date.max.year:
        return None
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months(n: int, at: str | TimeOfDay | None = None) -> Months:
    """Due once, n calendar months after the anchor: `months(1)`, `months(1, "10:00")`.

    >>> print(months(3, "10:00"))
    3 months later at 10:00
    """
    return Months(n, at)
