"""A consent that lasts, and allows so many touches in each window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Trigger, trigger_of
from privflow.facts import Value, channel_matches, required_text
from privflow.quotas.counting import standing
from privflow.quotas.limit import whole_number
from privflow.quotas.occurrence import occurrences, trigger_or_none
from privflow.quotas.reach import checked_window, counts_until, reach
from privflow.quotas.written import written
from privflow.timing import Instant, Span, Window
from privflow.touches import (
    Allow,
    Deny,
    Hold,
    Ruling,
    Touch,
    TouchRecord,
    Traits,
    View,
)


def _window_of(given: Window) -> Window:
    return checked_window("StandingGrant.per", given)


@frozen(kw_only=True, repr=False)
class StandingGrant:
    """A lasting consent with a rate, for each business number if need be (长期订阅).

    Args:
        limit: how many touches a window allows.
        per: the window; without a zone of its own, in the contact's zone.
        granted_by: the event of the consent; it holds until it is revoked.
        channel: a channel, or a family.
        revoked_by: the event that ends it, until the next consent.
        key: the parameter of the message that has a rate of its own for each value: the
            number of a policy or an order. A touch without it is denied.
        most_parts: how many messages one touch may be made of: its cost.

    Raises:
        DefinitionError: a part that cannot mean anything.

    Source:
        Long-term subscriptions with a rate count by user, template and required field:
        developers.weixin.qq.com,
        miniprogram/dev/framework/open-ability/subscribe-message-overview.html. Douyin
        allows one touch a day of at most 3 messages to who authorised it:
        developer.open-douyin.com, interaction-management/im.

    >>> from privflow.conditions import event
    >>> from privflow.timing import calendar
    >>> print(
    ...     StandingGrant(
    ...         "policy-news",
    ...         1,
    ...         per=calendar("month"),
    ...         granted_by=event("agreed"),
    ...         channel="miniprogram.subscribe",
    ...         key="policy",
    ...     )
    ... )
    at most 1 touch on miniprogram.subscribe for each policy since event('agreed'), \
calendar month
    """

    name: str = field(kw_only=False)
    limit: int = field(kw_only=False)
    per: Window = field(converter=_window_of)
    granted_by: Trigger = field(converter=trigger_of)
    channel: str
    revoked_by: Trigger | None = field(default=None, converter=trigger_or_none)
    key: str | None = None
    most_parts: int | None = None

    def __attrs_post_init__(self) -> None:
        required_text("StandingGrant.name", self.name)
        required_text("StandingGrant.channel", self.channel)
        whole_number("StandingGrant.limit", self.limit)
        if self.key is not None:
            required_text("StandingGrant.key", self.key)
        if self.most_parts is not None:
            whole_number("StandingGrant.most_parts", self.most_parts)

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Hold until the rate allows one more; deny where no consent holds."""
        if not channel_matches(self.channel, touch.channel):
            return Allow()
        if not self._is_granted(view, now):
            return Deny("not_granted")
        if self.key is not None and self._code(touch) is None:
            return Deny("no_key", facts={"key": self.key})
        if self.most_parts is not None and touch.cost > self.most_parts:
            facts = {"cost": touch.cost, "limit": self.most_parts, "window": "touch"}
            return Deny("cost_over_limit", facts=facts)
        return self._rated(touch, view, now)

    def _rated(self, touch: Touch, view: View, now: Instant) -> Ruling:
        leaving = sorted(self._leaving(touch, view, now))
        facts = {
            "count": len(leaving),
            "limit": self.limit,
            "window": str(self.per),
        }
        if len(leaving) < self.limit:
            return Allow(facts=facts)
        until = Instant(leaving[len(leaving) - self.limit])
        return Hold("quota_full", until=until, facts=facts)

    def _leaving(self, touch: Touch, view: View, now: Instant) -> Iterator[int]:
        """When each touch of the window, and of the same number, leaves it."""
        zone = view.timezone
        start, _ = self.per.bounds(now.us, zone)
        for use in standing(view.ledger, now=now.us, since=start, channel=self.channel):
            if self._code(use.traits) == self._code(touch):
                leaves = self.per.leaves_at(use.decided, zone)
                yield leaves if use.lapses is None else min(leaves, use.lapses)

    def _code(self, touch: Touch | Traits) -> Value | None:
        return None if self.key is None else touch.parameters.get(self.key)

    def _is_granted(self, view: View, now: Instant) -> bool:
        """Whether the last word was a consent; of one instant, a revocation wins."""
        granted = self._last(self.granted_by, view, now)
        revoked = self._last(self.revoked_by, view, now)
        return granted is not None and (revoked is None or granted > revoked)

    def _last(self, trigger: Trigger | None, view: View, now: Instant) -> int | None:
        if trigger is None:
            return None
        found = occurrences(trigger, view.timeline, after_us=None, upto_us=now.us)
        return next(found, None)

    def recalls(self) -> Mapping[str, Span | None]:
        """The consent and its end count for ever."""
        triggers = (self.granted_by, self.revoked_by)
        return {trigger.name: None for trigger in triggers if trigger is not None}

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A touch matters as long as the window may hold it."""
        if not channel_matches(self.channel, record.touch.channel):
            return record.decided_at
        return counts_until(record, "submitted", reach(self.per))

    @override
    def __str__(self) -> str:
        touches = "touch" if self.limit == 1 else "touches"
        each = f" for each {self.key}" if self.key else ""
        until = f" until {self.revoked_by!r}" if self.revoked_by else ""
        place = f"on {self.channel}{each} since {self.granted_by!r}{until}"
        return f"at most {self.limit} {touches} {place}, {self.per}"

    @override
    def __repr__(self) -> str:
        return written(self)
