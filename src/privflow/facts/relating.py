"""What the platforms' own events say about who follows whom."""

from __future__ import annotations

from attrs import evolve

from privflow.facts.contact import Contact
from privflow.facts.event import Event
from privflow.facts.identity import Relation

_ENDERS = ("contact", "staff", "transfer")


def after_event(contact: Contact, event: Event) -> Contact:
    """The contact with the relation that an event begins or ends.

    `contact_added` begins the relation to its `staff`; `contact_removed` ends it, by
    `"contact"` or `"staff"`; `contact_transferred` ends it as a hand-over. Other
    events, and those that name no staff member, change nothing.
    """
    staff = event.properties.get("staff")
    if not isinstance(staff, str):
        return contact
    if event.name == "contact_added":
        if any(r.staff == staff and r.until is None for r in contact.relations):
            return contact
        state = event.properties.get("state", "")
        return contact.related(Relation(staff=staff, since=event.at, state=str(state)))
    if event.name == "contact_removed":
        by = str(event.properties.get("by", ""))
        return _ended(contact, event, by if by in _ENDERS else "")
    if event.name == "contact_transferred":
        return _ended(contact, event, "transfer")
    return contact


def _ended(contact: Contact, event: Event, by: str) -> Contact:
    staff = event.properties["staff"]
    relations = tuple(
        evolve(relation, until=event.at, ended_by=by)
        if relation.staff == staff and relation.lasts(now=event.at)
        else relation
        for relation in contact.relations
    )
    return evolve(contact, relations=relations)
