"""Which days are worked: weekends, public holidays, and the days that make up for them.

privflow knows no country's holidays. They are decided year by year, so they are the
user's data, and a calendar says until when it has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, cast

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, shown
from privflow.timing.schedule import date_of
from privflow.timing.weekday import WEEKDAYS, Weekday, weekday_on, weekdays_of
from privflow.timing.zone import DAY, EPOCH_ORDINAL, date_of_day, from_local, to_local

Direction = Literal[1, -1]


def _name_of(value: object) -> str:
    if not isinstance(value, str) or not value:
        problem = f"got {value!r}, expected a name"
        raise DefinitionError("WorkCalendar.name", problem, "write 'office-2026', say")
    return value


def _dates_of(value: object) -> tuple[date, ...]:
    """Distinct dates in order; a bare text is refused, it would fall into letters."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        problem = f"got {value!r}, expected a list of dates"
        raise DefinitionError("WorkCalendar", problem, "write ['2026-10-01', …]")
    return tuple(sorted({date_of(day) for day in cast("Iterable[object]", value)}))


def _date_or_none(value: object) -> date | None:
    return None if value is None else date_of(value)


def number_of(day: date) -> int:
    """The date in days since 1970."""
    return day.toordinal() - EPOCH_ORDINAL


@frozen(kw_only=True, repr=False)
class WorkCalendar:
    """The days on which people work (工作日历), 调休 included, from your own data.

    Beyond `until` nobody knows the holidays yet. Days there go by their weekday, which
    is good enough to plan with; a `SendWindow` lets nothing leave on them.

    Args:
        name: how explanations call it.
        weekend: the weekdays that are free; none for a shop that is always open.
        holidays: dates that are free, weekends among them or not.
        workdays: dates that are worked, whatever their weekday.
        until: the last day that is known; needed where there are dates. For dates that
            will never change, write `"9999-12-31"`.

    Raises:
        DefinitionError: a date that is free and worked, or lies beyond `until`; dates
            without `until`; a weekend of seven days.

    >>> office = WorkCalendar(
    ...     "office",
    ...     holidays=["2026-10-01", "2026-10-02"],
    ...     workdays=["2026-10-10"],
    ...     until="2026-12-31",
    ... )
    >>> office.is_workday(date(2026, 10, 1)), office.is_workday(date(2026, 10, 10))
    (False, True)
    >>> office
    <WorkCalendar 'office' 2 holidays, 1 workday, until 2026-12-31>
    """

    name: str = field(kw_only=False, converter=_name_of)
    weekend: tuple[Weekday, ...] = field(default=("sat", "sun"), converter=weekdays_of)
    holidays: tuple[date, ...] = field(default=(), converter=_dates_of)
    workdays: tuple[date, ...] = field(default=(), converter=_dates_of)
    until: date | None = field(default=None, converter=_date_or_none)
    marked: Mapping[int, bool] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        what = f"WorkCalendar {self.name!r}"
        if len(self.weekend) == len(WEEKDAYS):
            problem = "has a weekend of seven days"
            raise DefinitionError(what, problem, "leave a weekday to work on")
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            problem = f"{shown(map(str, both))} is both a holiday and a workday"
            raise DefinitionError(what, problem, "leave it in one of the two lists")
        dates = (*self.holidays, *self.workdays)
        if dates and self.until is None:
            problem = "has dates, and does not say until when it knows them all"
            remedy = f"write until='{max(dates).year}-12-31' if that year is complete"
            raise DefinitionError(what, problem, remedy)
        beyond = [day for day in dates if self.until is not None and day > self.until]
        if beyond:
            problem = f"got {shown(map(str, beyond))}, after until='{self.until}'"
            raise DefinitionError(what, problem, "raise `until`, or mend the date")
        marked = {number_of(day): False for day in self.holidays}
        marked |= {number_of(day): True for day in self.workdays}
        object.__setattr__(self, "marked", marked)

    def knows(self, day: date) -> bool:
        """Whether the day is not beyond the last one that is known.

        >>> WorkCalendar("2026", until="2026-12-31").knows(date(2027, 1, 1))
        False
        """
        return self.until is None or day <= self.until

    def is_workday(self, day: date) -> bool:
        """Whether people work on the day; by its weekday beyond what is known."""
        return works_on(self, number_of(day))

    def next_workday(self, day: date) -> date:
        """The first workday after the day.

        >>> WorkCalendar("plain").next_workday(date(2026, 10, 23))
        datetime.date(2026, 10, 26)
        """
        return date_of_day(workday_beside(self, number_of(day), 1))

    def previous_workday(self, day: date) -> date:
        """The last workday before the day.

        >>> WorkCalendar("plain").previous_workday(date(2026, 10, 26))
        datetime.date(2026, 10, 23)
        """
        return date_of_day(workday_beside(self, number_of(day), -1))

    @override
    def __str__(self) -> str:
        return self.name

    @override
    def __repr__(self) -> str:
        parts = [
            _counted(len(self.holidays), "holiday"),
            _counted(len(self.workdays), "workday"),
            "" if self.until is None else f"until {self.until}",
        ]
        said = ", ".join(part for part in parts if part)
        return f"<WorkCalendar {self.name!r}{said and ' '}{said}>"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}" if number else ""


def works_on(calendar: WorkCalendar, day: int) -> bool:
    """Whether people work on a day, given in days since 1970."""
    marked = calendar.marked.get(day)
    return weekday_on(day) not in calendar.weekend if marked is None else marked


def workday_beside(calendar: WorkCalendar, day: int, step: Direction) -> int:
    """The nearest workday after or before a day; weekends and holidays all end."""
    day += step
    while not works_on(calendar, day):
        day += step
    return day


def clock_on_workday(
    calendar: WorkCalendar, tz: str, day: int, clock: int, step: Direction
) -> int:
    """The instant of a time of day on the first workday from a day on, or back.

    A date that the zone left out is passed over: its times belong to the day after it.
    """
    while True:
        if works_on(calendar, day):
            us = from_local(tz, day * DAY + clock)
            if works_on(calendar, to_local(tz, us) // DAY):
                return us
        day += step


def required_calendar(value: object) -> WorkCalendar:
    """The calendar, or an error that says how to make one."""
    if not isinstance(value, WorkCalendar):
        problem = f"got {value!r}, expected a WorkCalendar"
        raise DefinitionError("calendar", problem, "write WorkCalendar('office')")
    return value
