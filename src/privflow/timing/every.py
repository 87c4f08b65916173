"""Steps of equal length from an anchor, up to an end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.instant import LAST_US
from privflow.timing.schedule import date_of
from privflow.timing.span import Span, span
from privflow.timing.time_of_day import TimeOfDay, maybe_time_of_day
from privflow.timing.zone import DAY, EPOCH_ORDINAL, at_clock, to_local

_SHORTEST = span("1m")
_MOST_TIMES = 10_000


def _times_or_none(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 1 <= value <= _MOST_TIMES:
        problem = f"got times={value!r}, expected a whole number from 1 to 10000"
        raise DefinitionError("every", problem, "write every('3d', times=5)")
    return value


def _span_or_none(value: str | Span | timedelta | None) -> Span | None:
    return None if value is None else span(value)


def _date_or_none(value: object) -> date | None:
    return None if value is None else date_of(value)


@frozen(repr=False)
class Every:
    """Due again and again, a step apart, from one step after the anchor to an end.

    With `at`, steps are calendar days: `every("3d", "20:00", times=2)` is due when
    `day(3, "20:00")` and `day(6, "20:00")` are. Without, they are exact spans.

    Args:
        step: at least a minute; whole days where there is a time of day.
        at: the local time.
        times: how often.
        lasting: since the anchor, the end included; whole days where there is a time.
        last_day: the last local day.

    Raises:
        DefinitionError: not exactly one end, or one before the first occurrence.

    >>> Every("12h", times=6)
    every('12h', times=6)
    """

    step: Span = field(converter=span)
    at: TimeOfDay | None = field(default=None, converter=maybe_time_of_day)
    times: int | None = field(default=None, converter=_times_or_none, kw_only=True)
    lasting: Span | None = field(default=None, converter=_span_or_none, kw_only=True)
    last_day: date | None = field(default=None, converter=_date_or_none, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.step < _SHORTEST:
            problem = f"got a step of {self.step}, expected at least {_SHORTEST}"
            raise DefinitionError("every", problem, "write every('12h', times=6)")
        ends = (self.times, self.lasting, self.last_day)
        if sum(end is not None for end in ends) != 1:
            problem = "got no end or two, expected times or until"
            raise DefinitionError("every", problem, "write every('3d', times=5)")
        for length in (self.step, self.lasting):
            if self.at is not None and length is not None and length.us % DAY:
                problem = f"got {length} with a time of day, expected whole days"
                raise DefinitionError("every", problem, "leave the time of day out")
        if not self._most():
            problem = f"ends {self.lasting} after the anchor, before the first time"
            remedy = f"write until='{self.step}' or more"
            raise DefinitionError("every", problem, remedy)

    def due(
        self,
        *,
        anchor_us: int,
        after_us: int | None,
        tz: str,
        attributes: Mapping[str, object],  # noqa: ARG002  Schedule
    ) -> int | None:
        """The next step that ends at or after the anchor, up to the end."""
        earliest = anchor_us if after_us is None else max(anchor_us, after_us + 1)
        if self.at is None:
            number = max(1, -((anchor_us - earliest) // self.step.us))
            due_us = anchor_us + number * self.step.us
        else:
            number, due_us = self._next_day(self.at, anchor_us, earliest, tz)
        if number > self._most() or due_us > LAST_US:
            return None
        return due_us if self._is_in_time(due_us, tz) else None

    def _next_day(
        self, at: TimeOfDay, anchor_us: int, earliest: int, tz: str
    ) -> tuple[int, int]:
        """The number and the instant of the first time from `earliest` on."""
        anchor, days = to_local(tz, anchor_us) // DAY, self.step.us // DAY
        # One too early, for gaps and folds at midnight.
        number = max(1, (to_local(tz, earliest) // DAY - anchor) // days - 1)
        while (due_us := at_clock(tz, anchor + number * days, at.us)) < earliest:
            number += 1
        return number, due_us

    def _most(self) -> int:
        """How often at most, whatever the last day may be."""
        if self.lasting is not None:
            return self.lasting.us // self.step.us
        return LAST_US if self.times is None else self.times

    def _is_in_time(self, due_us: int, tz: str) -> bool:
        if self.last_day is None:
            return True
        last = self.last_day.toordinal() - EPOCH_ORDINAL
        return to_local(tz, due_us) // DAY <= last

    @override
    def __str__(self) -> str:
        at = "" if self.at is None else f" at {self.at}"
        if self.lasting is not None:
            end = f", for {self.lasting}"
        elif self.last_day is not None:
            end = f" until {self.last_day}"
        else:
            end = ", once" if self.times == 1 else f", {self.times} times"
        return f"every {self.step}{at}{end}"

    @override
    def __repr__(self) -> str:
        at = "" if self.at is None else f", '{self.at}'"
        until = self.lasting or self.last_day
        end = f"times={self.times}" if until is None else f"until='{until}'"
        return f"every('{self.step}'{at}, {end})"


def every(
    step: str | Span,
    at: str | TimeOfDay | None = None,
    *,
    times: int | None = None,
    until: str | Span | timedelta | date | None = None,
) -> Every:
    """Due every so often, up to an end that must be said: `every("12h", times=6)`.

    The first time is one step after the anchor, as with `after`; for one at the anchor
    itself, put `after("0s")` beside it.

    Args:
        step: `"12h"`; whole days, such as `"3d"`, where there is a time of day.
        at: a local time: then the steps are days of the calendar.
        times: how often; or else
        until: a span since the anchor, or a date: the last time may fall on it.

    >>> print(every("3d", "20:00", times=5))
    every 3d at 20:00, 5 times
    >>> print(every("1d", "10:00", until="2026-11-11"))
    every 1d at 10:00 until 2026-11-11
    """
    if isinstance(until, date) or (isinstance(until, str) and "-" in until):
        return Every(step, at, times=times, last_day=until)
    return Every(step, at, times=times, lasting=until)
