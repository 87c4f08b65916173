"""Many segments together say what each says alone, whatever has changed."""

from __future__ import annotations

import pickle

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import Person, conditions, nows, people, scopes
from privflow.conditions import (
    NOWHERE,
    Scope,
    attr,
    event,
    in_journey,
    in_stage,
    member,
    now,
    tag,
)
from privflow.errors import (
    DefinitionError,
    DuplicateNameError,
    ProtocolError,
    TimeReversedError,
    UnknownNameError,
    WrongContactError,
)
from privflow.facts import Contact, Event, TagGroup, Timeline
from privflow.segments import Segment, SegmentSet
from privflow.timing import Instant, instant, span

NOON = instant("2026-10-20T12:00+08:00")
DAY = span("1d")
TIER = TagGroup("tier", ["low", "mid", "top"], exclusive=True, ordered=True)

several = st.lists(conditions, min_size=1, max_size=8).map(
    lambda found: tuple(Segment(f"s{i}", c) for i, c in enumerate(found))
)


def judged_alone(segments, person, at, scope=NOWHERE):
    return tuple(s.name for s in segments if s.condition.holds(person, at, scope))


@given(several, st.data())
@settings(max_examples=300)
def test_together_they_say_what_each_says_alone(segments, data):
    """C6: the incremental form."""
    at = data.draw(nows)
    person = data.draw(people(at))
    scope = data.draw(scopes(at))
    together = SegmentSet(segments)
    memberships = together.start(person, now=at, scope=scope)
    assert memberships.inside == judged_alone(segments, person, at, scope)
    assert together.mask(person, now=at, scope=scope) == memberships.mask
    for _ in range(data.draw(st.integers(1, 3))):
        at += span(f"{data.draw(st.integers(0, 40))}h")
        drawn = data.draw(people(at))
        other = Person(evolve(drawn.contact, id=person.contact.id), drawn.timeline)
        person = data.draw(
            st.sampled_from([
                person,
                other,
                Person(other.contact, person.timeline),
                Person(person.contact, other.timeline),
            ])
        )
        scope = data.draw(st.sampled_from([scope, data.draw(scopes(at))]))
        before = set(memberships.inside)
        change = together.update(memberships, person, now=at, scope=scope)
        memberships = change.memberships
        assert memberships.inside == judged_alone(segments, person, at, scope)
        assert set(change.entered) == set(memberships.inside) - before
        assert set(change.left) == before - set(memberships.inside)


@given(several, st.data())
@settings(max_examples=150)
def test_nothing_changes_by_time_before_next_at(segments, data):
    """C7: sound for the whole set."""
    at = data.draw(nows)
    person, scope = data.draw(people(at)), data.draw(scopes(at))
    memberships = SegmentSet(segments).start(person, now=at, scope=scope)
    end = memberships.next_at or at + span("400d")
    steps = data.draw(st.lists(st.integers(0, end.us - at.us - 1), max_size=20))
    for step in [*steps, end.us - at.us - 1]:
        later = Instant(at.us + step)
        assert judged_alone(segments, person, later, scope) == memberships.inside


def someone(**attributes: object) -> Person:
    return Person(Contact("c", attributes=attributes), Timeline())


def test_a_change_of_one_attribute_names_who_is_entered_and_left():
    young = Segment("young", attr.age < 30)
    grown = Segment("grown", attr.age >= 18)
    local = Segment("local", attr.city == "上海")
    together = SegmentSet([young, grown, local])
    before = together.start(someone(age=17, city="上海"), now=NOON)
    assert before.inside == ("young", "local")
    change = together.update(before, someone(age=40, city="上海"), now=NOON)
    assert (change.entered, change.left) == (("grown",), ("young",))
    assert repr(change.memberships) == "<Memberships in 2 of 3 segments>"
    assert repr(together) == "<SegmentSet 'young', 'grown', 'local'>"


def test_time_alone_moves_people_out_at_the_instant_that_was_announced():
    bought = Timeline([Event("purchase", "c", at=NOON)])
    person = Person(Contact("c"), bought)
    together = SegmentSet([
        Segment("fresh", event("purchase").within("7d").exists()),
        Segment("lapsed", ~event("purchase").within("30d").exists()),
    ])
    before = together.start(person, now=NOON)
    assert before.inside == ("fresh",)
    assert before.next_at == NOON + span("7d")
    first = together.update(before, person, now=NOON + span("7d"))
    assert first.left == ("fresh",)
    assert first.memberships.next_at == NOON + span("30d")
    second = together.update(first.memberships, person, now=NOON + span("30d"))
    assert second.entered == ("lapsed",)
    assert second.memberships.next_at is None


def test_what_no_segment_looks_at_is_not_looked_at():
    together = SegmentSet([Segment("grown", attr.age >= 18)])
    before = together.start(someone(age=20), now=NOON)
    change = together.update(before, someone(age=20, city="北京"), now=NOON)
    assert change.memberships is before


def test_a_clause_over_several_fields_is_taken_apart():
    either = (attr.age > 60) | (tag(TIER).at_least("mid") & (attr.city == "上海"))
    together = SegmentSet([Segment("either", either), Segment("not", ~either)])
    poor = someone(age=20, city="上海")
    rich = Person(poor.contact.tagged(TIER["top"], at=NOON), poor.timeline)
    before = together.start(poor, now=NOON)
    assert before.inside == ("not",)
    assert together.update(before, rich, now=NOON).memberships.inside == ("either",)


