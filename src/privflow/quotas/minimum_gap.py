"""No touch too soon after another one."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen
from typing_extensions import override

from privflow.errors import DefinitionError
from privflow.facts import required_text
from privflow.quotas.counting import standing
from privflow.quotas.reach import counts_until
from privflow.quotas.selection import Selection
from privflow.quotas.written import written
from privflow.timing import Instant, Span, span
from privflow.touches import Allow, Hold, Ruling, Touch, TouchRecord, View


@frozen(kw_only=True, repr=False)
class MinimumGap(Selection):
    """At least so much time between two touches (最小间隔).

    The gap is kept between the touches that channel, kind, label and journey choose;
    any other neither waits nor makes one wait. Exactly `gap` later is late enough.

    Args:
        gap: the shortest time from one decision to the next.
        channel: a channel, or a family.
        kind: `"marketing"`, say.
        label: one of the message's labels.
        journey: the journey that decides the touch.

    Raises:
        DefinitionError: a part that cannot mean anything.

    >>> print(MinimumGap("breathe", "2h", kind="marketing"))
    at least 2h between marketing touches
    """

    name: str = field(kw_only=False)
    gap: Span = field(kw_only=False, converter=span)

    @override
    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        required_text("MinimumGap.name", self.name)
        if not self.gap.us:
            problem = "got '0s', which is no gap"
            raise DefinitionError("MinimumGap.gap", problem, "write '2h'")

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the gap after the last touch is over, or its place is free."""
        if not self.matches(touch):
            return Allow()
        since = now.us - self.gap.us + 1
        uses = [
            use
            for use in standing(view.ledger, now=now.us, since=since)
            if self.matches(use.traits)
        ]
        if not uses:
            return Allow(facts={"gap": str(self.gap)})
        until = max(
            use.decided + self.gap.us
            if use.lapses is None
            else min(use.decided + self.gap.us, use.lapses)
            for use in uses
        )
        facts = {"gap": str(self.gap), "last": Instant(uses[0].decided)}
        return Hold("too_soon", until=Instant(until), facts=facts)

    def recalls(self) -> Mapping[str, Span | None]:
        """It looks at touches alone, and at no event."""
        return {}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A touch matters for one gap."""
        if not self.matches(record.touch):
            return record.decided_at
        return counts_until(record, "submitted", self.gap)

    @override
    def __str__(self) -> str:
        return f"at least {self.gap} between {self.noun(count=2)}"

    @override
    def __repr__(self) -> str:
        return written(self)
