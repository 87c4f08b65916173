"""Windows of the calendar: the day, week, month or year that holds now, or several."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, get_args, overload

from attrs import field, frozen
from attrs.converters import optional
from typing_extensions import override

from privflow.errors import DefinitionError, UnknownNameError
from privflow.timing.weekday import FIRST_MONDAY, WEEKDAYS, Weekday, weekday_of
from privflow.timing.window import in_zone
from privflow.timing.zone import (
    DAY,
    EPOCH_ORDINAL,
    LAST_ORDINAL,
    date_of_day,
    from_local,
    to_local,
    zone_name,
)

MOST_PERIODS: Final = 366
"""How many periods of the calendar a window may hold."""

CalendarUnit = Literal["day", "week", "month", "year"]

UNITS: tuple[str, ...] = get_args(CalendarUnit)

# At either end of time a zone may show a day of the year 0 or 10000.
_FIRST_DAY, _LAST_DAY = 1 - EPOCH_ORDINAL, LAST_ORDINAL - EPOCH_ORDINAL
_LONGEST = {"day": 1, "week": 7, "month": 31, "year": 366}


def _unit_of(value: object) -> CalendarUnit:
    for unit in get_args(CalendarUnit):
        if unit == value:
            return unit  # type: ignore[no-any-return]
    raise UnknownNameError("unit", str(value), UNITS)


@frozen(repr=False)
class Calendar:
    """The calendar day, week, month or year that holds now (自然日/周/月/年).

    Args:
        unit: which of the four.
        tz: the zone of the calendar; without one, the zone of the contact.
        first_day: the day on which a week begins; only for weeks.

    >>> Calendar("month", tz="Asia/Shanghai")
    calendar('month', tz='Asia/Shanghai')
    """

    unit: CalendarUnit = field(converter=_unit_of)
    tz: str | None = field(default=None, converter=optional(zone_name), kw_only=True)
    first_day: Weekday = field(default="mon", converter=weekday_of, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.unit != "week" and self.first_day != "mon":
            problem = f"got first_day={self.first_day!r} for a {self.unit}"
            raise DefinitionError("calendar", problem, "only a week has a first_day")

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        """The period that holds now, from its start to the start of the next."""
        zone = self.tz or tz
        day = to_local(zone, now_us) // DAY
        start, end = _period(zone, self.unit, self.first_day, day)
        # A gap or a fold over midnight puts a few minutes on the other side.
        while start > now_us:
            day = _first_day(self.unit, self.first_day, day) - 1
            start, end = _period(zone, self.unit, self.first_day, day)
        while end <= now_us:
            day = _next_first_day(self.unit, self.first_day, day)
            start, end = _period(zone, self.unit, self.first_day, day)
        return start, end

    def leaves_at(self, at_us: int, tz: str) -> int:
        """The start of the next period."""
        return self.bounds(at_us, tz)[1]

    @override
    def __str__(self) -> str:
        begins = f" from {self.first_day}" if self.unit == "week" else ""
        return f"calendar {self.unit}{begins}{in_zone(self.tz)}"

    @override
    def __repr__(self) -> str:
        zone = f", tz={self.tz!r}" if self.tz else ""
        first = f", first_day={self.first_day!r}" if self.first_day != "mon" else ""
        return f"calendar({self.unit!r}{zone}{first})"


def _count_of(value: object) -> int:
    if type(value) is not int or not 1 < value <= MOST_PERIODS:
        problem = f"got count={value!r}, expected a whole number from 1 on"
        remedy = f"write 1 to {MOST_PERIODS}, or a longer unit"
        raise DefinitionError("calendar", problem, remedy)
    return value


@frozen(repr=False)
class CalendarPeriods:
    """The calendar period that holds now and those before it (连续自然周期).

    What happened in one of them leaves when as many have begun since. A local day that
    does not exist is none of them.

    Args:
        unit: of the periods.
        count: how many there are, the present one included; 2 to 366.
        tz: as of `Calendar`.
        first_day: as of `Calendar`.

    >>> CalendarPeriods("day", 2)
    calendar('day', count=2)
    """

    unit: CalendarUnit = field(converter=_unit_of)
    count: int = field(converter=_count_of)
    tz: str | None = field(default=None, converter=optional(zone_name), kw_only=True)
    first_day: Weekday = field(default="mon", converter=weekday_of, kw_only=True)
    _one: Calendar = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        one = Calendar(self.unit, tz=self.tz, first_day=self.first_day)
        object.__setattr__(self, "_one", one)

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        """From the start of the first period to the end of the present one."""
        start, end = self._one.bounds(now_us, tz)
        for _ in range(self.count - 1):
            start, _ = self._one.bounds(start - 1, tz)
        return start, end

    def leaves_at(self, at_us: int, tz: str) -> int:
        """The start of the period that is the first without it."""
        end = at_us
        for _ in range(self.count):
            _, end = self._one.bounds(end, tz)
        return end

    @override
    def __str__(self) -> str:
        begins = f" from {self.first_day}" if self.unit == "week" else ""
        return f"{self.count} calendar {self.unit}s{begins}{in_zone(self.tz)}"

    @override
    def __repr__(self) -> str:
        one = repr(self._one)
        return f"calendar({self.unit!r}, count={self.count}{one[len(self.unit) + 11 :]}"


@lru_cache(maxsize=8_192)
def _period(tz: str, unit: str, first_day: str, day: int) -> tuple[int, int]:
    """Start and end of the period that holds a local day."""
    first = _first_day(unit, first_day, day)
    following = _next_first_day(unit, first_day, day)
    return from_local(tz, first * DAY), from_local(tz, following * DAY)


def _first_day(unit: str, first_day: str, day: int) -> int:
    """The first day of the period that holds a day, in days since 1970."""
    if unit == "day":
        return day
    if unit == "week":
        return day - (day - FIRST_MONDAY - WEEKDAYS.index(first_day)) % 7
    if not _FIRST_DAY <= day <= _LAST_DAY:
        # Beyond the years that dates know, every period is of the longest kind.
        edge = _FIRST_DAY if day < _FIRST_DAY else _LAST_DAY + 1
        return day - (day - edge) % _LONGEST[unit]
    date = date_of_day(day)
    month = date.month if unit == "month" else 1
    return date.replace(month=month, day=1).toordinal() - EPOCH_ORDINAL


def _next_first_day(unit: str, first_day: str, day: int) -> int:
    """The first day after the period that holds a day; it may be in year 10000."""
    first = _first_day(unit, first_day, day)
    if unit in {"day", "week"} or not _FIRST_DAY <= first <= _LAST_DAY:
        return first + _LONGEST[unit]
    # Any day of the next period will do, and its last day is no later than this.
    return _first_day(unit, first_day, first + _LONGEST[unit])


@overload
def calendar(
    unit: CalendarUnit, *, tz: str | None = None, first_day: Weekday = "mon"
) -> Calendar: ...
@overload
def calendar(
    unit: CalendarUnit,
    *,
    count: int,
    tz: str | None = None,
    first_day: Weekday = "mon",
) -> Calendar | CalendarPeriods: ...
def calendar(
    unit: CalendarUnit,
    *,
    count: int = 1,
    tz: str | None = None,
    first_day: Weekday = "mon",
) -> Calendar | CalendarPeriods:
    """The window of the calendar unit that holds now, or of several up to now.

    Args:
        count: how many of them: `calendar("day", count=2)` is yesterday and today.

    Raises:
        UnknownNameError: for another unit or weekday.
        DefinitionError: a count that is none.
        UnknownZoneError: when there is no zone of this name.

    >>> print(calendar("week", first_day="sun"))
    calendar week from sun
    """
    if type(count) is int and count == 1:
        return Calendar(unit, tz=tz, first_day=first_day)
    return CalendarPeriods(unit, count, tz=tz, first_day=first_day)
