"""Schedules that keep to workdays: so many of them on, or moved off what is free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, UnknownNameError
from privflow.timing.instant import LAST_US
from privflow.timing.schedule import Late, Schedule, late_of, once
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.work_calendar import (
    WorkCalendar,
    clock_on_workday,
    required_calendar,
    workday_beside,
    works_on,
)
from privflow.timing.zone import DAY, from_local, to_local

Otherwise = Literal["next", "previous", "skip"]

_OTHERWISE: tuple[Otherwise, ...] = ("next", "previous", "skip")
_MOST_WORKDAYS = 1_000
_TEN_YEARS = 3_660 * DAY

_Ask = Callable[[int | None], int | None]


def _count_of(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_WORKDAYS:
        problem = f"got {value!r}, expected a whole number from 0 to {_MOST_WORKDAYS}"
        remedy = "workday 0 is that of the anchor, or the first one after it"
        raise DefinitionError("workday", problem, remedy)
    return value


@frozen(repr=False)
class Workday:
    """Due once, at a time of day, so many workdays (工作日) after the anchor's day.

    Args:
        n: 0 for the anchor's own day if it is a workday, and else like 1: the first
            workday after it.
        at: the local time.
        calendar: which days are worked.
        late: what to do when workday 0 is the anchor's and that time has passed: be due
            at once (`"now"`), or at that time on the next workday (`"next"`).

    >>> Workday(3, "10:00", calendar=WorkCalendar("office"))
    workday(3, '10:00', calendar=<WorkCalendar 'office'>)
    """

    n: int = field(converter=_count_of)
    at: TimeOfDay = field(converter=time_of_day)
    calendar: WorkCalendar = field(converter=required_calendar, kw_only=True)
    late: Late = field(default="next", converter=late_of, kw_only=True)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """That time on that workday; see `late` for a time that has passed."""
        day = to_local(tz, anchor_us) // DAY
        for _ in range(self.n):
            day = workday_beside(self.calendar, day, 1)
        due_us = clock_on_workday(self.calendar, tz, day, self.at.us, 1)
        if due_us < anchor_us and self.late == "now":
            due_us = anchor_us
        while due_us < anchor_us:
            day += 1
            due_us = clock_on_workday(self.calendar, tz, day, self.at.us, 1)
        return once(due_us, after_us)

    @override
    def __str__(self) -> str:
        late = ", at once if late" if self.late == "now" else ""
        return f"workday {self.n} of {self.calendar} at {self.at}{late}"

    @override
    def __repr__(self) -> str:
        late = ", late='now'" if self.late == "now" else ""
        return f"workday({self.n}, '{self.at}', calendar={self.calendar!r}{late})"


def _schedule_of(value: object) -> Schedule:
    if isinstance(value, type) or not isinstance(value, Schedule):
        problem = f"got {value!r}, expected a schedule"
        remedy = "write on_workday(day(3, '20:00'), calendar)"
        raise DefinitionError("on_workday", problem, remedy)
    return value


def _otherwise_of(value: object) -> Otherwise:
    for word in _OTHERWISE:
        if word == value:
            return word
    raise UnknownNameError("otherwise", str(value), _OTHERWISE)


@frozen(repr=False)
class OnWorkday:
    """Another schedule, with what falls on a free day moved to a workday, or left out.

    The time of day stays. Occurrences that come to lie on one instant are one.

    Args:
        schedule: any schedule, recurring or not.
        calendar: which days are worked.
        otherwise: where to go from a free day: to the next workday; to the previous
            one, or else the next if that lies before the anchor; or nowhere, `"skip"`.

    >>> from privflow.timing.recurrence import weekly
    >>> OnWorkday(weekly("fri", "20:00"), WorkCalendar("office"))
    on_workday(weekly('fri', '20:00'), <WorkCalendar 'office'>)
    """

    schedule: Schedule = field(converter=_schedule_of)
    calendar: WorkCalendar = field(converter=required_calendar)
    otherwise: Otherwise = field(default="next", converter=_otherwise_of, kw_only=True)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],
    ) -> int | None:
        """The next occurrence that is on a workday, or comes to be on one."""

        def ask(after_us: int | None) -> int | None:
            return self.schedule.due(
                anchor_us=anchor_us, after_us=after_us, tz=tz, attributes=attributes
            )

        if self.otherwise == "skip":
            return self._next_kept(ask, after_us, tz)
        return self._next_moved(ask, anchor_us, after_us, tz)

    def _next_kept(self, ask: _Ask, after_us: int | None, tz: str) -> int | None:
        """The first occurrence that is on a workday; gives up after ten years."""
        due_us = ask(after_us)
        last_us = None if due_us is None else due_us + _TEN_YEARS
        while due_us is not None and last_us is not None and due_us <= last_us:
            day = to_local(tz, due_us) // DAY
            if works_on(self.calendar, day):
                return due_us
            opens = workday_beside(self.calendar, day, 1) * DAY
            due_us = ask(max(due_us, from_local(tz, opens) - 1))
        return None

    def _next_moved(
        self, ask: _Ask, anchor_us: int, after_us: int | None, tz: str
    ) -> int | None:
        """The earliest instant after `after_us` that an occurrence comes to lie on.

        What is moved may overtake what is not, so that all occurrences are looked at
        which can end up between the workday before and the one after.
        """
        best, beyond = None, LAST_US // DAY
        due_us = ask(self._start(after_us, tz))
        while due_us is not None and to_local(tz, due_us) // DAY < beyond:
            moved = self._moved(due_us, anchor_us, tz)
            is_after = after_us is None or moved > after_us
            if is_after and (best is None or moved < best):
                best = moved
                beyond = workday_beside(self.calendar, to_local(tz, moved) // DAY, 1)
            due_us = ask(due_us)
        return best if best is None or best <= LAST_US else None

    def _start(self, after_us: int | None, tz: str) -> int | None:
        """After which no occurrence is missed that can come to lie after an instant."""
        if after_us is None:
            return None
        today = to_local(tz, after_us) // DAY
        before = workday_beside(self.calendar, today, -1)
        return from_local(tz, (before + 1) * DAY) - 1

    def _moved(self, due_us: int, anchor_us: int, tz: str) -> int:
        day, clock = divmod(to_local(tz, due_us), DAY)
        if works_on(self.calendar, day):
            return due_us
        if self.otherwise == "previous":
            earlier = clock_on_workday(self.calendar, tz, day, clock, -1)
            if earlier >= anchor_us:
                return earlier
        return clock_on_workday(self.calendar, tz, day, clock, 1)

    @override
    def __str__(self) -> str:
        if self.otherwise == "skip":
            return f"{self.schedule}, on workdays of {self.calendar} alone"
        moved = f"moved to the {self.otherwise} workday"
        return f"{self.schedule}, {moved} of {self.calendar}"

    @override
    def __repr__(self) -> str:
        other = "" if self.otherwise == "next" else f", otherwise={self.otherwise!r}"
        return f"on_workday({self.schedule!r}, {self.calendar!r}{other})"


def workday(
    n: int, at: str | TimeOfDay, *, calendar: WorkCalendar, late: Late = "next"
) -> Workday:
    """Due once, on the n-th workday after the anchor's day.

    >>> print(workday(3, "10:00", calendar=WorkCalendar("office")))
    workday 3 of office at 10:00
    """
    return Workday(n, time_of_day(at), calendar=calendar, late=late)


def on_workday(
    schedule: Schedule, calendar: WorkCalendar, *, otherwise: Otherwise = "next"
) -> OnWorkday:
    """The schedule, kept off weekends and holidays.

    >>> from privflow.timing.schedule import day
    >>> print(on_workday(day(3, "20:00"), WorkCalendar("office")))
    day 3 at 20:00, moved to the next workday of office
    """
    return OnWorkday(schedule, calendar, otherwise=otherwise)
