"""Opening hours: a stretch of the wall clock, on some days."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.weekday import Weekday, weekday_on, weekdays_of
from privflow.timing.work_calendar import (
    WorkCalendar,
    number_of,
    required_calendar,
    works_on,
)
from privflow.timing.zone import DAY, next_transition, to_local


def _calendar_or_none(value: object) -> WorkCalendar | None:
    return None if value is None else required_calendar(value)


@frozen(kw_only=True)
class OpeningHours:
    """Hours that begin on some days (开放时段): of the week, of a calendar, or both.

    A clock that jumps over them leaves them out; one that shows them twice opens twice.

    Args:
        start: the first minute inside.
        end: the first minute outside; on the next day, if it is not after `start`.
        days: the weekdays on which they begin; all if there are none.
        calendar: they begin on its workdays alone. A day that it does not know is
            closed, and may turn out to be open.

    Raises:
        DefinitionError: they are never closed, or never open for good: every weekday
            that is named belongs to the weekend of the calendar.

    >>> OpeningHours("09:00", "18:00", days=["thu"]).holds(9 * 3_600_000_000, "UTC")
    True
    """

    start: TimeOfDay = field(kw_only=False, converter=time_of_day)
    end: TimeOfDay = field(kw_only=False, converter=time_of_day)
    days: tuple[Weekday, ...] = field(default=(), converter=weekdays_of)
    calendar: WorkCalendar | None = field(default=None, converter=_calendar_or_none)

    def __attrs_post_init__(self) -> None:
        calendar = self.calendar
        if self.start == self.end and not self.days and calendar is None:
            problem = f"both ends are {self.start}, so that they never close"
            remedy = "let them differ, or name days or a calendar"
            raise DefinitionError("hours", problem, remedy)
        if self.days and calendar and set(self.days) <= set(calendar.weekend):
            problem = f"{', '.join(self.days)} is the weekend of {calendar.name!r}"
            remedy = "name a day that is worked, or leave the calendar out"
            raise DefinitionError("hours", problem, remedy)

    def holds(self, us: int, tz: str) -> bool:
        """Whether the zone's clock and calendar are inside at an instant."""
        day = self._begun_on(to_local(tz, us))
        return day is not None and self._may_begin_on(day) and self._knows(day)

    def is_unknown(self, us: int, tz: str) -> bool:
        """Whether an instant is outside only since the calendar ends before it."""
        day = self._begun_on(to_local(tz, us))
        return day is not None and self._may_begin_on(day) and not self._knows(day)

    def opens_at(self, us: int, tz: str) -> int:
        """The first microsecond from `us` on that is inside; `us` itself if it is.

        What comes beyond the days that the calendar knows may be open: the answer is
        then the first such time, and whoever asks again there gets the next one.

        >>> OpeningHours("09:00", "18:00", days=["fri"]).opens_at(
        ...     0, "UTC"
        ... ) // 3_600_000_000
        33
        """
        while not self.holds(us, tz):
            local_us = to_local(tz, us)
            opens_us = us + self._next_start(local_us) - local_us
            # Up to the next change, the clock goes on evenly.
            change = next_transition(tz, us, opens_us)
            if change is None:
                return opens_us
            us = change
        return us

    def _begun_on(self, local_us: int) -> int | None:
        """The day on which the hours began that the clock is in, if it is in any."""
        day, clock = divmod(local_us, DAY)
        start, end = self.start.us, self.end.us
        if start < end:
            return day if start <= clock < end else None
        if clock >= start:
            return day
        return day - 1 if clock < end else None

    def _next_start(self, local_us: int) -> int:
        """The next local time at which they begin, or may."""
        day = (local_us - self.start.us) // DAY + 1
        while not self._may_begin_on(day):
            day += 1
        return day * DAY + self.start.us

    def _may_begin_on(self, day: int) -> bool:
        if self.days and weekday_on(day) not in self.days:
            return False
        calendar = self.calendar
        return calendar is None or not self._knows(day) or works_on(calendar, day)

    def _knows(self, day: int) -> bool:
        calendar = self.calendar
        if calendar is None or calendar.until is None:
            return True
        return day <= number_of(calendar.until)

    @override
    def __str__(self) -> str:
        days = f" on {', '.join(self.days)}" if self.days else ""
        if self.calendar is not None:
            days += f" {'and ' if days else 'on '}workdays of {self.calendar}"
        return f"{self.start}-{self.end}{days}"
