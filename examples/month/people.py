"""The customers on the eve of the month, and what they will do in it.

Orders, callbacks and answers are recorded facts. What they do not tell is made up here,
seeded by the customer's id, so that every run makes up the same:

- 85 % have left a phone number; 55 % agreed to WeCom marketing, 15 % refused it, and of
  the others nothing is on record; 40 % agreed to SMS.
- 85 % are friends of a staff member in WeCom. Of the others, who orders in December
  finds a card in the parcel and becomes a friend two days later; half of the rest scan
  a poster in the shop at some moment of the month. The recorded orders alone would give
  hardly any new friend: nobody's first order is of December.
- 1 % of the friends delete their staff member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from attrs import evolve, field, frozen

import privflow as pf
from month.callbacks import CORP
from month.data import Order
from month.dates import (
    END,
    FIRST_DAY,
    START,
    at_local,
    between,
    chance,
    chosen_from,
)
from month.plan import TIER, TIER_SEGMENTS

STAFF: Final = ("张敏", "李娜", "王芳", "陈静", "刘洋", "赵磊")
NEWCOMER_SINCE: Final = START - pf.span("7d")
"""Whose first order is younger than this becomes a friend in the month."""

_PHONE, _FRIEND = 0.85, 0.85
_AGREED, _REFUSED, _AGREED_TO_SMS = 0.55, 0.70, 0.40
_AGREED_WHEN_ADDING, _POSTER, _DELETES = 0.60, 0.50, 0.01


@frozen(kw_only=True)
class Arrival:
    """Something that reaches the host: an event, and what the host learns with it.

    Args:
        identity: how the contact can be reached from now on.
        consent: what the contact agreed to, or refused, at this moment.
    """

    event: pf.Event = field(kw_only=False)
    identity: pf.Identity | None = None
    consent: pf.Consent | None = None

    def learned(self, contact: pf.Contact) -> pf.Contact:
        """The contact with what the host knows now."""
        if self.identity is not None:
            identities = (*contact.identities, self.identity)
            contact = evolve(contact, identities=identities)
        if self.consent is not None:
            consents = contact.consents.added(self.consent)
            contact = evolve(contact, consents=consents)
        return contact


@frozen(kw_only=True)
class People:
    """States on the eve of the month by contact id, and the arrivals of the month."""

    states: Mapping[str, pf.ContactState]
    arrivals: Sequence[Arrival]


def people_of(
    orders: Sequence[Order],
    known: Iterable[pf.Contact] = (),
    callbacks: Iterable[pf.Event] = (),
) -> People:
    """Everybody who ordered, who is in an answer, or who wrote to the account."""
    by_customer: dict[str, list[Order]] = {}
    for order in orders:
        by_customer.setdefault(order.customer, []).append(order)
    states: dict[str, pf.ContactState] = {}
    arrivals: list[Arrival] = []
    for number, (customer, own) in enumerate(sorted(by_customer.items()), 1):
        person = _Customer(customer, number=number, orders=tuple(own))
        states[customer] = person.state
        arrivals.extend(person.arrivals())
    for contact in known:
        states.setdefault(contact.id, pf.ContactState(contact))
    for event in callbacks:
        states.setdefault(event.contact_id, _follower(event.contact_id))
        arrivals.append(Arrival(event))
    return People(states=states, arrivals=arrivals)


def _follower(contact_id: str) -> pf.ContactState:
    """Somebody of whom nothing is known but the openid of the official account."""
    openid = contact_id.removeprefix("wechat:")
    identity = pf.Identity("wechat.openid", openid, scope="shop")
    return pf.ContactState(pf.Contact(contact_id, identities=[identity]))


@frozen(kw_only=True)
class _Customer:
    """One customer of the orders, oldest order first."""

    id: str = field(kw_only=False)
    number: int
    orders: tuple[Order, ...]

    @property
    def first_at(self) -> pf.Instant:
        return self.orders[0].at

    @property
    def is_friend(self) -> bool:
        """Whether a staff member follows them when the month begins."""
        return self.first_at < NEWCOMER_SINCE and chance("friend", self.id, _FRIEND)

    @property
    def staff(self) -> str:
        return chosen_from(STAFF, "staff", self.id)

    @property
    def wecom(self) -> pf.Identity:
        return pf.Identity("wecom.external_userid", f"wm{self.number:06}", scope=CORP)

    @property
    def state(self) -> pf.ContactState:
        """What is known of them on the eve of the month."""
        contact = pf.Contact(
            self.id,
            identities=self._identities(),
            relations=(
                [pf.Relation(staff=self.staff, since=self.first_at)]
                if self.is_friend
                else []
            ),
        )
        history = [order.event for order in self.orders if order.at < START]
        state = pf.ContactState(self._declared(contact)).observing(history)
        return _tiered(state)

    def _identities(self) -> list[pf.Identity]:
        found = [self.wecom] if self.is_friend else []
        if chance("phone", self.id, _PHONE):
            # No phone number begins with 100, so none of these is anybody's.
            found.append(pf.Identity("phone", f"100{self.number:08}"))
        return found

    def _declared(self, contact: pf.Contact) -> pf.Contact:
        at = min(self.first_at, START)
        if self.is_friend and chance("consent", self.id, _AGREED):
            contact = contact.consenting(
                "wecom", purpose="marketing", at=at, evidence="member form 2024-1"
            )
        elif self.is_friend and chance("consent", self.id, _REFUSED):
            contact = contact.refusing("wecom", purpose="marketing", at=at)
        if chance("sms", self.id, _AGREED_TO_SMS):
            contact = contact.consenting(
                "sms", purpose="marketing", at=at, evidence="order form 2024-1"
            )
        return contact

    def arrivals(self) -> Iterator[Arrival]:
        """What they will do in the month."""
        live = [order for order in self.orders if order.at >= START]
        yield from (Arrival(order.event) for order in live)
        added_at = None if self.is_friend else self._added_at(live)
        if added_at is not None and added_at < END:
            yield self._addition(added_at)
        if self.is_friend and chance("deletes", self.id, _DELETES):
            yield self._removal()

    def _added_at(self, live: Sequence[Order]) -> pf.Instant | None:
        if self.first_at >= NEWCOMER_SINCE:
            return max(self.first_at, START + pf.span("10h"))
        if live:
            return live[0].at + pf.span("2d")
        return self._moment("poster") if chance("scans", self.id, _POSTER) else None

    def _moment(self, what: str) -> pf.Instant:
        """Some moment of the month between 9:00 and 23:30."""
        day = FIRST_DAY + timedelta(days=int(between(0, 29, f"{what}-day", self.id)))
        return at_local(day, between(9 * 60, 23.5 * 60, f"{what}-time", self.id))

    def _addition(self, at: pf.Instant) -> Arrival:
        event = pf.Event(
            "contact_added",
            self.id,
            at=at,
            properties={"staff": self.staff, "welcome_code": f"W{self.number:06}"},
            id=f"added:{self.number}",
        )
        agreed = chance("consent", self.id, _AGREED_WHEN_ADDING)
        consent = pf.Consent(
            "wecom", True, purpose="marketing", at=at, evidence="add-friend page v3"
        )
        return Arrival(event, identity=self.wecom, consent=consent if agreed else None)

    def _removal(self) -> Arrival:
        return Arrival(
            removed(self.id, self.staff, at=self._moment("deletes"), told_by="callback")
        )


def removed(contact_id: str, staff: str, *, at: pf.Instant, told_by: str) -> pf.Event:
    """The contact deleted a staff member."""
    return pf.Event(
        "contact_removed",
        contact_id,
        at=at,
        properties={"staff": staff, "by": "contact"},
        id=f"removed:{told_by}:{contact_id}",
    )


def _tiered(state: pf.ContactState) -> pf.ContactState:
    """The state with the highest fan tier whose segment holds the contact."""
    for label, segment in TIER_SEGMENTS:
        if segment.contains(state, now=START):
            tier = TIER[label]
            contact = state.contact.tagged(tier, at=START, source="import:rfm")
            return state.knowing(contact)
    return state
