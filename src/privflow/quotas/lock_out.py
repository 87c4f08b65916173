"""A pause after the platform has said that a limit was exceeded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Trigger
from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.quotas.occurrence import occurrences, trigger_or_none
from privflow.quotas.reach import checked_window, reach
from privflow.quotas.reservation import KEEP_FOR
from privflow.quotas.selection import Selection
from privflow.quotas.written import written
from privflow.timing import Instant, Span, Window
from privflow.touches import (
    REASONS,
    Allow,
    Hold,
    Ruling,
    Touch,
    TouchRecord,
    View,
    names_of,
    one_of,
)

EXCEEDED: Final = ("over_limit", "rate_limited")


def _reasons_of(given: Iterable[str]) -> tuple[str, ...]:
    reasons = names_of(given, "LockOut.reasons")
    for reason in reasons:
        one_of("LockOut.reasons", reason, REASONS)
    return reasons


def _window_of(given: Window) -> Window:
    return checked_window("LockOut.per", given)


@frozen(kw_only=True, repr=False)
class LockOut(Selection):
    """No touch for a while after one was refused as too many (超限封禁).

    The lock begins with the report and ends when the report leaves the window: a ban of
    a calendar day ends at midnight, one of thirty days thirty days later.

    Args:
        per: the length of the lock: `calendar("day")`, or `rolling("30d")`.
        reasons: of failed touches, which begin it.
        event: an event that begins it, too: what a callback says of the whole account.
        channel: a channel, or a family: whose failures lock, and what is locked.
        kind: of the same.
        label: of the same.
        journey: of the same.

    Raises:
        DefinitionError: a part that cannot mean anything.

    Source:
        WeCom bans an interface for a calendar day, or for 30 days that are no calendar
        month: developer.work.weixin.qq.com 90454, 2023-08-28. Huawei discards pushes to
        a device for 24 hours: Tencent Cloud IM 269/130977, 2026-05-14.

    >>> from privflow.timing import calendar
    >>> print(LockOut("banned", per=calendar("day"), channel="wecom.mass"))
    no touches on wecom.mass after over_limit or rate_limited, calendar day
    """

    name: str = field(kw_only=False)
    per: Window = field(converter=_window_of)
    reasons: tuple[str, ...] = field(default=EXCEEDED, converter=_reasons_of)
    event: Trigger | None = field(default=None, converter=trigger_or_none)

    @override
    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        required_text("LockOut.name", self.name)
        if not self.reasons and self.event is None:
            problem = "got no reason and no event, nothing that could begin it"
            raise DefinitionError("LockOut", problem, "leave the reasons as they are")

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the lock that ends last is over."""
        if not self.matches(touch):
            return Allow()
        start, _ = self.per.bounds(now.us, view.timezone)
        begun = max(self._begun(view, start, now), default=None)
        if begun is None:
            return Allow(facts={"window": str(self.per)})
        until = Instant(self.per.leaves_at(begun, view.timezone))
        facts = {"since": Instant(begun), "window": str(self.per)}
        return Hold("locked_out", until=until, facts=facts)

    def _begun(self, view: View, start: int, now: Instant) -> Iterator[int]:
        """When locks began that are not over, in microseconds."""
        for traits, reason, us in view.ledger.ends():
            is_new = start <= us <= now.us
            if is_new and reason in self.reasons and self.matches(traits):
                yield us
        if self.event is not None:
            yield from occurrences(
                self.event, view.timeline, after_us=start - 1, upto_us=now.us
            )

    def recalls(self) -> Mapping[str, Span | None]:
        """The event matters as long as its lock lasts."""
        return {} if self.event is None else {self.event.name: reach(self.per)}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A failure matters as long as its lock; what may still fail, for a month.

        That is a month from the last that was heard of it or from the end of its
        reservation, whichever is later: as long as stores of shared quotas wait for
        late truth. Who reports a failure later than that begins no lock.
        """
        if not self.matches(record.touch) or not self.reasons:
            return record.decided_at
        if record.released_at is not None:
            length = reach(self.per)
            return None if length is None else record.released_at + length
        delivered = record.reached("delivered")
        if delivered is not None:
            return delivered
        start = record.lapses_at or record.decided_at
        return max([start, *(at for _, at in record.moments)]) + KEEP_FOR

    @override
    def __str__(self) -> str:
        event = () if self.event is None else (repr(self.event),)
        causes = " or ".join((*self.reasons, *event))
        return f"no {self.noun(count=2)} after {causes}, {self.per}"

    @override
    def __repr__(self) -> str:
        return written(self)
