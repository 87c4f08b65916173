"""Circles of stages, found in the plan and met by the engine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.checking import check
from privflow.conditions import attr, event, in_journey, in_stage, tag
from privflow.engine import ContactState, Engine, Plan
from privflow.facts import TagGroup
from privflow.journeys import Journey, Stage, To
from privflow.rules import TagRule
from strategies.story import START, happens, journey, person, step

VIP = attr.level == "gold"
MARK = TagGroup("mark", ["in-b", "in-a"], exclusive=True)
IN_B = TagRule("b", when=in_stage("j", "b"), tag=MARK["in-b"])
IN_A = TagRule("a", when=in_stage("j", "a"), tag=MARK["in-a"])
MARKED = tag(MARK).has("in-b")


def two(to_b: list[To], to_a: list[To], **rest: object) -> Journey:
    """Stages a and b, with ways from each."""
    return journey(stages=[Stage("a", then=to_b), Stage("b", then=to_a)], **rest)


def ways(when: object = None, **rest: object) -> Journey:
    """From a to b and back, on one condition."""
    return two([To("b", when=when)], [To("a", when=when)], **rest)


ROUND = [
    (ways(VIP), (), "a → b → a may lead round at once while level is gold"),
    (
        two([To("b", after="0s")], [To("a", share=1.0)]),
        (),
        "a → b → a may lead round at once",
    ),
    (
        two([To("b", when=VIP | (attr.age > 1))], [To("a", when=~(~VIP))]),
        (),
        "a → b → a may lead round at once while level is gold",
    ),
    (two([To("a", when=VIP)], []), (), "a → a may lead round at once while"),
    (
        two([To("b", when=~MARKED)], [To("a", when=MARKED)]),
        (IN_B,),
        "a → b → a may lead round at once",
    ),
    (
        two([To("b", when=tag(MARK).none_of(["in-b"]))], [To("a", when=MARKED)]),
        (IN_B, IN_A),
        "a → b → a may lead round at once",
    ),
]


def plan_of(one: Journey, rules: tuple[TagRule, ...] = ()) -> Plan:
    return Plan(journeys=[one], tag_rules=rules, timezone="Asia/Shanghai")


@pytest.mark.parametrize(("walked", "rules", "problem"), ROUND)
def test_a_circle_that_is_told_is_one_that_the_engine_meets(walked, rules, problem):
    """J1."""
    plan = plan_of(walked, rules)
    [found] = check(plan)
    assert (found.code, found.path) == ("circle", "$.journeys[0].stages[0].then")
    assert found.problem.startswith(problem)
    contact = person(attributes={"level": "gold"})
    outcome = Engine(plan).advance(ContactState(contact), happens("go"), now=START)
    told = [(entry.what, entry.reason) for entry in outcome.journal]
    assert ("stayed", "loop") in told


@pytest.mark.parametrize(
    ("walked", "rules"),
    [
        (two([To("b", when=VIP)], [To("a", when=~VIP)]), ()),
        (two([To("b", when=VIP)], [To("a", when=VIP, after="1h")]), ()),
        (two([To("b", when=VIP)], [To("a", when=attr.age > 1)]), ()),
        (ways(event("x").since_stage().exists()), ()),
        (ways(VIP, exit_when=VIP), ()),
        (ways(VIP, goal=VIP | (attr.age > 1)), ()),
        (
            journey(
                stages=[
                    Stage("a", then=[To("b", when=VIP)]),
                    Stage("b", then=[To("c", after="0s"), To("a", when=VIP)]),
                    Stage("c"),
                ]
            ),
            (),
        ),
        (two([To("b", when=MARKED)], [To("a", when=MARKED)]), (IN_B,)),
        (two([To("b", when=~MARKED)], [To("a", when=MARKED)]), ()),
        (
            two([To("b", when=~MARKED)], [To("a", when=MARKED)]),
            (TagRule("j", when=in_journey("j"), tag=MARK["in-a"]), IN_B),
        ),
        (
            two([To("b", when=~MARKED)], [To("a", when=MARKED)]),
            (TagRule("b", when=VIP & in_stage("j", "b"), tag=MARK["in-b"]),),
        ),
        (ways(in_stage("other", "a") & in_stage("j", "a")), ()),
    ],
)
def test_what_waits_excludes_itself_or_ends_is_no_circle(walked, rules):
    """J1."""
    assert [
        found for found in check(plan_of(walked, rules)) if found.code == "circle"
    ] == []


def test_a_share_that_goes_round_is_a_circle_for_that_share():
    """J5."""
    walked = two([To("b", share=0.5), To("a", share=0.2)], [To("a", after="0s")])
    found = [finding.problem for finding in check(plan_of(walked))]
    assert found == [
        "a → a may lead round at once",
        "a → b → a may lead round at once",
    ]


def test_a_circle_further_on_is_told_once_and_where_it_begins():
    stages = [
        Stage("start", steps=[step("x")], then=[To("b", when=VIP)]),
        Stage("c", then=[To("b", after="0s")]),
        Stage("b", then=[To("c", when=VIP)]),
    ]
    walked = journey(stages=stages, version=2)
    [found] = check(Plan(journeys=[walked], retired=[journey(version=1)]))
    assert found.path == "$.journeys[0].stages[1].then"
    assert found.problem.startswith("c → b → c")
    assert "after" in found.hint


# ── In journeys of one condition nothing is missed, and nothing invented ───────────


NAMES = ("a", "b", "c")
WAYS = st.lists(
    st.builds(
        To,
        st.sampled_from(NAMES),
        when=st.sampled_from([None, VIP, ~VIP]),
        after=st.sampled_from(["0s", "0s", "1h"]),
    ),
    max_size=2,
)


def goes_round(plan: Plan, level: str) -> bool:
    contact = person(attributes={"level": level})
    outcome = Engine(plan).advance(ContactState(contact), happens("go"), now=START)
    return any(entry.reason == "loop" for entry in outcome.journal)


@settings(max_examples=150)
@given(st.tuples(WAYS, WAYS, WAYS))
def test_a_circle_is_told_if_and_only_if_somebody_goes_round(ways):
    """J1: whichever stage they begin in."""
    stages = [Stage(name, then=then) for name, then in zip(NAMES, ways, strict=True)]
    plans = [
        plan_of(journey(stages=[*stages[place:], *stages[:place]]))
        for place in range(len(stages))
    ]
    found = [bool(check(plan)) for plan in plans]
    met = [goes_round(plan, level) for plan in plans for level in ("gold", "tin")]
    assert set(found) == {any(met)}
