"""Daily hours: the same stretch of the wall clock, every day."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.timing.time_of_day import TimeOfDay, time_of_day
from privflow.timing.zone import DAY, next_transition, to_local


@frozen(repr=False)
class DailyHours:
    """A stretch of every day (每日时段), over midnight if it ends before it starts.

    Args:
        start: the first minute inside.
        end: the first minute outside.

    Raises:
        DefinitionError: when both are equal, which could mean never or always.

    >>> DailyHours("22:00", "08:00").holds(23 * 3_600_000_000, "UTC")
    True
    """

    start: TimeOfDay = field(converter=time_of_day)
    end: TimeOfDay = field(converter=time_of_day)

    def __attrs_post_init__(self) -> None:
        if self.start == self.end:
            problem = f"got {self!r}, which is never or always"
            raise DefinitionError("hours", problem, "let start and end differ")

    def holds(self, us: int, tz: str) -> bool:
        """Whether the wall clock of the zone is inside at an instant (microseconds)."""
        clock, start, end = to_local(tz, us) % DAY, self.start.us, self.end.us
        if start < end:
            return start <= clock < end
        return clock >= start or clock < end

    def ends_at(self, us: int, tz: str) -> int:
        """The first microsecond from `us` on that is outside; `us` itself if it is.

        >>> DailyHours("22:00", "08:00").ends_at(0, "UTC") // 3_600_000_000
        8
        """
        while self.holds(us, tz):
            end = us + (self.end.us - to_local(tz, us)) % DAY
            # The clock may be put forward past the end, or back away from it.
            change = next_transition(tz, us, end)
            us = end if change is None else change
        return us

    @override
    def __str__(self) -> str:
        return f"{self.start}-{self.end}"

    @override
    def __repr__(self) -> str:
        return f"DailyHours('{self.start}', '{self.end}')"
