"""Segments called by name, and journeys that ask about journeys."""

from __future__ import annotations

import pytest

from privflow.conditions import attr, event, in_journey, member
from privflow.engine import ContactState
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import TagGroup
from privflow.journeys import Stage, To
from privflow.rules import AddTag, Rule
from privflow.segments import Segment
from privflow.timing import after
from strategies.story import START, begun, engine, happens, journey, later, person, step

VIP = Segment("vip", attr.level >= 3)
GOLD = Segment("gold", member("vip") & (attr.city == "上海"))
SEEN = TagGroup("seen", ["yes"])


def steps_sent(eng, contact):
    outcome = eng.advance(ContactState(contact), happens("go"), now=START)
    return [command.touch.step for command in outcome.commands]


def test_a_step_may_ask_for_a_segment_by_name():
    eng = engine(journey(step("x", when=member("gold"))), segments=[GOLD, VIP])
    rich = person(attributes={"level": 3, "city": "上海"})
    assert steps_sent(eng, rich) == ["x"]
    assert steps_sent(eng, person(attributes={"level": 3})) == []


def test_every_condition_of_a_plan_may_refer_to_a_segment():
    """An unknown level is not in the segment: memberships are a closed world (C2)."""
    stages = [
        Stage(
            "one", steps=[step("a", after("9h"))], then=[To("two", when=~member("vip"))]
        ),
        Stage("two", steps=[step("b")]),
    ]
    eng = engine(
        journey(stages=stages, audience=~member("vip"), exit_when=member("vip")),
        segments=[VIP],
        rules=[
            Rule("r", on=event("go"), when=~member("vip"), do=[AddTag(SEEN["yes"])])
        ],
    )
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert outcome.state.contact.tags.at(START) == {SEEN["yes"]}
    assert [command.touch.step for command in outcome.commands] == ["b"]


def test_a_reference_to_nothing_names_its_place_and_the_near_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'vip'") as caught:
        engine(journey(step("x", when=member("vpi"))), segments=[VIP])
    assert caught.value.path == "$.journeys[0].stages[0].steps[0]"


def test_segments_that_refer_to_each_other_in_a_circle_are_refused():
    circle = [Segment("a", member("b") & (attr.x > 1)), Segment("b", ~member("a"))]
    with pytest.raises(DefinitionError, match="b → a → b"):
        engine(segments=circle)


def test_a_journey_may_keep_away_while_another_one_runs():
    busy = journey(step("late", after("1d")), name="busy")
    shy = journey(
        step("x", after("1h"), when=~in_journey("busy")),
        name="shy",
        enter_on=event("go"),
    )
    state = engine(busy, shy).advance(begun(engine(busy, shy)), now=later("1h")).state
    why = engine(busy, shy).why(state, journey="shy", step="x", now=later("1h"))
    assert (why.decision, why.reason) == ("skipped", "condition")
    alone = engine(shy)
    outcome = alone.advance(begun(alone), now=later("1h"))
    assert [command.touch.step for command in outcome.commands] == ["x"]
