"""The hours of some days in which touches may leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen
from typing_extensions import override

from privflow.facts import required_text
from privflow.timing import (
    Instant,
    OpeningHours,
    Span,
    TimeOfDay,
    Weekday,
    WorkCalendar,
    time_of_day,
    weekdays_of,
)
from privflow.touches.gate import Allow, Hold, Ruling, View
from privflow.touches.message import names_of
from privflow.touches.reach import concerns, required_reach
from privflow.touches.record import TouchRecord
from privflow.touches.touch import Touch


def _exempt_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "SendWindow.exempt")


@frozen(kw_only=True)
class SendWindow:
    """Touches leave in these hours of the contact's own day alone (发送时段).

    Any other touch waits until they open and is judged again, by the calendar that the
    plan has by then. On a day that the calendar does not know nothing leaves: the
    touch is asked about on the next one.

    Args:
        start: `"09:00"`, the first minute inside.
        end: `"21:00"`, the first minute outside; on the next day, if it is not after
            `start`. From `"00:00"` to `"00:00"` is the whole day.
        days: the weekdays on which the hours begin, such as `["tue", "wed", "thu"]`;
            all if there are none.
        calendar: they begin on its workdays alone.
        channel: a channel, or a family; all if None.
        exempt: message kinds that may pass at any time, such as `["transactional"]`.

    Raises:
        DefinitionError: it is never closed, or never open for good; an unknown kind.

    >>> str(SendWindow("09:00", "21:00", calendar=WorkCalendar("office")))
    '09:00-21:00 on workdays of office'
    """

    start: TimeOfDay = field(kw_only=False, converter=time_of_day)
    end: TimeOfDay = field(kw_only=False, converter=time_of_day)
    days: tuple[Weekday, ...] = field(default=(), converter=weekdays_of)
    calendar: WorkCalendar | None = None
    channel: str | None = None
    exempt: tuple[str, ...] = field(default=(), converter=_exempt_of)
    name: str = "send-window"
    hours: OpeningHours = field(init=False, eq=False, repr=False)
    _open: Allow = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("SendWindow.name", self.name)
        required_reach("SendWindow", self.channel, self.exempt)
        hours = OpeningHours(
            self.start, self.end, days=self.days, calendar=self.calendar
        )
        object.__setattr__(self, "hours", hours)
        object.__setattr__(self, "_open", Allow(facts={"hours": str(self)}))

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the hours begin next, in the contact's zone."""
        zone = view.timezone
        is_concerned = concerns(touch, self.channel, self.exempt)
        if not is_concerned or self.hours.holds(now.us, zone):
            return self._open
        facts = self._open.facts
        until = Instant(self.hours.opens_at(now.us, zone))
        calendar = self.calendar
        if calendar is None or not self.hours.is_unknown(now.us, zone):
            return Hold("send_window", until=until, facts=facts)
        ends = {"calendar": calendar.name, "known_until": calendar.until}
        return Hold(
            "calendar_ended", until=until, facts={**facts, **ends}, recheck=True
        )

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at the clock alone."""
        return {}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """No touch that was sent matters to it."""
        return record.decided_at

    @override
    def __str__(self) -> str:
        return str(self.hours)
