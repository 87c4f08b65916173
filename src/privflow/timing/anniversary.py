"""Anniversaries: due every year around a date that is known of the contact."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, UnknownNameError
from privflow.timing.instant import Instant
from privflow.timing.recurrence import day_from, first_from
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.zone import EPOCH_ORDINAL, date_of_day, local_date

Leap = Literal["feb28", "mar1"]

_MOST_DAYS = 365
_FEBRUARY = 2


def _name_of(value: object) -> str:
    name = value if isinstance(value, str) else getattr(value, "name", None)
    if not isinstance(name, str) or not name:
        problem = f"got {value!r}, expected an attribute or its name"
        raise DefinitionError("around", problem, "write around(attr.birthday, …)")
    return name


def _days_around(value: object) -> int:
    if type(value) is not int or abs(value) > _MOST_DAYS:
        problem = f"got days={value!r}, expected -365 to 365"
        raise DefinitionError("around", problem, "write days=-3 for three days before")
    return value


def _leap_of(value: object) -> Leap:
    if value == "feb28":
        return "feb28"
    if value == "mar1":
        return "mar1"
    raise UnknownNameError("leap", str(value), ("feb28", "mar1"))


@frozen(repr=False)
class Around:
    """Due every year, so many days before or after the anniversary of a date.

    There is none before the date itself.

    Args:
        attribute: a date attribute of the contact, or its name. An instant means its
            local date; anything else, or nothing, is never due.
        days: negative for days before.
        at: the local time.
        leap: where Feb 29 is kept in common years: on Feb 28 or on Mar 1.

    >>> Around("birthday", days=-3, at="10:00")
    around('birthday', days=-3, at='10:00')
    """

    attribute: str = field(converter=_name_of)
    days: int = field(default=0, converter=_days_around, kw_only=True)
    at: TimeOfDay = field(converter=time_of_day, kw_only=True)
    leap: Leap = field(default="feb28", converter=_leap_of, kw_only=True)

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
        searched = date_of_day(day_from(tz, anchor_us, after_us)).year - 1
        first = max(searched, known.year)
        years = range(first, min(first + 4, date.max.year) + 1)
        days = (_anniversary(known, year, self.leap) + self.days for year in years)
        return first_from(days, self.at, tz, anchor_us, after_us)

    @override
    def __str__(self) -> str:
        count = abs(self.days)
        unit = "day" if count == 1 else "days"
        side = "before" if self.days < 0 else "after"
        where = f"{count} {unit} {side}" if count else "on"
        leap = ", Feb 29 kept on Mar 1" if self.leap == "mar1" else ""
        return f"{where} {self.attribute} at {self.at}{leap}"

    @override
    def __repr__(self) -> str:
        days = f", days={self.days}" if self.days else ""
        leap = ", leap='mar1'" if self.leap == "mar1" else ""
        return f"around({self.attribute!r}{days}, at='{self.at}'{leap})"


def _anniversary(known: date, year: int, leap: Leap) -> int:
    """The day of a year on which a date returns, in days since 1970."""
    if (known.month, known.day) != (_FEBRUARY, 29) or isleap(year):
        kept = known.replace(year=year)
    elif leap == "mar1":
        kept = date(year, 3, 1)
    else:
        kept = date(year, 2, 28)
    return kept.toordinal() - EPOCH_ORDINAL


def around(
    attribute: object, *, at: str | TimeOfDay, days: int = 0, leap: Leap = "feb28"
) -> Around:
    """Due every year around a date: `around("birthday", days=-3, at="10:00")`.

    Args:
        attribute: a date attribute of the contact, or its name.
        at: the local time.
        days: negative for days before.
        leap: where Feb 29 is kept in common years: on Feb 28 or on Mar 1.

    >>> print(around("birthday", days=-3, at="10:00"))
    3 days before birthday at 10:00
    """
    return Around(attribute, days=days, at=time_of_day(at), leap=leap)
