"""What tags were, what events were followed by, and where a contact is (C2, C4)."""

from __future__ import annotations

import pytest

from conditions.strategies import HOBBY, TIER, Person
from privflow.conditions import (
    Condition,
    Scope,
    Truth,
    attr,
    event,
    in_journey,
    in_stage,
    prop,
    tag,
)
from privflow.conditions.change import judged as judged_slowly
from privflow.conditions.node import Happening
from privflow.conditions.reference import truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.tag_node import Held
from privflow.conditions.term import Attribute, Derived
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    TimeFormatError,
    UnknownNameError,
)
from privflow.facts import Contact, Event, TagFact, Tags, Timeline
from privflow.timing import Instant, instant, span

NOW = instant("2026-10-20T00:00Z")
TEA = HOBBY["tea"]


def ago(text: str) -> Instant:
    return Instant(NOW.us - span(text).us)


def judged(condition: Condition, person: Person) -> tuple[bool, str]:
    verdict = condition.judge(person, now=NOW)
    is_yes = verdict.value is Truth.YES
    assert condition.holds(person, NOW) is is_yes
    assert (~condition).holds(person, NOW) is not is_yes
    return is_yes, str(verdict.stable_until)


def tagged(*spells: tuple[str, str | None]) -> Person:
    facts = [
        TagFact(tag=TEA, since=ago(start), until=end and ago(end))
        for start, end in spells
    ]
    return Person(Contact("c", tags=Tags(facts)), Timeline())


@pytest.mark.parametrize(
    ("condition", "spells", "expected"),
    [
        (tag(HOBBY).held_for(TEA, "3d"), [("3d", None)], (True, "None")),
        (
            tag(HOBBY).held_for(TEA, "3d"),
            [("2d", None)],
            (False, "2026-10-21T00:00:00Z"),
        ),
        (tag(HOBBY).held_for(TEA, "3d"), [("9d", "1d")], (False, "None")),
        (tag(HOBBY).held_for(TEA, "3d"), [("9d", "1d"), ("1d", None)], (True, "None")),
        (tag(HOBBY).held_for(TEA, "3d"), [], (False, "None")),
        (tag(HOBBY).held_since(TEA, ago("2d")), [("2d", None)], (True, "None")),
        (tag(HOBBY).held_since(TEA, ago("2d")), [("1d", None)], (False, "None")),
        (
            tag(HOBBY).had_within(TEA, "3d"),
            [("9d", "2d")],
            (True, "2026-10-20T23:59:59.999999Z"),
        ),
        (tag(HOBBY).had_within(TEA, "2d"), [("9d", "2d")], (False, "None")),
        (tag(HOBBY).had_within(TEA, "2d"), [("1d", None)], (True, "None")),
        (tag(HOBBY).ever(TEA), [("9d", "8d")], (True, "None")),
        (tag(HOBBY).ever(TEA), [("9d", "9d")], (False, "None")),
        (tag(HOBBY).ever("run"), [("9d", None)], (False, "None")),
    ],
)
def test_the_history_of_a_tag_is_a_closed_world(condition, spells, expected):
    """C2, C7."""
    assert judged(condition, tagged(*spells)) == expected


def lived(*events: tuple[str, str]) -> Person:
    rows = [
        Event(name, "c", at=ago(when), id=f"{place}", properties={"n": place})
        for place, (name, when) in enumerate(events)
    ]
    return Person(Contact("c"), Timeline(rows))


CART, BUY = event("cart"), event("buy")
ANSWERED = CART.then(BUY, within="3d")
LEFT_OVER = CART.not_followed_by(BUY, within="3d")


