"""Who follows whom, as the platforms' own events say (K2)."""

from __future__ import annotations

import pytest

from privflow.facts import Contact, Event, Relation, after_event
from privflow.timing import Instant


def happened(name: str, at: int, **fields: object) -> Event:
    return Event(name, "c", at=Instant(at), properties=fields)


ADDED = happened("contact_added", 1, staff="zhang", state="qr-7")
FOLLOWED = after_event(Contact("c"), ADDED)


def test_an_added_contact_is_followed():
    """K2."""
    assert FOLLOWED.relations == (
        Relation(staff="zhang", since=Instant(1), state="qr-7"),
    )
    assert (
        after_event(FOLLOWED, happened("contact_added", 5, staff="zhang")) is FOLLOWED
    )


@pytest.mark.parametrize(
    ("event", "by"),
    [
        (happened("contact_removed", 5, staff="zhang", by="contact"), "contact"),
        (happened("contact_removed", 5, staff="zhang", by="staff"), "staff"),
        (happened("contact_removed", 5, staff="zhang", by="nobody"), ""),
        (happened("contact_removed", 5, staff="zhang"), ""),
        (happened("contact_transferred", 5, staff="zhang"), "transfer"),
    ],
)
def test_who_ended_it_are_three_different_facts(event, by):
    """K2."""
    [relation] = after_event(FOLLOWED, event).relations
    assert (relation.until, relation.ended_by) == (Instant(5), by)


@pytest.mark.parametrize(
    "event",
    [
        happened("contact_removed", 5, staff="wang"),
        happened("contact_removed", 0, staff="zhang"),
        happened("contact_removed", 5),
        happened("contact_added", 5, staff=7),
        happened("purchase", 5, staff="zhang"),
    ],
)
def test_other_events_change_nothing(event):
    assert after_event(FOLLOWED, event) == FOLLOWED


def test_who_comes_back_is_followed_anew():
    """K2."""
    gone = after_event(FOLLOWED, happened("contact_removed", 5, staff="zhang"))
    again = after_event(gone, happened("contact_added", 9, staff="zhang"))
    assert [relation.since for relation in again.relations] == [Instant(9)]
