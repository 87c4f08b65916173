"""Chat groups: who was in them when, and the contact that stands for one (J8, K2)."""

from __future__ import annotations

import pytest
from attrs import evolve

from privflow.conditions import attr, event
from privflow.engine import ContactState, Engine, Plan
from privflow.errors import DefinitionError
from privflow.facts import Event, Group, Membership, TagGroup
from privflow.journeys import Journey, SOPStep, Stage
from privflow.timing import Instant, after, instant, span
from privflow.touches import Message

T = [Instant(i) for i in range(20)]
TEA = Group("g-1", "wrX", owner="zhang", created_at=T[1], name="茶", scope="corp")


def present(group: Group, at: int) -> list[str]:
    return [one.member for one in group.members_at(T[at])]


def test_people_join_leave_and_come_back():
    """K2."""
    group = TEA.joined("c-1", at=T[2], by="link", inviter="c-0")
    assert group.joined("c-1", at=T[3]) is group
    assert group.left("c-9", at=T[3]) is group
    group = group.left("c-1", at=T[4], by="removed").joined("c-1", at=T[6])
    assert [present(group, at) for at in (1, 2, 3, 4, 5, 6)] == [
        [],
        ["c-1"],
        ["c-1"],
        [],
        [],
        ["c-1"],
    ]
    assert group.members[0] == Membership(
        "c-1",
        since=T[2],
        until=T[4],
        joined_by="link",
        left_by="removed",
        inviter="c-0",
    )


def test_who_is_told_of_late_takes_their_place():
    """E1."""
    group = TEA.joined("c-2", at=T[5]).joined("c-1", at=T[3])
    assert [one.member for one in group.members] == ["c-1", "c-2"]


def test_everybody_leaves_a_group_that_is_dismissed():
    group = TEA.joined("c-1", at=T[2]).joined("li", at=T[2], is_staff=True)
    group = group.dismissed(at=T[5])
    assert present(group, 5) == []
    assert {one.left_by for one in group.members} == {"dismissed"}
    contact = group.as_contact(now=T[6])
    assert contact.identity("wecom.chat_id", now=T[4]) is not None
    assert contact.identity("wecom.chat_id", now=T[6]) is None
    assert not any(relation.lasts(now=T[6]) for relation in contact.relations)
    assert group.as_contact(now=T[7], known=contact) == contact


@pytest.mark.parametrize(
    "make",
    [
        lambda: Membership("", since=T[1]),
        lambda: Membership("c", since="now"),
        lambda: Membership("c", since=T[1], joined_by="magic"),
        lambda: Membership("c", since=T[1], left_by="magic"),
        lambda: evolve(TEA, owner=" "),
        lambda: evolve(TEA, chat_id=""),
        lambda: evolve(TEA, created_at=7),
        lambda: TEA.as_contact(
            now=T[5], known=evolve(TEA, id="g-2").as_contact(now=T[5])
        ),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(DefinitionError):
        make()


def test_a_group_is_known_by_what_it_is_at_an_instant():
    """J8."""
    group = TEA.joined("c-1", at=T[2]).joined("li", at=T[2], is_staff=True)
    contact = group.as_contact(now=T[3])
    assert dict(contact.attributes) == {
        "name": "茶",
        "members": 2,
        "customers": 1,
        "days_old": 0,
    }
    [relation] = contact.relations
    assert (relation.staff, relation.since) == ("zhang", T[1])


def test_what_was_learned_about_it_stays_and_an_owner_hands_over():
    """J8, K2."""
    mood = TagGroup("mood", ["warm"])
    contact = TEA.as_contact(now=T[2]).tagged(mood["warm"], at=T[2])
    contact = contact.with_attributes({"city": "上海"})
    known = TEA.owned_by("li").as_contact(now=T[5], known=contact)
    assert known.tags == contact.tags
    assert known.attributes["city"] == "上海"
    zhang, li = known.relations
    assert (zhang.until, zhang.ended_by) == (T[5], "transfer")
    assert (li.staff, li.since, li.until) == ("li", T[5], None)
    back = TEA.as_contact(now=T[8], known=known)
    lasting = [r.staff for r in back.relations if r.lasts(now=T[8])]
    assert lasting == ["zhang"]


def test_who_took_over_a_group_that_is_known_to_be_gone_had_it_to_its_end():
    """J8, K2."""
    known = TEA.as_contact(now=T[2])
    gone = TEA.owned_by("li").dismissed(at=T[5])
    _, li = gone.as_contact(now=T[8], known=known).relations
    assert (li.staff, li.since, li.until) == ("li", T[5], T[5])


def test_a_journey_can_be_about_a_group():
    """J8."""
    start = instant("2026-10-20T09:00+08:00")
    step = SOPStep(
        "rules", after("1h"), Message("rules", kind="service"), via=["wecom.group"]
    )
    journey = Journey(
        "new-group",
        enter_on=event("group_created"),
        audience=attr.customers >= 2,
        stages=[Stage("first", steps=[step])],
    )
    eng = Engine(Plan(journeys=[journey]))
    group = Group("g-1", "wrX", owner="zhang", created_at=start)
    for member in ("c-1", "c-2"):
        group = group.joined(member, at=start)
    state = ContactState(group.as_contact(now=start))
    born = Event("group_created", "g-1", at=start)
    state = eng.advance(state, born, now=start).state
    [task] = eng.advance(state, now=start + span("1h")).commands
    assert (task.staff, task.touch.contact_id) == ("zhang", "g-1")
