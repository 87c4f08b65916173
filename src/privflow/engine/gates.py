"""What gates see, and the first of them: can the contact be reached at all?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping

from attrs import frozen

from privflow.facts import EMPTY, FOREVER, Contact, Properties, Timeline
from privflow.journeys import GateLine
from privflow.timing import Instant
from privflow.touches import (
    Allow,
    ChannelProfile,
    Deny,
    Hold,
    Ledger,
    Ruling,
    Token,
    Touch,
    View,
)

_REACHABLE = Allow()


@frozen(weakref_slot=False)
class Sight:
    """What a gate sees: the contact, and every touch decided so far."""

    contact: Contact
    timeline: Timeline
    ledger: Ledger
    timezone: str


@frozen
class Reachable:
    """The contact has what the channel needs: identity, relation, token, kind."""

    channels: Mapping[str, ChannelProfile]
    name: str = "reachable"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        """Deny what the channel cannot carry to this contact at `now`."""
        profile = self.channels[touch.channel]
        if touch.kind not in profile.kinds:
            return Deny("kind_not_carried", facts={"kind": touch.kind})
        contact = view.contact
        if profile.namespace and contact.identity(profile.namespace, now=now) is None:
            return Deny("no_identity", facts={"namespace": profile.namespace})
        if profile.needs_relation and not _is_followed(contact, now):
            return Deny("no_relation")
        if profile.token and not token_for(touch.channel, profile.token, view, now=now):
            within = str(profile.token.within)
            return Deny(
                "no_token", facts={"token": profile.token.property, "within": within}
            )
        return _REACHABLE


def _is_followed(contact: Contact, now: Instant) -> bool:
    """Whether any member of staff follows the contact at `now`."""
    for relation in contact.relations:  # noqa: SIM110 - any() takes three times as long
        if relation.lasts(now=now):
            return True
    return False


def token_for(channel: str, token: Token, view: View, *, now: Instant) -> str:
    """The unused code that opens a one-shot channel at `now`; empty without one."""
    newest, code = -FOREVER, ""
    for series in view.timeline.series.values():
        column = series.columns.get(token.property)
        if column is None:
            continue
        first = bisect_right(series.times, now.us - token.within.us, 0, series.size)
        for place in range(first, bisect_right(series.times, now.us, 0, series.size)):
            if column.values[place] and newest < series.times[place]:
                newest, code = series.times[place], str(column.values[place])
    used = (traits.channel for traits in view.ledger.decided_since(newest))
    return "" if channel in used else code


def facts_behind(reason: str, lines: Collection[GateLine]) -> Properties:
    """What the gate that gave the reason saw; of several, the last one asked."""
    found = [line.facts for line in lines if line.reason == reason] if reason else []
    return found[-1] if found else EMPTY


def ruling_name(ruling: Ruling) -> str:
    """How a journal line calls it: `"allow"`, `"hold"` or `"deny"`."""
    if isinstance(ruling, Allow):
        return "allow"
    return "hold" if isinstance(ruling, Hold) else "deny"