@pytest.mark.parametrize(
    ("condition", "events", "expected"),
    [
        (ANSWERED, [], (False, "None")),
        (ANSWERED, [("cart", "5d"), ("buy", "2d")], (True, "None")),
        (ANSWERED, [("cart", "6d"), ("buy", "2d")], (False, "None")),
        (ANSWERED, [("buy", "5d"), ("cart", "4d")], (False, "None")),
        (ANSWERED, [("cart", "5d"), ("buy", "5d")], (True, "None")),
        (ANSWERED, [("buy", "5d"), ("cart", "5d")], (False, "None")),
        (
            CART.within("7d").then(BUY, within="3d"),
            [("cart", "6d"), ("buy", "4d")],
            (True, "2026-10-21T00:00:00Z"),
        ),
        (CART.then(CART, within="3d"), [("cart", "5d")], (False, "None")),
        (
            CART.then(CART, within="3d"),
            [("cart", "5d"), ("cart", "5d")],
            (True, "None"),
        ),
        (
            CART.where(prop.n == 1).then(BUY, within="3d"),
            [("cart", "2d"), ("cart", "1d"), ("buy", "2d")],
            (False, "None"),
        ),
        (LEFT_OVER, [], (False, "None")),
        (LEFT_OVER, [("cart", "2d")], (False, "2026-10-21T00:00:00.000001Z")),
        (LEFT_OVER, [("cart", "3d")], (False, "2026-10-20T00:00:00.000001Z")),
        (LEFT_OVER, [("cart", "4d")], (True, "None")),
        (LEFT_OVER, [("cart", "4d"), ("buy", "1d")], (False, "None")),
        (LEFT_OVER, [("cart", "4d"), ("buy", "4d")], (False, "None")),
        (LEFT_OVER, [("cart", "9d"), ("buy", "8d"), ("cart", "5d")], (True, "None")),
    ],
)
def test_what_follows_comes_later_and_in_time(condition, events, expected):
    """C4, C7, E7."""
    assert judged(condition, lived(*events)) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (BUY.between(ago("5d"), ago("2d")).count() == 1, True),
        (BUY.between(ago("4d"), ago("2d")).exists(), False),
        (BUY.between(ago("9d"), ago("5d")).exists(), False),
        (BUY.days_with() == 2, True),
        (BUY.within("4d").days_with() == 1, True),
        (event("never").days_with() == 0, True),
    ],
)
def test_events_between_instants_and_their_days(condition, expected):
    """C4, T2."""
    person = lived(("buy", "5d"), ("buy", "2d"), ("buy", "47h"))
    assert judged(condition, person)[0] is expected


def test_days_are_those_of_the_contact():
    shanghai = lived(("buy", "9h"), ("buy", "7h"))
    shanghai = Person(Contact("c", timezone="Asia/Shanghai"), shanghai.timeline)
    assert judged(BUY.days_with() == 2, shanghai)[0]
    assert judged(BUY.days_with() == 1, lived(("buy", "9h"), ("buy", "7h")))[0]


def test_the_day_behind_the_last_one_that_a_date_can_be_is_a_day_of_its_own():
    """C6: in Sydney the year 10000 has begun when UTC ends."""
    end = instant("9999-12-31T23:59:59Z")
    noon, evening = instant("9999-12-31T01:00Z"), instant("9999-12-31T20:00Z")
    sydney = Contact("c", timezone="Australia/Sydney")
    person = Person(sydney, Timeline([Event("buy", "c", at=noon)]))
    for times in (1, 2, 2):
        both = BUY.days_with() == times
        assert truth_of(both.node, Facts(person, end.us, Scope())) is Truth.YES
        assert both.holds(person, end)
        assert both.judge(person, now=end).value is Truth.YES
        night = Event("buy", "c", at=evening, properties={"n": len(person.timeline)})
        person = Person(sydney, person.timeline.observing([night]))


def test_a_journey_is_what_the_scope_says():
    """C2."""
    person, inside = lived(), Scope(journeys={"welcome": "first"})
    for condition, here in [
        (in_journey("welcome"), True),
        (in_stage("welcome", "first"), True),
        (in_stage("welcome", "second"), False),
        (in_journey("other"), False),
    ]:
        verdict = condition.judge(person, now=NOW, scope=inside)
        assert (verdict.value is Truth.YES) is condition.holds(person, NOW, inside)
        assert condition.holds(person, NOW, inside) is here
        assert not condition.holds(person, NOW)
        assert (~condition).holds(person, NOW)
    assert in_stage("welcome", "first").reads.journeys == {"welcome"}
    assert hash(inside) == hash(Scope(journeys={"x": "y"}))


def test_surely_closes_the_world():
    """C1, C2."""
    person = lived()
    unknown = attr.age > 40
    assert unknown.judge(person, now=NOW).value is Truth.UNKNOWN
    assert unknown.surely().judge(person, now=NOW).value is Truth.NO
    assert (~unknown.surely()).holds(person, NOW)
    assert not (~unknown).holds(person, NOW)


