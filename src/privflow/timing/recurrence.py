"""Recurrences: schedules that are due again and again."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import cast

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.instant import FIRST_US, LAST_US, Instant
from privflow.timing.schedule import at_clock
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.window import WEEKDAYS, Weekday, weekday_of
from privflow.timing.zone import (
    DAY,
    EPOCH_ORDINAL,
    date_of_day,
    local_date,
    to_local,
)

_MOST_DAYS_AROUND = 365
_FEBRUARY = 2
_DAYS_OF_MONTH = range(1, 32)


def _first_from(
    days: Iterator[int], at: TimeOfDay, tz: str, anchor_us: int, after_us: int | None
) -> int | None:
    """The time on the first of some rising days that is at or after the anchor.

    It is strictly after `after_us` too. The days end soon: a few tries are enough.
    """
    earliest = anchor_us if after_us is None else max(anchor_us, after_us + 1)
    for day in days:
        due_us = at_clock(tz, day, at)
        if due_us >= earliest:
            return due_us if due_us <= LAST_US else None
    return None


def _day_from(tz: str, anchor_us: int, after_us: int | None) -> int:
    """The local day to search from: two early, for gaps and folds at midnight."""
    earliest = anchor_us if after_us is None else max(anchor_us, after_us)
    return max(to_local(tz, earliest) // DAY - 2, FIRST_US // DAY)


def _weekdays_of(value: object) -> tuple[Weekday, ...]:
    """Distinct weekdays in the order of the week, at least one."""
    one = isinstance(value, str) or not isinstance(value, Iterable)
    names = [value] if one else list(cast("Iterable[object]", value))
    given = {weekday_of(name) for name in names}
    if not given:
        raise DefinitionError("weekly", "got no weekday", "name one: weekly('fri', …)")
    return tuple(sorted(given, key=WEEKDAYS.index))


@frozen(repr=False)
class Weekly:
    """Due on every such weekday at a local time, from the anchor on.

    >>> Weekly("fri", "20:00")
    weekly('fri', '20:00')
    """

    days: tuple[Weekday, ...] = field(converter=_weekdays_of)
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
        start = _day_from(tz, anchor_us, after_us)
        days = (
            day
            for day in range(start, start + 12)
            # 1970-01-01 was a Thursday.
            if WEEKDAYS[(day + 3) % 7] in self.days
        )
        return _first_from(days, self.at, tz, anchor_us, after_us)

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
        start = date_of_day(_day_from(tz, anchor_us, after_us))
        first = start.year * 12 + start.month - 1
        months = (divmod(month, 12) for month in range(first, first + 4))
        days = (
            date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))
            for year, month in months
            if year <= date.max.year
        )
        numbers = (day.toordinal() - EPOCH_ORDINAL for day in days)
        return _first_from(numbers, self.at, tz, anchor_us, after_us)

    @override
    def __str__(self) -> str:
        return f"every month on day {self.day} at {self.at}"

    @override
    def __repr__(self) -> str:
        return f"monthly({self.day}, '{self.at}')"


def _name_of(value: object) -> str:
    name = value if isinstance(value, str) else getattr(value, "name", None)
    if not isinstance(name, str) or not name:
        problem = f"got {value!r}, expected an attribute or its name"
        raise DefinitionError("around", problem, "write around(attr.birthday, …)")
    return name


def _days_around(value: object) -> int:
    if type(value) is not int or abs(value) > _MOST_DAYS_AROUND:
        problem = f"got days={value!r}, expected -365 to 365"
        raise DefinitionError("around", problem, "write days=-3 for three days before")
    return value


@frozen(repr=False)
class Around:
    """Due every year, so many days before or after the anniversary of a date.

    Feb 29 is kept on Feb 28 in common years. There is none before the date itself.

    Args:
        attribute: a date attribute of the contact, or its name. An instant means its
            local date; anything else, or nothing, is never due.
        days: negative for days before.
        at: the local time.

    >>> Around("birthday", days=-3, at="10:00")
    around('birthday', days=-3, at='10:00')
    """

    attribute: str = field(converter=_name_of)
    days: int = field(default=0, converter=_days_around, kw_only=True)
    at: TimeOfDay = field(converter=time_of_day, kw_only=True)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],
    ) -> int | None:
        """The next anniversary, moved by the days, at that time."""
        given = attributes.get(self.attribute)
        known = local_date(tz, given.us) if isinstance(given, Instant) else given
        if not isinstance(known, date) or isinstance(known, datetime):
            return None
        searched = date_of_day(_day_from(tz, anchor_us, after_us)).year - 1
        first = max(searched, known.year)
        years = range(first, min(first + 4, date.max.year) + 1)
        days = (_anniversary(known, year) + self.days for year in years)
        return _first_from(days, self.at, tz, anchor_us, after_us)

    @override
    def __str__(self) -> str:
        count = abs(self.days)
        unit = "day" if count == 1 else "days"
        side = "before" if self.days < 0 else "after"
        where = f"{count} {unit} {side}" if count else "on"
        return f"{where} {self.attribute} at {self.at}"

    @override
    def __repr__(self) -> str:
        days = f", days={self.days}" if self.days else ""
        return f"around({self.attribute!r}{days}, at='{self.at}')"


def _anniversary(known: date, year: int) -> int:
    """The day of a year on which a date returns, in days since 1970."""
    leap_day = (known.month, known.day) == (_FEBRUARY, 29)
    day = 28 if leap_day and not isleap(year) else known.day
    return date(year, known.month, day).toordinal() - EPOCH_ORDINAL


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


def around(attribute: object, *, at: str | TimeOfDay, days: int = 0) -> Around:
    """Due every year around a date: `around("birthday", days=-3, at="10:00")`.

    >>> print(around("birthday", days=-3, at="10:00"))
    3 days before birthday at 10:00
    """
    return Around(attribute, days=days, at=time_of_day(at))
