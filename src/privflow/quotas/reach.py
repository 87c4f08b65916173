"""The window of a quota, and how long a touch can matter to it."""

from __future__ import annotations

from typing import Final

from privflow.errors import DefinitionError
from privflow.timing import (
    Aligned,
    Calendar,
    CalendarPeriods,
    Instant,
    Rolling,
    Span,
    Window,
    span,
)
from privflow.touches import TouchRecord

_PERIODS: Final = {
    "day": span("1d"),
    "week": span("7d"),
    "month": span("31d"),
    "year": span("366d"),
}
_MARGIN: Final = span("2d")
"""For days that are longer than others, and a contact who moves to another zone."""


def checked_window(what: str, given: Window) -> Window:
    """The window of a quota, if it is one."""
    if isinstance(given, type) or not isinstance(given, Window):
        problem = f"got {given!r}, expected a window"
        remedy = "write rolling('7d'), calendar('day') or aligned('1h')"
        raise DefinitionError(what, problem, remedy)
    return given


def reach(window: Window) -> Span | None:
    """What is older than this is in no window of this kind; None for ever."""
    match window:
        case Rolling():
            return window.span
        case Aligned():
            return Span(window.span.us + _MARGIN.us)
        case Calendar():
            return Span(_PERIODS[window.unit].us + _MARGIN.us)
        case CalendarPeriods():
            return Span(window.count * _PERIODS[window.unit].us + _MARGIN.us)
        case _:
            return None


def counts_until(
    record: TouchRecord, moment: str, length: Span | None
) -> Instant | None:
    """From when on a touch is in no window, whatever is heard of it; None for never.

    A released touch comes back never. A pending one may come to count at any time; if
    its reservation has lapsed, for as long after the deadline as the window is long.

    Args:
        moment: the one at which it counts.
        length: of the window; None for ever.
    """
    if record.released_at is not None:
        return record.released_at
    reached = record.reached(moment) or record.lapses_at
    if reached is None or length is None:
        return None
    return max(reached, record.decided_at) + length
