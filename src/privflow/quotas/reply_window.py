"""So many touches within some time of what the contact did last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Trigger, trigger_of
from privflow.errors import DefinitionError
from privflow.facts import Properties, channel_matches, required_text
from privflow.quotas.counting import lapse_at, standing
from privflow.quotas.limit import whole_number
from privflow.quotas.occurrence import occurrences
from privflow.quotas.reach import counts_until
from privflow.quotas.written import written
from privflow.timing import Instant, Span, span
from privflow.touches import Allow, Deny, Hold, Ruling, Touch, TouchRecord, View


@frozen(kw_only=True, repr=False)
class ReplyWindow:
    """So many touches on a channel after the contact opened it (回复窗口).

    The contact's action opens the window; the next one opens it anew, with all of its
    touches. An action exactly `within` ago has closed (T2).

    Args:
        limit: how many touches each opening allows; None allows any number.
        within: how long the window stays open after the action.
        opened_by: the action: `event("message_received")`.
        channel: a channel, or a family.

    Raises:
        DefinitionError: a part that cannot mean anything.

    Source:
        5 messages within 48 hours of what the user sent: developers.weixin.qq.com,
        doc/subscription/guide/product/kf/intro.

    >>> from privflow.conditions import event
    >>> window = ReplyWindow(
    ...     "wechat-48h",
    ...     5,
    ...     within="48h",
    ...     opened_by=event("message_received"),
    ...     channel="wechat.service",
    ... )
    >>> print(window)
    at most 5 touches on wechat.service within 2d of event('message_received')
    """

    name: str = field(kw_only=False)
    limit: int | None = field(kw_only=False)
    within: Span = field(converter=span)
    opened_by: Trigger = field(converter=trigger_of)
    channel: str

    def __attrs_post_init__(self) -> None:
        required_text("ReplyWindow.name", self.name)
        required_text("ReplyWindow.channel", self.channel)
        if self.limit is not None:
            whole_number("ReplyWindow.limit", self.limit)
        if not self.within.us:
            problem = "got '0s', a window that is never open"
            raise DefinitionError("ReplyWindow.within", problem, "write '48h'")

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Deny where it is closed or used up: only the contact can change that.

        Where a reservation may lapse while the window is open, hold until then.
        """
        if not channel_matches(self.channel, touch.channel):
            return Allow()
        facts = Properties({"limit": self.limit, "window": str(self.within)})
        opened = next(self._openings(view, now), None)
        if opened is None:
            return Deny("window_closed", facts=facts)
        touches = standing(view.ledger, now=now.us, since=opened, channel=self.channel)
        uses = list(touches)
        count = len(uses)
        closes_at = Instant(opened + self.within.us)
        facts = facts.updated({"count": count, "closes_at": closes_at})
        if self.limit is not None and count >= self.limit:
            until = lapse_at(uses, count - self.limit + 1)
            if until is not None and until < closes_at:
                return Hold("window_used_up", until=until, facts=facts)
            return Deny("window_used_up", facts=facts)
        return Allow(facts=facts)

    def _openings(self, view: View, now: Instant) -> Iterator[int]:
        after = now.us - self.within.us
        return occurrences(
            self.opened_by, view.timeline, after_us=after, upto_us=now.us
        )

    def recalls(self) -> Mapping[str, Span | None]:
        """The action that opens it counts as long as it stays open."""
        return {self.opened_by.name: self.within}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A touch counts while the opening before it may still be open."""
        if not channel_matches(self.channel, record.touch.channel):
            return record.decided_at
        return counts_until(record, "submitted", self.within)

    @override
    def __str__(self) -> str:
        most = "any number of" if self.limit is None else f"at most {self.limit}"
        touches = "touch" if self.limit == 1 else "touches"
        place = f"on {self.channel} within {self.within} of {self.opened_by!r}"
        return f"{most} {touches} {place}"

    @override
    def __repr__(self) -> str:
        return written(self)
