"""What events say about a contact: who follows whom, and what was agreed to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from attrs import evolve

from privflow.facts.consent import EVERY_CHANNEL, MARKETING, Consent
from privflow.facts.contact import Contact, required_contact
from privflow.facts.event import Event
from privflow.facts.identity import Relation
from privflow.timing import Instant

CONSENT_GIVEN: Final = "consent_given"
_ENDERS = ("contact", "staff", "transfer")


def after_event(contact: Contact, event: Event) -> Contact:
    """The contact with what an event of a standard name says about them.

    `contact_added` begins the relation to its `staff`; `contact_removed` ends it, by
    `"contact"` or `"staff"`; `contact_transferred` ends it as a hand-over, and begins
    one to the member named by `to`, where there is one. `consent_given` and
    `consent_withdrawn` are declarations; their properties are those of a `Consent`. A
    consent that does not say its channel, purpose and evidence, or whose `until` is no
    later instant, changes nothing; a withdrawal that leaves them out means marketing on
    every channel. Other events change nothing.
    """
    handle = _HANDLERS.get(event.name)
    return contact if handle is None else handle(contact, event)


def _text(event: Event, name: str, default: str = "") -> str:
    """A property, if it is a text that is not blank."""
    found = event.properties.get(name)
    return found if isinstance(found, str) and found.strip() else default


def _added(contact: Contact, event: Event) -> Contact:
    staff = _text(event, "staff")
    if not staff or any(
        relation.staff == staff and relation.until is None
        for relation in contact.relations
    ):
        return contact
    state = _text(event, "state")
    return contact.related(Relation(staff=staff, since=event.at, state=state))


def _removed(contact: Contact, event: Event) -> Contact:
    by = _text(event, "by")
    return _ended(contact, event, by if by in _ENDERS else "")


def _transferred(contact: Contact, event: Event) -> Contact:
    old, new = _text(event, "staff"), _text(event, "to")
    if not new:
        return _ended(contact, event, "transfer")
    return handed_over(contact, old, new, at=event.at)


def handed_over(contact: Contact, old: str, new: str, *, at: Instant) -> Contact:
    """The contact after one staff member passed them on to another (K2).

    The new relation begins as the old one was: with its remark, tags and source.

    Returns:
        The same contact where the old member does not follow them, or the new one does.
    """
    required_contact("handed_over.contact", contact)
    if old == new:
        return contact
    lasting = (r for r in contact.relations if r.staff == old and r.lasts(now=at))
    relation = next(lasting, None)
    if relation is None:
        return contact
    ended = evolve(relation, until=at, ended_by="transfer")
    contact = contact.related(ended)
    if any(r.staff == new and r.lasts(now=at) for r in contact.relations):
        return contact
    return contact.related(evolve(relation, staff=new, since=at))


def missing_from_consent(event: Event) -> str:
    """What a `consent_given` does not say as it must; empty where it counts."""
    for name in ("channel", "purpose", "evidence"):
        if not _text(event, name):
            return name
    until = event.properties.get("until")
    is_later = isinstance(until, Instant) and until > event.at
    return "" if until is None or is_later else "until"


def _agreed(contact: Contact, event: Event) -> Contact:
    if missing_from_consent(event):
        return contact
    until = cast("Instant | None", event.properties.get("until"))
    return contact.declaring(evolve(_declaration(event, granted=True), until=until))


def _withdrew(contact: Contact, event: Event) -> Contact:
    return contact.declaring(_declaration(event, granted=False))


def _declaration(event: Event, *, granted: bool) -> Consent:
    return Consent(
        _text(event, "channel", EVERY_CHANNEL),
        granted,
        purpose=_text(event, "purpose", MARKETING),
        at=event.at,
        evidence=_text(event, "evidence"),
        enterprise=_text(event, "enterprise"),
        notice=_text(event, "notice"),
        by="guardian" if _text(event, "by") == "guardian" else "self",
    )


def _ended(contact: Contact, event: Event, by: str) -> Contact:
    staff = _text(event, "staff")
    relations = tuple(
        evolve(relation, until=event.at, ended_by=by)
        if relation.staff == staff and relation.lasts(now=event.at)
        else relation
        for relation in contact.relations
    )
    return evolve(contact, relations=relations)


_HANDLERS: dict[str, Callable[[Contact, Event], Contact]] = {
    "contact_added": _added,
    "contact_removed": _removed,
    "contact_transferred": _transferred,
    CONSENT_GIVEN: _agreed,
    "consent_withdrawn": _withdrew,
}

RELATING = frozenset(_HANDLERS)
"""The names of events that say something about a contact by themselves."""
