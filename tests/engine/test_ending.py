"""What happens at the end of a journey: tags, and a hand-over."""

from __future__ import annotations

import pytest

from privflow.conditions import event, tag
from privflow.engine import ContactState
from privflow.errors import DefinitionError, UnknownNameError
from privflow.facts import TagGroup
from privflow.journeys import AtEnd, Reentry, Stage
from privflow.rules import Leave, Rule
from privflow.timing import after
from strategies.story import START, begun, engine, happens, journey, later, person, step

TIER = TagGroup("tier", ["new", "fond"], exclusive=True)
GOAL = event("buy").since_entry().exists()


def test_the_goal_hands_over_to_the_next_journey_at_once():
    first = journey(
        step("x", after("9h")),
        goal=GOAL,
        at_end=[
            AtEnd("goal", add=[TIER["fond"]], enrol="next"),
            AtEnd("exit", enrol="j"),
        ],
    )
    second = journey(
        step("thanks"),
        name="next",
        enter_on=None,
        audience=tag(TIER).has("fond"),
    )
    eng = engine(first, second)
    at = later("1h")
    outcome = eng.advance(begun(eng), happens("buy", at), now=at)
    assert [command.touch.step for command in outcome.commands] == ["thanks"]
    assert [(e.what, e.source, e.subject) for e in outcome.journal][1:5] == [
        ("ended", "journey:j", ""),
        ("tagged", "journey:j", "tier:fond"),
        ("entered", "journey:next", "only"),
        ("sent", "journey:next", "thanks"),
    ]
    assert eng.advance(outcome.state, now=at).commands == ()


def test_a_circle_of_hand_overs_goes_round_once_an_instant():
    again = Reentry.every_time()
    circle = [
        journey(
            name=a,
            enter_on=start,
            reentry=again,
            stages=[Stage("s")],
            at_end=[AtEnd(enrol=b)],
        )
        for a, b, start in (("a", "b", event("go")), ("b", "a", None))
    ]
    outcome = engine(*circle).advance(ContactState(person()), happens("go"), now=START)
    assert [e.source for e in outcome.journal if e.what == "entered"] == [
        "journey:a",
        "journey:b",
    ]
    assert [e.reason for e in outcome.journal if e.what == "not_entered"] == ["loop"]


def test_each_ending_has_its_own_actions():
    then = [
        AtEnd(add=[TIER["new"]]),
        AtEnd(["rule"], remove=[TIER["new"]]),
    ]
    stop = Rule("stop", on=event("stop"), do=[Leave("j")])
    eng = engine(journey(step("x", after("2h")), at_end=then), rules=[stop])
    state = eng.advance(begun(eng), now=later("2h")).state
    assert state.contact.tags.at(later("2h")) == {TIER["new"]}
    [fact] = state.contact.tags.history
    assert fact.source == "journey:j"
    at = later("1h")
    outcome = eng.advance(begun(eng), happens("stop", at), now=at)
    assert outcome.state.contact.tags.at(at) == frozenset()


def test_a_sensitive_tag_is_not_given_without_its_consent():
    health = TagGroup("health", ["pregnant"], sensitive=True)
    eng = engine(journey(step("x"), at_end=[AtEnd(add=[health["pregnant"]])]))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert [e.what for e in outcome.journal][-1] == "not_tagged"
    assert outcome.state.contact.tags.history == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: AtEnd("goal"),
        lambda: AtEnd("success", enrol="j"),
        lambda: AtEnd(add=["fond"]),
        lambda: journey(step("x"), at_end=["goal"]),
    ],
)
def test_an_ending_that_means_nothing_is_refused(make):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert raised.value.hint


def test_a_hand_over_to_a_journey_that_is_not_there_says_where_it_stands():
    with pytest.raises(UnknownNameError) as raised:
        engine(journey(step("x"), at_end=[AtEnd(enrol="nxt")]))
    assert raised.value.path == "$.journeys[0].at_end[0].enrol"
