"""Time: instants, spans, zones, windows, schedules and daily hours."""

from __future__ import annotations

from privflow.timing.anniversary import Around, Leap, around
from privflow.timing.calendar_window import (
    Calendar,
    CalendarPeriods,
    CalendarUnit,
    calendar,
)
from privflow.timing.every import Every, every
from privflow.timing.hours import DailyHours
from privflow.timing.instant import (
    FIRST_US,
    LAST_US,
    Instant,
    instant,
    required_now,
)
from privflow.timing.months import Months, months
from privflow.timing.opening import OpeningHours
from privflow.timing.recurrence import Monthly, Weekly, monthly, weekly
from privflow.timing.schedule import (
    After,
    Day,
    Late,
    OnDate,
    Schedule,
    after,
    day,
    is_due_once,
    on_date,
)
from privflow.timing.span import Span, span
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.weekday import Weekday, weekdays_of
from privflow.timing.window import Aligned, Rolling, Window, aligned, rolling
from privflow.timing.work_calendar import WorkCalendar
from privflow.timing.workday import OnWorkday, Otherwise, Workday, on_workday, workday
from privflow.timing.zone import (
    day_number,
    from_local,
    local_date,
    start_of_day,
    to_local,
    zone_name,
)

__all__ = [
    "FIRST_US",
    "LAST_US",
    "After",
    "Aligned",
    "Around",
    "Calendar",
    "CalendarPeriods",
    "CalendarUnit",
    "DailyHours",
    "Day",
    "Every",
    "Instant",
    "Late",
    "Leap",
    "Monthly",
    "Months",
    "OnDate",
    "OnWorkday",
    "OpeningHours",
    "Otherwise",
    "Rolling",
    "Schedule",
    "Span",
    "TimeOfDay",
    "Weekday",
    "Weekly",
    "Window",
    "WorkCalendar",
    "Workday",
    "after",
    "aligned",
    "around",
    "calendar",
    "day",
    "day_number",
    "every",
    "from_local",
    "instant",
    "is_due_once",
    "local_date",
    "monthly",
    "months",
    "on_date",
    "on_workday",
    "required_now",
    "rolling",
    "span",
    "start_of_day",
    "time_of_day",
    "to_local",
    "weekdays_of",
    "weekly",
    "workday",
    "zone_name",
]