@pytest.mark.parametrize(
    ("write", "error"),
    [
        (lambda: tag(HOBBY).held_for("tea", "0s"), ConditionTypeError),
        (lambda: tag(HOBBY).held_for("tea", "soon"), TimeFormatError),
        (lambda: tag(HOBBY).held_since("tea", "2026-01-01"), ConditionTypeError),
        (lambda: tag(HOBBY).ever("tee"), UnknownNameError),
        (lambda: tag(TIER).ever(TEA), ConditionError),
        (lambda: Held("g", "a", "evre"), UnknownNameError),
        (lambda: Held("g", "a", "ever", span("1d")), ConditionTypeError),
        (lambda: CART.then(BUY.within("3d"), within="3d"), ConditionError),
        (lambda: CART.then(BUY.since_entry(), within="3d"), ConditionError),
        (lambda: CART.then("buy", within="3d"), ConditionTypeError),
        (lambda: CART.between(NOW, NOW), ConditionError),
        (lambda: CART.between("a", "b"), ConditionTypeError),
        (lambda: CART.between(ago("1d"), NOW).between(ago("1d"), NOW), ConditionError),
        (lambda: Happening("cart", start=NOW), ConditionError),
        (lambda: event("b").where(prop.d.age() > 3), ConditionError),
    ],
)
def test_a_mistake_is_told_where_it_is_made(write, error):
    with pytest.raises(error) as caught:
        write()
    assert caught.value.hint


def test_a_long_timeline_is_judged_quickly():
    """Not timed: an aggregate made anew at each edge would not end today."""
    start = NOW.us - span("400d").us
    rows = [
        Event(
            "buy",
            "c",
            at=Instant(start + i * 3_000_000_000),
            id=f"{i}",
            properties={"x": i % 7 + 0.5},
        )
        for i in range(10_000)
    ]
    person = Person(Contact("c"), Timeline(rows))
    last = rows[-1].at
    for condition in [
        BUY.within("300d").mean("x") > 100,
        BUY.within("300d").sum("x") < 0,
        BUY.within("300d").min("x") > 100,
        BUY.within("300d").max("x") > 100,
        BUY.within("300d").distinct("x") > 100,
        BUY.within("300d").days_with() > 1_000,
        BUY.within("300d").where(prop.x > 3).mean("x") > 100,
        BUY.within("300d").then(BUY.where(prop.x > 100), within="9d"),
    ]:
        assert condition.judge(person, now=last).value is Truth.NO


OLD, RICH = attr.age > 40, attr.level > 3
SELDOM = BUY.within("7d").max("n") > 5


@pytest.mark.parametrize(
    "part",
    [
        OLD & RICH,
        OLD | RICH,
        ~(OLD & RICH),
        ~(OLD | SELDOM),
        OLD.surely(),
        ~OLD.surely(),
        ~(~OLD.surely() & RICH),
        ~(~(OLD & SELDOM) | RICH).surely(),
        SELDOM,
        ~SELDOM,
        BUY.exists(),
        ~tag(HOBBY).has("tea"),
    ],
    ids=repr,
)
def test_closing_the_world_over_a_whole_is_closing_it_over_its_parts(part):
    """C1."""
    person = lived(("buy", "5d"))
    for condition in (part.surely(), ~part.surely()):
        verdict = condition.judge(person, now=NOW)
        facts = Facts(person, NOW.us, Scope())
        assert verdict.value is truth_of(condition.node, facts)
        assert judged_slowly(condition.node, facts)[0] is verdict.value
        assert condition.holds(person, NOW) is (verdict.value is Truth.YES)
        for days in (1, 2, 9):
            at = NOW + span(f"{days}d")
            if verdict.stable_until is None or at < verdict.stable_until:
                later = truth_of(condition.node, facts.later(at.us))
                assert later is verdict.value


def test_a_change_from_no_to_unknown_is_none_for_who_is_sure():
    """C7: exact."""
    person = lived(("buy", "5d"))
    assert SELDOM.judge(person, now=NOW).stable_until == NOW + span("2d")
    assert SELDOM.surely().judge(person, now=NOW).stable_until is None
    assert (~SELDOM).surely().judge(person, now=NOW).stable_until == NOW + span("2d")


def test_a_derivation_that_nobody_knows_is_refused():
    with pytest.raises(UnknownNameError, match="no such name: 'agee'"):
        Derived("agee", Attribute("x"))
