"""One touch for each consent that the contact gave, until none is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Trigger, trigger_of
from privflow.facts import Timeline, channel_matches, required_text
from privflow.quotas.counting import lapse_at, standing
from privflow.quotas.limit import whole_number
from privflow.quotas.occurrence import occurrences, trigger_or_none
from privflow.quotas.reservation import KEEP_FOR
from privflow.quotas.written import written
from privflow.timing import Instant, Span
from privflow.touches import (
    Allow,
    Deny,
    Hold,
    Ledger,
    Ruling,
    Touch,
    TouchRecord,
    Use,
    View,
)


@frozen(kw_only=True, repr=False)
class Grants:
    """A balance of touches that the contact granted, one consent at a time (订阅授权).

    Grants add up and do not expire; a touch uses one, and gives it back when it is
    released. The platform cannot be asked for the balance: the ledger and the timeline
    are the only record.

    Args:
        granted_by: the event of a consent: `event("subscription_granted")`.
        channel: a channel, or a family.
        revoked_by: the event that voids every grant up to its own instant.
        each_grant: how many touches a consent allows.

    Raises:
        DefinitionError: a part that cannot mean anything.

    Source:
        one consent, one message, at any time: developers.weixin.qq.com,
        miniprogram/dev/framework/open-ability/subscribe-message-overview.html.

    >>> from privflow.conditions import event
    >>> print(Grants("news", granted_by=event("agreed"), channel="miniprogram"))
    1 touch on miniprogram for each event('agreed')
    """

    name: str = field(kw_only=False)
    granted_by: Trigger = field(converter=trigger_of)
    channel: str
    revoked_by: Trigger | None = field(default=None, converter=trigger_or_none)
    each_grant: int = 1

    def __attrs_post_init__(self) -> None:
        required_text("Grants.name", self.name)
        required_text("Grants.channel", self.channel)
        whole_number("Grants.each_grant", self.each_grant)

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Deny where no grant is left; hold where a reservation may give one back."""
        if not channel_matches(self.channel, touch.channel):
            return Allow()
        granted, uses = self._account(view, now)
        balance = granted - len(uses)
        facts = {"balance": balance}
        if balance > 0:
            return Allow(facts=facts)
        until = lapse_at(uses, len(uses) - granted + 1)
        if until is None:
            return Deny("grant_exhausted", facts=facts)
        return Hold("grant_exhausted", until=until, facts=facts)

    def balance(self, view: View, *, now: Instant) -> int:
        """How many touches are granted and not used; below 0 if some had no grant."""
        granted, uses = self._account(view, now)
        return granted - len(uses)

    def _account(self, view: View, now: Instant) -> tuple[int, list[Use]]:
        """What was granted since the last revocation, and what was used of it."""
        after = self._revoked_at(view, now)
        granted = sum(
            1
            for _ in occurrences(
                self.granted_by, view.timeline, after_us=after, upto_us=now.us
            )
        )
        since = None if after is None else after + 1
        touches = standing(view.ledger, now=now.us, since=since, channel=self.channel)
        return self.each_grant * granted, list(touches)

    def _revoked_at(self, view: View, now: Instant) -> int | None:
        return next(self._revocations(view.timeline, now.us), None)

    def _revocations(self, timeline: Timeline, upto: int) -> Iterator[int]:
        """When grants were revoked, newest first."""
        if self.revoked_by is None:
            return iter(())
        return occurrences(self.revoked_by, timeline, after_us=None, upto_us=upto)

    def recalls(self) -> Mapping[str, Span | None]:
        """The balance is made from all grants and revocations; see `settled_at`."""
        triggers = (self.granted_by, self.revoked_by)
        return {trigger.name: None for trigger in triggers if trigger is not None}

    def settled_at(
        self,
        timeline: Timeline,
        ledger: Ledger,
        *,
        upto: Instant,
        is_needed: Callable[[TouchRecord], bool],
    ) -> Instant | None:
        """The last instant by which all that was granted is used up, or revoked.

        What lies until then, grants and uses together, changes the balance no more, and
        can be forgotten if both are.

        Args:
            upto: no later than this.
            is_needed: whether a touch is to be kept for other reasons.
        """
        last, changes = upto.us, []
        for record in ledger:
            if record.decided_at.us > last:
                break
            if self._is_about(record):
                if is_needed(record):
                    last = record.decided_at.us - 1
                    break
                if record.lapses_at is None:
                    changes.append((record.decided_at.us, -1))
        given = occurrences(self.granted_by, timeline, after_us=None, upto_us=last)
        changes += [(at, self.each_grant) for at in given]
        revoked = set(self._revocations(timeline, last))
        changes += [(at, 0) for at in revoked]
        balance, found = 0, None
        for at, same in groupby(sorted(changes), key=itemgetter(0)):
            balance = 0 if at in revoked else balance + sum(n for _, n in same)
            found = found if balance else at
        return None if found is None else Instant(found)

    def _is_about(self, record: TouchRecord) -> bool:
        """Whether a touch takes a grant, or may take one yet."""
        is_ours = channel_matches(self.channel, record.touch.channel)
        return is_ours and record.released_at is None

    def matters_until(self, record: TouchRecord) -> Instant | None:
        """A use counts as long as its grant does: see `settled_at`.

        One whose reservation has lapsed may be confirmed after all; for that a month is
        left, as stores of shared quotas leave it.
        """
        if not channel_matches(self.channel, record.touch.channel):
            return record.decided_at
        if record.lapses_at is not None:
            return record.lapses_at + KEEP_FOR
        return record.released_at

    @override
    def __str__(self) -> str:
        touches = "touch" if self.each_grant == 1 else "touches"
        until = f", until {self.revoked_by!r}" if self.revoked_by else ""
        granted = f"{self.each_grant} {touches} on {self.channel}"
        return f"{granted} for each {self.granted_by!r}{until}"

    @override
    def __repr__(self) -> str:
        return written(self)
