"""Schedules: when something is due, and the kinds that are due once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Protocol, runtime_checkable

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError, TimeFormatError, UnknownNameError
from privflow.timing.instant import LAST_US
from privflow.timing.span import Span, span
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.zone import (
    DAY,
    EPOCH_ORDINAL,
    at_clock,
    to_local,
)

Late = Literal["next", "now"]

_MOST_DAYS = 3_660


@runtime_checkable
class Schedule(Protocol):
    """When a step is due, counted from an anchor: once, or again and again.

    It does not ask what the anchor is: the entry into a stage or a journey, an event,
    the first day of a relation or of a tag. What is due once answers None as soon as an
    occurrence is named, so that no edit of the plan can make it due a second time.
    """

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],
    ) -> int | None:
        """The first due instant, or the next one after an occurrence; None for none.

        Args:
            anchor_us: the instant that the schedule counts from.
            after_us: the occurrence before, or None for the very first. The next one of
                what recurs is strictly later, even if it was no occurrence itself.
            tz: the zone whose calendar and clock are meant.
            attributes: what is known of the contact.

        Returns:
            Microseconds, at the anchor or later.
        """
        ...


def once(due_us: int, after_us: int | None) -> int | None:
    """The one instant of what is due once; None after it, and after the last year."""
    return due_us if after_us is None and due_us <= LAST_US else None


@frozen(repr=False)
class After:
    """Due once, a span after the anchor.

    >>> After("2h").due(anchor_us=0, after_us=None, tz="UTC", attributes={})
    7200000000
    """

    span: Span = field(converter=span)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,  # noqa: ARG002  Schedule
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """The anchor plus the span."""
        due_us = anchor_us + self.span.us
        return due_us if after_us is None and due_us <= LAST_US else None

    @override
    def __str__(self) -> str:
        return f"after {self.span}"

    @override
    def __repr__(self) -> str:
        return f"after('{self.span}')"


def _day_number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_DAYS:
        problem = f"got {value!r}, expected a whole number from 0 to {_MOST_DAYS}"
        raise DefinitionError("day", problem, "day 0 is the day of the anchor")
    return value


def late_of(value: object) -> Late:
    """The word for what to do with a time that has passed, or an error."""
    if value == "next":
        return "next"
    if value == "now":
        return "now"
    raise UnknownNameError("late", str(value), ("next", "now"))


@frozen(repr=False)
class Day:
    """Due once, at a time of day, so many calendar days after the anchor's own.

    Args:
        n: 0 for the local day of the anchor, 1 for the next.
        at: the local time.
        late: what to do when that time has passed at the anchor: be due at once
            (`"now"`), or at that time on the next day (`"next"`).

    >>> Day(1, "20:00").due(anchor_us=0, after_us=None, tz="UTC", attributes={})
    158400000000
    """

    n: int = field(converter=_day_number)
    at: TimeOfDay = field(converter=time_of_day)
    late: Late = field(default="next", converter=late_of, kw_only=True)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """That time on that day; see `late` for a time that has passed."""
        if after_us is not None:
            return None
        day, clock = to_local(tz, anchor_us) // DAY + self.n, self.at.us
        due_us = at_clock(tz, day, clock)
        if due_us < anchor_us and self.late == "now":
            due_us = anchor_us
        while due_us < anchor_us:
            day += 1
            due_us = at_clock(tz, day, clock)
        return due_us if due_us <= LAST_US else None

    @override
    def __str__(self) -> str:
        late = ", at once if late" if self.late == "now" else ""
        return f"day {self.n} at {self.at}{late}"

    @override
    def __repr__(self) -> str:
        late = ", late='now'" if self.late == "now" else ""
        return f"day({self.n}, '{self.at}'{late})"


def date_of(value: object) -> date:
    """A plain date; text must be `YYYY-MM-DD` in ASCII digits."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and len(value) == len("2026-11-11") and value.isascii():
        try:
            parsed = date.fromisoformat(value)
        except ValueError:
            parsed = None
        # fromisoformat also reads weeks: '2026-W46-3'.
        if parsed is not None and parsed.isoformat() == value:
            return parsed
    raise TimeFormatError("date", value, "'2026-11-11'")


@frozen(repr=False)
class OnDate:
    """Due once, on a date at a local time; never for an anchor after that.

    >>> OnDate("1970-01-02", "00:00").due(
    ...     anchor_us=0, after_us=None, tz="UTC", attributes={}
    ... )
    86400000000
    """

    date: date = field(converter=date_of)
    at: TimeOfDay = field(converter=time_of_day)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """That instant, unless it lies before the anchor."""
        day = self.date.toordinal() - EPOCH_ORDINAL
        due_us = at_clock(tz, day, self.at.us)
        return None if due_us < anchor_us else once(due_us, after_us)

    @override
    def __str__(self) -> str:
        return f"on {self.date} at {self.at}"

    @override
    def __repr__(self) -> str:
        return f"on_date('{self.date}', '{self.at}')"


def is_due_once(schedule: Schedule) -> bool:
    """Whether a schedule is known to be due once at most; others may recur."""
    return isinstance(schedule, After | Day | OnDate)


def after(length: str | Span) -> After:
    """Due once, `length` after the anchor: `after("2h")`.

    >>> print(after("2h"))
    after 2h
    """
    return After(span(length))


def day(n: int, at: str | TimeOfDay, *, late: Late = "next") -> Day:
    """Due once, on the n-th local day after the anchor's own: `day(3, "20:00")`.

    >>> print(day(3, "20:00"))
    day 3 at 20:00
    """
    return Day(n, time_of_day(at), late=late)


def on_date(when: str | date, at: str | TimeOfDay) -> OnDate:
    """Due once, on a date at a local time: `on_date("2026-11-11", "10:00")`.

    >>> print(on_date("2026-11-11", "10:00"))
    on 2026-11-11 at 10:00
    """
    return OnDate(when, time_of_day(at))
