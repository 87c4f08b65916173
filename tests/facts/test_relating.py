"""Who follows whom, as the platforms' own events say (K2)."""

from __future__ import annotations

import pytest

from privflow.facts import Contact, Event, Relation, after_event, handed_over
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


# ── Handing over ─────────────────────────────────────────────────────────────

KNOWN = Contact(
    "c",
    relations=[
        Relation(
            staff="zhang",
            since=Instant(1),
            state="qr-7",
            remark="林 tea",
            add_way=1,
            tags=["regular"],
        )
    ],
)


def test_a_hand_over_ends_one_relation_and_begins_another_like_it():
    """K2: remark, tags and source go along; nobody was lost."""
    event = happened("contact_transferred", 5, staff="zhang", to="wang")
    for contact in (
        after_event(KNOWN, event),
        handed_over(KNOWN, "zhang", "wang", at=Instant(5)),
    ):
        old, new = contact.relations
        assert (old.staff, old.until, old.ended_by) == ("zhang", Instant(5), "transfer")
        assert (new.staff, new.since, new.until) == ("wang", Instant(5), None)
        assert (new.state, new.remark, new.add_way, new.tags) == (
            "qr-7",
            "林 tea",
            1,
            ("regular",),
        )


@pytest.mark.parametrize(("old", "new"), [("li", "wang"), ("zhang", "zhang")])
def test_a_hand_over_that_cannot_be_changes_nothing(old, new):
    """K2."""
    assert handed_over(KNOWN, old, new, at=Instant(5)) is KNOWN
    assert handed_over(KNOWN, "zhang", "wang", at=Instant(0)) is KNOWN


def test_who_is_followed_by_the_new_member_already_stays_so():
    """K2."""
    both = KNOWN.related(Relation(staff="wang", since=Instant(3), remark="own"))
    contact = handed_over(both, "zhang", "wang", at=Instant(5))
    relations = {relation.staff: relation for relation in contact.relations}
    assert relations["wang"].remark == "own"
    assert relations["zhang"].ended_by == "transfer"
