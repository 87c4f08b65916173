"""The hours of the day in which nobody is written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.timing import DailyHours, Instant, Span, TimeOfDay, time_of_day
from privflow.touches.gate import Allow, Hold, Ruling, View
from privflow.touches.message import names_of
from privflow.touches.reach import concerns, required_reach
from privflow.touches.record import TouchRecord
from privflow.touches.touch import Touch


def _exempt_of(given: Iterable[str]) -> tuple[str, ...]:
    return names_of(given, "QuietHours.exempt")


@frozen(kw_only=True)
class QuietHours:
    """No touch between two times of the contact's own day, every day (免打扰时段).

    Over midnight means what it says; the start minute is quiet, the end minute is
    not (T7). A touch that falls into them waits for their end and is judged again.

    Args:
        start: `"22:00"`.
        end: `"08:00"`.
        channel: a channel, or a family; all if None.
        exempt: message kinds that may pass, such as `["transactional"]`.

    Raises:
        DefinitionError: start and end are the same, or an unknown kind.

    >>> str(QuietHours("22:00", "08:00"))
    '22:00-08:00'
    """

    start: TimeOfDay = field(kw_only=False, converter=time_of_day)
    end: TimeOfDay = field(kw_only=False, converter=time_of_day)
    channel: str | None = None
    exempt: tuple[str, ...] = field(default=(), converter=_exempt_of)
    name: str = "quiet-hours"
    hours: DailyHours = field(init=False, eq=False, repr=False)
    _open: Allow = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        required_text("QuietHours.name", self.name)
        required_reach("QuietHours", self.channel, self.exempt)
        if self.start == self.end:
            problem = f"both ends are {self.start}"
            raise DefinitionError("QuietHours", problem, "leave a part of the day open")
        object.__setattr__(self, "hours", DailyHours(self.start, self.end))
        object.__setattr__(self, "_open", Allow(facts={"hours": str(self)}))

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the quiet hours end, in the contact's zone."""
        zone = view.timezone
        is_concerned = concerns(touch, self.channel, self.exempt)
        if not is_concerned or not self.hours.holds(now.us, zone):
            return self._open
        until = Instant(self.hours.ends_at(now.us, zone))
        return Hold("quiet_hours", until=until, facts=self._open.facts)

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at the clock alone."""
        return {}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """No touch that was sent matters to it."""
        return record.decided_at

    @override
    def __str__(self) -> str:
        return f"{self.start}-{self.end}"
