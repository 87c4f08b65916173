"""Time: instants, spans, zones, windows, schedules and daily hours."""

from __future__ import annotations

from privflow.timing.hours import DailyHours
from privflow.timing.instant import Instant, instant
from privflow.timing.recurrence import (
    Around,
    Monthly,
    Weekly,
    around,
    monthly,
    weekly,
)
from privflow.timing.schedule import After, Day, OnDate, Schedule, after, day, on_date
from privflow.timing.span import Span, span
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.window import (
    Aligned,
    Calendar,
    CalendarUnit,
    Rolling,
    Weekday,
    Window,
    aligned,
    calendar,
    rolling,
)
from privflow.timing.zone import (
    from_local,
    local_date,
    start_of_day,
    to_local,
    zone_name,
)

__all__ = [
    "After",
    "Aligned",
    "Around",
    "Calendar",
    "CalendarUnit",
    "DailyHours",
    "Day",
    "Instant",
    "Monthly",
    "OnDate",
    "Rolling",
    "Schedule",
    "Span",
    "TimeOfDay",
    "Weekday",
    "Weekly",
    "Window",
    "after",
    "aligned",
    "around",
    "calendar",
    "day",
    "from_local",
    "instant",
    "local_date",
    "monthly",
    "on_date",
    "rolling",
    "span",
    "start_of_day",
    "time_of_day",
    "to_local",
    "weekly",
    "zone_name",
]
