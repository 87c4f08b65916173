"""Everybody moves until nobody does any more, and only then steps are tried (J1)."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest

from privflow.conditions import (
    Condition,
    entered,
    event,
    in_journey,
    in_stage,
    tag,
)
from privflow.engine import ContactState, Engine, Outcome
from privflow.facts import TagGroup
from privflow.journeys import AtEnd, Journey, Reentry, Stage, To
from privflow.rules import TagRule
from privflow.segments import Segment
from privflow.timing import after
from strategies.story import START, begun, engine, happens, journey, later, person, step

MARKS = TagGroup("marks", ["in", "done"])
BOUGHT = event("buy").since_entry().exists()
AN_HOUR_OVER = ~event("go").within("1h").exists()


def lasting(name: str, *steps: object, **rest: object) -> Journey:
    return journey(*steps, step(f"{name}-last", after("9d")), name=name, **rest)


def ends(state: ContactState) -> dict[str, str]:
    return {visit.journey: visit.ended_by for visit in state.enrolments}


def sent(outcome: Outcome) -> list[str]:
    return [command.touch.step for command in outcome.commands]


def in_every_order(*journeys: Journey, **rest: object) -> list[Engine]:
    return [engine(*order, **rest) for order in permutations(journeys)]


# ── What one journey brings about, another one sees ──────────────────────────


def test_an_exit_that_asks_for_another_journey_is_judged_when_that_ends():
    """J1, E6: in the same look, before any step, whichever is listed first."""
    one = lasting("one", step("one-due", after("1h")), exit_when=~in_journey("two"))
    two = lasting("two", goal=AN_HOUR_OVER)
    for eng in in_every_order(one, two):
        outcome = eng.advance(begun(eng), now=later("1h"))
        assert ends(outcome.state) == {"one": "exit", "two": "goal"}
        assert sent(outcome) == []


def test_it_is_judged_after_what_is_complete_has_ended_too():
    """J1, E6: nothing is left for another look at the same facts."""
    one = lasting("one", exit_when=~in_journey("two"))
    two = journey(step("two-only", after("1h")), name="two")
    for eng in in_every_order(one, two):
        outcome = eng.advance(begun(eng), now=later("1h"))
        assert ends(outcome.state) == {"one": "exit", "two": "completed"}
        again = eng.advance(outcome.state, now=later("1h"))
        assert again.state == outcome.state


def test_two_that_keep_out_of_each_other_s_way_both_leave():
    """E2: neither is judged after the other one has gone."""
    one = lasting("one", exit_when=in_journey("two"))
    two = lasting("two", exit_when=in_journey("one"))
    for eng in in_every_order(one, two):
        assert ends(begun(eng)) == {"one": "exit", "two": "exit"}


def test_a_way_that_asks_for_the_stage_of_another_journey_follows_it():
    """C4, E2: through as many stages as there are."""

    def chasing(name: str, other: str) -> Journey:
        stages = [
            Stage("s0", then=[To("s1", when=in_stage(other, "s1"))]),
            Stage("s1", steps=[step(f"{name}-s1")], then=[To("s0", after="9d")]),
        ]
        return journey(name=name, stages=stages)

    first = journey(
        name="a",
        stages=[
            Stage("s0", then=[To("s1", when=BOUGHT)]),
            Stage("s1", steps=[step("a-s1")], then=[To("s0", after="9d")]),
        ],
    )
    for eng in in_every_order(first, chasing("b", "a"), chasing("c", "b")):
        at = later("1h")
        outcome = eng.advance(begun(eng), happens("buy", at), now=at)
        assert sorted(sent(outcome)) == ["a-s1", "b-s1", "c-s1"]


def test_a_segment_that_asks_for_a_journey_is_judged_when_that_ends():
    """J1a, E6."""
    idle = Segment("idle", ~in_journey("one") & event("go").exists())
    one = journey(step("one-only", after("1h")), name="one")
    next_one = journey(step("next"), name="next", enter_on=entered("idle"))
    for eng in in_every_order(one, next_one, segments=[idle]):
        outcome = eng.advance(begun(eng), now=later("1h"))
        assert sent(outcome) == ["one-only", "next"]


def test_a_tag_of_one_that_ends_is_seen_before_the_steps_of_another():
    """J1, E2: whichever is listed first."""
    done = [AtEnd("goal", add=[MARKS["done"]])]
    one = lasting("one", goal=AN_HOUR_OVER, at_end=done)
    leads_on = To("s1", when=AN_HOUR_OVER)
    stages = [
        Stage("s0", steps=[step("two-due", after("1h"))], then=[leads_on]),
        Stage("s1", steps=[step("two-s1")], then=[To("s0", after="9d")]),
    ]
    two = journey(name="two", exit_when=tag(MARKS).has("done"), stages=stages)
    engines = in_every_order(one, two)
    outcomes = [eng.advance(begun(eng), now=later("1h")) for eng in engines]
    first, second = outcomes
    assert ends(first.state) == {"one": "goal", "two": "exit"}
    assert sent(first) == sent(second) == []
    stages_of = [{e.journey: e.stage for e in o.state.enrolments} for o in outcomes]
    assert stages_of[0] == stages_of[1]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_end_at_once_the_names_say_which_has_the_last_word(turned):
    """E2."""
    one = lasting("one", goal=BOUGHT, at_end=[AtEnd("goal", add=[MARKS["done"]])])
    two = lasting("two", goal=BOUGHT, at_end=[AtEnd("goal", remove=[MARKS["done"]])])
    eng = engine(*((two, one) if turned else (one, two)))
    at = later("1h")
    state = eng.advance(begun(eng), happens("buy", at), now=at).state
    assert state.contact.tags.at(at) == set()


def test_a_long_chain_of_hand_overs_is_walked_to_its_end():
    """J1: nothing is lost on the way, however long it is."""
    names = [f"j{number:02}" for number in range(60)]
    chain = [
        journey(
            name=name, stages=[Stage("only")], enter_on=None, at_end=[AtEnd(enrol=to)]
        )
        for name, to in pairwise(names)
    ]
    eng = engine(*chain, journey(step("there"), name=names[-1], enter_on=None))
    outcome = eng.enrol(ContactState(person()), names[0], now=START)
    assert sent(outcome) == ["there"]


# ── Circles that change the facts as they go round ───────────────────────────


def in_circles() -> Engine:
    """A stage gives a tag that leads out of it, and without it one comes back."""
    stages = [
        Stage("s0", steps=[step("x0")], then=[To("s1", when=tag(MARKS).has("in"))]),
        Stage("s1", steps=[step("x1")], then=[To("s0", when=~tag(MARKS).has("in"))]),
    ]
    inside = TagRule("inside", when=in_stage("j", "s0"), tag=MARKS["in"])
    return engine(journey(stages=stages), tag_rules=[inside])


def test_who_would_go_round_for_ever_enters_a_stage_once_in_a_look():
    """J1: nobody is sent the same steps again and again for it."""
    outcome = in_circles().advance(ContactState(person()), happens("go"), now=START)
    assert sent(outcome) == ["x0"]
    told = [(e.what, e.subject) for e in outcome.journal]
    assert told.count(("stayed", "s0")) == 1
    assert outcome.state.enrolment("j").stage_visit == 3


def circling(ending: Condition) -> Engine:
    coming = journey(
        step("x"),
        step("y", after("9d")),
        enter_on=entered("out"),
        exit_when=ending,
        reentry=Reentry.every_time(),
    )
    inside = TagRule("inside", when=in_journey("j"), tag=MARKS["in"])
    out = Segment("out", ~tag(MARKS).has("in") & event("go").exists())
    return engine(coming, tag_rules=[inside], segments=[out])


def test_a_journey_begins_once_in_a_look_by_a_segment():
    """J1a: where being in it decides who belongs, one could come and go for ever."""
    eng = circling(tag(MARKS).has("in"))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert len(outcome.state.enrolments) == 1
    assert ("not_entered", "loop") in [(e.what, e.reason) for e in outcome.journal]


def test_three_events_at_one_instant_may_lead_to_a_stage_twice():
    """E7: each of them is looked at by itself."""
    stages = [
        Stage("s0", steps=[step("x0")], then=[To("s1", when=tag(MARKS).has("in"))]),
        Stage("s1", steps=[step("x1")], then=[To("s0", when=~tag(MARKS).has("in"))]),
    ]
    rule = TagRule("in", when=event("flip").count() == 1, tag=MARKS["in"])
    third = TagRule("in-again", when=event("flip").count() == 3, tag=MARKS["in"])
    eng = engine(journey(stages=stages), tag_rules=[rule, third])
    flips = [happens("flip", later("1h"), id=f"f{n}") for n in range(3)]
    outcome = eng.advance(begun(eng), *flips, now=later("1h"))
    moved = [e.subject for e in outcome.journal if e.what == "moved"]
    assert moved == ["s1", "s0", "s1"]
