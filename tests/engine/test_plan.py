"""What a plan may be, and what its errors say."""

from __future__ import annotations

import pytest
from attrs import frozen

from privflow.conditions import entered, event
from privflow.engine import ContactState, Engine, Outcome, Plan
from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.quotas import AnyOf, ReplyWindow, TouchQuota
from privflow.rules import Action, Enrol, Leave, Reply, Rule
from privflow.segments import Segment
from privflow.timing import calendar
from privflow.touches import Allow, ChannelProfile, Message, QuietHours
from strategies.story import START, engine, happens, journey, later, person, step

DAILY = TouchQuota("daily", 1, per=calendar("day"))
ANYONE = Segment("anyone", event("a").exists())
REPLY = Reply(Message("m", kind="service"), via=["pigeon"])


def window(name: str) -> ReplyWindow:
    wrote = event("message_received")
    channel = "wechat.servise"
    return ReplyWindow(name, 5, within="48h", opened_by=wrote, channel=channel)


def rule(*actions: Action) -> Rule:
    return Rule("r", on=event("a"), do=actions)


@pytest.mark.parametrize(
    ("parts", "what", "name"),
    [
        ({"journeys": [journey(), journey()]}, "Plan.journeys", "j"),
        ({"segments": [ANYONE, ANYONE]}, "Plan.segments", "anyone"),
        (
            {"rules": [rule(REPLY), rule(REPLY)]},
            "Plan.rules, Plan.tag_rules and Plan.scores",
            "r",
        ),
        (
            {"channels": [ChannelProfile("a"), ChannelProfile("a")]},
            "Plan.channels",
            "a",
        ),
        (
            {"gates": [QuietHours("22:00", "08:00", name="daily")], "quotas": [DAILY]},
            "Plan.gates and Plan.quotas",
            "daily",
        ),
    ],
)
def test_two_of_a_kind_need_two_names(parts, what, name):
    with pytest.raises(DuplicateNameError) as raised:
        Plan(**parts)
    assert raised.value.message == f"{what}: {name!r} is defined twice"


def test_the_names_of_the_engine_s_own_gates_are_taken():
    with pytest.raises(DefinitionError, match="a gate that the engine brings itself"):
        Plan(gates=[QuietHours("22:00", "08:00", name="consent")])


@pytest.mark.parametrize(
    ("parts", "path", "hint"),
    [
        (
            {"journeys": [journey(step("a"), step("b", via=["sms", "smss"]))]},
            "$.journeys[0].stages[0].steps[1].via",
            "did you mean 'sms'?",
        ),
        ({"rules": [rule(REPLY)]}, "$.rules[0].do[0].via", "use one of"),
        (
            {"quotas": [TouchQuota("q", 1, per=calendar("day"), channel="wecon")]},
            "$.quotas[0].channel",
            "did you mean 'wecom'",
        ),
        (
            {"gates": [QuietHours("22:00", "08:00", channel="wechat.mas")]},
            "$.gates[0].channel",
            "did you mean 'wechat.mass'",
        ),
        (
            {"quotas": [DAILY, AnyOf("one", [window("a"), window("b")])]},
            "$.quotas[1].channel",
            "did you mean 'wechat.service'",
        ),
        (
            {
                "journeys": [journey(), journey(name="k", enter_on=entered("anyon"))],
                "segments": [ANYONE],
            },
            "$.journeys[1].enter_on",
            "did you mean 'anyone'?",
        ),
        (
            {"journeys": [journey(name="welcome")], "rules": [rule(Leave("welcom"))]},
            "$.rules[0].do[0].journey",
            "did you mean 'welcome'?",
        ),
        ({"rules": [rule(Enrol("k"))]}, "$.rules[0].do[0].journey", "none are defined"),
    ],
)
def test_a_name_that_is_not_there_says_where_and_what_was_meant(parts, path, hint):
    with pytest.raises(UnknownNameError) as raised:
        Plan(**parts)
    assert raised.value.path == path
    assert hint in raised.value.hint


def test_a_family_of_channels_is_a_channel_for_a_quota():
    quota = TouchQuota("q", 1, per=calendar("day"), channel="wecom")
    assert Plan(quotas=[quota]).quotas == (quota,)


def test_a_gate_of_one_s_own_may_call_something_else_its_channel():
    @frozen
    class Own:
        name: str = "own"
        channel: int = 3

        def judge(self, *_: object, **__: object) -> Allow:
            return Allow(facts={"channel": self.channel})

    assert Plan(gates=[Own()]).gates == (Own(),)


@pytest.mark.parametrize(
    "parts", [{"name": ""}, {"timezone": "Mars/Base"}, {"remember": "long"}]
)
def test_other_parts_are_checked_as_well(parts):
    with pytest.raises(DefinitionError):
        Plan(**parts)


def test_it_has_a_short_repr():
    plan = Plan(journeys=[journey()], quotas=[DAILY])
    assert repr(plan) == (
        "<Plan 'plan' 1 journeys, 0 segments, 0 rules, 1 quotas, 0 gates>"
    )


def test_two_plans_never_make_the_same_touch_id():
    ids = set()
    for name in ("spring", "autumn"):
        eng = engine(journey(step("x")), name=name)
        outcome = eng.advance(ContactState(person()), happens("go"), now=START)
        ids.add(outcome.commands[0].touch.id)
    assert len(ids) == 2


def test_journal_lines_read_as_sentences():
    eng = engine(journey(step("x"), step("y", step("y").schedule, valid_for="1h")))
    outcome = eng.advance(ContactState(person()), happens("go"), now=later("2h"))
    assert [str(entry) for entry in outcome.journal] == [
        "2026-10-20T01:00:00Z took in go",
        "2026-10-20T01:00:00Z journey:j entered only",
        "2026-10-20T01:00:00Z journey:j expired y (too_late)",
        "2026-10-20T03:00:00Z journey:j sent x",
        "2026-10-20T03:00:00Z journey:j left (completed)",
    ]


def test_a_state_has_a_short_repr():
    state = ContactState(person())
    assert repr(state) == "<ContactState 'c-1' 0 events, 0 enrolments, 0 touches>"
    assert state.enrolment("j") is None
    assert Outcome(state=state).commands == ()


def test_a_list_of_journeys_is_no_plan():
    with pytest.raises(
        DefinitionError, match=r"Engine\.plan: got \[\], expected a plan"
    ):
        Engine([])
