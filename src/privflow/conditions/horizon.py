"""How long events must be kept so that conditions can be asked about them (C8)."""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions.condition import Condition
from privflow.conditions.node import (
    Clause,
    Followed,
    Happening,
    Member,
    clauses_of,
    happenings_of,
    unresolved,
)
from privflow.timing import (
    Aligned,
    Calendar,
    CalendarPeriods,
    Rolling,
    Span,
    Window,
    span,
)

_LONGEST = {"day": "1d", "week": "7d", "month": "31d", "year": "366d"}
_MARGIN = span("3d").us
"""A change of the clock, and a contact who moves to the other end of the world."""


def horizons_of(conditions: Iterable[Condition]) -> dict[str, Span | None]:
    """How old an event of each name can be and still be asked about.

    Returns:
        For every event name that is asked about; None means for ever. What
        `Timeline.compacted` wants.

    Raises:
        ConditionError: a reference to a segment is not resolved.

    >>> from privflow.conditions import event
    >>> horizons_of([event("reply").within("7d").exists(), event("buy").exists()])
    {'reply': span('7d'), 'buy': None}
    """
    found: dict[str, Span | None] = {}
    for condition in conditions:
        for clause in clauses_of(condition.node):
            for name, needed in _needs(clause):
                known = found.get(name, Span(0))
                both = None if known is None or needed is None else max(known, needed)
                found[name] = both
    return found


def _needs(clause: Clause) -> list[tuple[str, Span | None]]:
    match clause:
        case Member():
            raise unresolved(clause)
        case Followed(first, then):
            # What follows is younger than what it follows.
            needed = _needed(first)
            return [(first.name, needed), (then.name, needed)]
        case _:
            return [(of.name, _needed(of)) for of in happenings_of(clause)]


def _needed(of: Happening) -> Span | None:
    return None if of.window is None else _length(of.window)


def _length(window: Window) -> Span | None:
    """The oldest that an event in the window can ever be; None if nobody knows."""
    match window:
        case Rolling():
            return window.span
        case Aligned():
            return Span(window.span.us + _MARGIN)
        case Calendar():
            return Span(span(_LONGEST[window.unit]).us + _MARGIN)
        case CalendarPeriods():
            return Span(window.count * span(_LONGEST[window.unit]).us + _MARGIN)
        case _:
            return None