def test_a_clause_may_look_at_one_field_twice_and_at_another():
    either = (attr.age < 20) | (attr.city == "上海") | (attr.age > 60)
    together = SegmentSet([Segment("either", either & (attr.city != "北京"))])
    asked = [(10, "杭州"), (30, "杭州"), (70, "杭州"), (30, "上海"), (70, "北京")]
    inside = [
        bool(together.mask(someone(age=age, city=city), now=NOON))
        for age, city in asked
    ]
    assert inside == [True, False, True, True, False]


def test_a_condition_too_large_to_take_apart_is_judged_as_it_is():
    part = (attr.a0 > 1) & (attr.b0 > 1)
    for i in range(1, 6):
        part |= (attr[f"a{i}"] > 1) & (attr[f"b{i}"] > 1)
    part |= now.hour >= 12
    together = SegmentSet([Segment("large", part)])
    before = together.start(someone(a3=2), now=NOON)
    assert before.inside == ()
    change = together.update(before, someone(a3=2, b3=2), now=NOON)
    assert change.entered == ("large",)
    assert before.next_at == instant("2026-10-20T12:00Z")
    assert change.memberships.next_at is None


def test_journeys_are_those_of_the_call_and_not_of_an_earlier_one():
    """C4: journey and stage membership."""
    together = SegmentSet([
        Segment("welcomed", in_journey("welcome")),
        Segment("fresh", in_stage("welcome", "acquaint")),
        Segment("idle", ~in_journey("welcome") & ~in_journey("recall")),
        Segment("grown", attr.age >= 18),
    ])
    person = someone(age=20)
    first = Scope(journeys={"welcome": "acquaint"})
    before = together.start(person, now=NOON, scope=first)
    assert before.inside == ("welcomed", "fresh", "grown")
    second = Scope(journeys={"welcome": "convert"})
    moved = together.update(before, person, now=NOON, scope=second)
    assert (moved.entered, moved.left) == ((), ("fresh",))
    ended = together.update(moved.memberships, person, now=NOON)
    assert (ended.entered, ended.left) == (("idle",), ("welcomed",))
    again = together.update(ended.memberships, person, now=NOON, scope=Scope())
    assert again.memberships is ended.memberships


def test_another_entry_or_zone_is_looked_at_again():
    bought = Timeline([Event("purchase", "c", at=NOON)])
    person = Person(Contact("c"), bought)
    together = SegmentSet([
        Segment("converted", event("purchase").since_entry().exists()),
        Segment("evening", now.hour >= 18),
    ])
    at = NOON + DAY
    before = together.start(person, now=at)
    assert before.inside == ()
    early = Scope(entered_at=NOON + span("1h"))
    assert together.update(before, person, now=at, scope=early).entered == ()
    late = Scope(entered_at=instant("2026-10-20T11:00+08:00"))
    assert together.update(before, person, now=at, scope=late).entered == ("converted",)
    far = Scope(timezone="Asia/Tokyo")
    seven = instant("2026-10-21T17:00+08:00")
    before = together.start(person, now=seven)
    assert together.update(before, person, now=seven, scope=far).entered == ("evening",)


def test_memberships_go_with_their_contact_their_set_and_forward_in_time():
    together = SegmentSet([Segment("grown", attr.age >= 18)])
    twin = SegmentSet(together.segments)
    before = together.start(someone(age=20), now=NOON)
    other = Person(Contact("d"), Timeline())
    with pytest.raises(WrongContactError, match="'d'"):
        together.update(before, other, now=NOON)
    with pytest.raises(TimeReversedError):
        together.update(before, someone(age=20), now=Instant(NOON.us - 1))
    with pytest.raises(ProtocolError, match="of another set"):
        twin.update(before, someone(age=20), now=NOON)


def test_a_set_and_its_memberships_go_through_a_pickle_together():
    grown = (attr.age >= 18) & ((attr.city == "上海") | (attr.age > 60))
    together = SegmentSet([
        Segment("grown", grown),
        Segment("fresh", event("purchase").within("7d").exists()),
    ])
    before = together.start(someone(age=20), now=NOON)
    again, known = pickle.loads(pickle.dumps((together, before)))
    change = again.update(known, someone(age=70), now=NOON)
    assert change.entered == ("grown",)
    assert change.memberships.next_at is None


def test_a_circle_of_references_names_its_way():
    circle = [Segment("a", (attr.x > 1) | member("b")), Segment("b", ~member("a"))]
    with pytest.raises(DefinitionError, match="in a circle: b → a → b"):
        SegmentSet(circle)


def test_an_empty_set_has_nobody_in_it():
    together = SegmentSet([])
    memberships = together.start(someone(), now=NOON)
    assert memberships.inside == () and memberships.next_at is None


def test_two_segments_of_one_name_are_refused():
    with pytest.raises(DuplicateNameError, match="'a' is defined twice"):
        SegmentSet([Segment("a", attr.x > 1), Segment("a", attr.x > 2)])


def test_segments_of_a_set_may_refer_to_each_other():
    vip = Segment("vip", attr.level >= 3)
    plain = Segment("plain", ~member("vip"))
    together = SegmentSet([plain, vip])
    assert together.start(someone(), now=NOON).inside == ("plain",)
    assert together.start(someone(level=3), now=NOON).inside == ("vip",)


def test_a_reference_out_of_the_set_is_refused():
    with pytest.raises(UnknownNameError, match="no such name: 'vip'"):
        SegmentSet([Segment("plain", ~member("vip"))])


def test_a_difference_takes_in_whom_the_other_does_not_know():
    active, lapsed = (
        Segment("active", attr.active == True),  # noqa: E712
        Segment("old", attr.age > 9),
    )
    only = active - lapsed
    assert only.name == "(active - old)"
    assert only.contains(someone(active=True), now=NOON)
    assert only.contains(someone(active=True, age=5), now=NOON)
    assert not only.contains(someone(active=True, age=10), now=NOON)
