"""Rules: their order, their effects, their replies, and what cannot be written."""

from __future__ import annotations

import pytest

from privflow.conditions import attr, event, prop, tag
from privflow.engine import ContactState
from privflow.errors import ConditionTypeError, DefinitionError
from privflow.facts import TagGroup
from privflow.quotas import TouchQuota
from privflow.rules import (
    Action,
    AddTag,
    Enrol,
    Leave,
    RemoveTag,
    Reply,
    Rule,
    SetAttribute,
)
from privflow.timing import after, calendar
from privflow.touches import Message, QuietHours
from strategies.story import (
    START,
    engine,
    happens,
    journey,
    later,
    person,
    step,
)

MOOD = TagGroup("mood", ["low", "high"], exclusive=True, ordered=True)
CARD = Message("card", kind="service")


def said(rules, contact=None, at=START, **rest: object):
    eng = engine(rules=rules)
    state = ContactState(contact or person())
    return eng.advance(state, happens("say", at, **rest), now=at)


def fired(outcome):
    return [e.source for e in outcome.journal if e.what == "rule"]


def rule(name: str, *do: Action, **rest: object) -> Rule:
    return Rule(name, on=event("say"), do=do or [SetAttribute(name, 1)], **rest)


def test_rules_run_by_priority_and_then_as_listed():
    """R1."""
    rules = [rule("c"), rule("a"), rule("b", priority=1), rule("d", priority=-1)]
    assert fired(said(rules)) == ["rule:b", "rule:c", "rule:a", "rule:d"]


def test_each_rule_sees_what_the_ones_before_it_did():
    """R1."""
    rules = [
        rule("tags", AddTag(MOOD["high"])),
        rule("sees", SetAttribute("n", 1), when=tag(MOOD).at_least("high")),
        rule("too", SetAttribute("m", 1), when=attr.n == 1),
        rule("not", SetAttribute("never", 1), when=attr.n == 2),
    ]
    contact = said(rules).state.contact
    assert set(contact.attributes) == {"n", "m"}


def test_a_rule_reads_the_event_at_hand_and_runs_once_for_it():
    """R1."""
    rules = [rule("r", SetAttribute("n", 1), when=prop.text.contains("price"))]
    assert fired(said(rules, properties={"text": "the price?"})) == ["rule:r"]
    assert fired(said(rules, properties={"text": "hello"})) == []
    assert fired(said(rules)) == []
    where = Rule("w", on=event("say").where(prop.n > 1), do=[SetAttribute("n", 1)])
    assert fired(said([where], properties={"n": 2})) == ["rule:w"]
    assert fired(said([where], properties={"n": 1})) == []


def test_a_tag_lives_as_long_as_the_rule_says():
    contact = said([rule("r", AddTag(MOOD["high"], ttl="2h"))]).state.contact
    assert contact.tags.at(START) == {MOOD["high"]}
    assert contact.tags.at(later("1h59m59s")) == {MOOD["high"]}
    assert contact.tags.at(later("2h")) == frozenset()
    assert contact.tags.history[0].source == "rule:r"


def test_a_tag_that_ends_is_noticed_when_it_ends():
    eng = engine(
        journey(step("x", after("9h")), exit_when=~tag(MOOD).has("high")),
        rules=[rule("r", AddTag(MOOD["high"], ttl="2h"), Enrol("j"))],
    )
    state = eng.advance(ContactState(person()), happens("say"), now=START).state
    assert state.wake_at == later("2h")
    assert eng.advance(state, now=later("2h")).state.enrolments[0].ended_by == "exit"


def test_tags_and_attributes_are_removed():
    contact = person(attributes={"n": 1}).tagged(MOOD["low"], at=START)
    rules = [rule("r", RemoveTag(MOOD["low"]), SetAttribute("n", None))]
    outcome = said(rules, contact, later("1h"))
    assert outcome.state.contact.tags.at(later("1h")) == frozenset()
    assert outcome.state.contact.attributes == {}
    assert [e.what for e in outcome.journal[2:]] == ["untagged", "attribute"]


def test_rules_start_and_end_journeys():
    """R1, J1a."""
    eng = engine(
        journey(step("x", after("1h"))),
        rules=[
            rule("in", Enrol("j")),
            Rule("out", on=event("stop"), do=[Leave("j"), Leave("j")]),
        ],
    )
    state = eng.advance(ContactState(person()), happens("say"), now=START).state
    assert state.wake_at == later("1h")
    stopped = eng.advance(state, happens("stop"), now=START)
    assert stopped.state.enrolments[0].ended_by == "rule"
    assert [e.what for e in stopped.journal].count("ended") == 1
    assert eng.advance(stopped.state, now=later("2h")).commands == ()


# ── Replies ──────────────────────────────────────────────────────────────────


def test_a_reply_leaves_on_the_channel_of_the_event():
    """R1."""
    outcome = said([rule("r", Reply(CARD))], properties={"channel": "wecom.message"})
    [send] = outcome.commands
    assert (send.touch.channel, send.touch.source) == ("wecom.message", "rule:r")
    assert (send.touch.step, send.touch.journey) == ("", "")


@pytest.mark.parametrize(
    ("reply", "properties", "reason"),
    [
        (Reply(CARD), {}, "no_channel"),
        (Reply(CARD), {"channel": 7}, "no_channel"),
        (Reply(CARD), {"channel": "pigeon"}, "unknown_channel"),
        (Reply(CARD, via=["push"]), {}, "no_identity"),
        (Reply(Message("ad", kind="marketing"), via=["sms"]), {}, "no_consent"),
    ],
)
def test_a_reply_that_cannot_leave_says_why(reply, properties, reason):
    contact = person(consented=False)
    outcome = said([rule("r", reply)], contact, properties=properties)
    assert outcome.commands == ()
    last = outcome.journal[-1]
    assert (last.what, last.source, last.reason) == ("skipped", "rule:r", reason)


def test_a_reply_takes_the_first_channel_that_is_open_and_waits_for_none():
    eng = engine(
        rules=[rule("r", Reply(CARD, via=["push", "sms"]))],
        gates=[QuietHours("22:00", "08:00")],
        quotas=[TouchQuota("daily", 1, per=calendar("day"))],
    )
    state = ContactState(person())
    first = eng.advance(state, happens("say"), now=START)
    assert [c.touch.channel for c in first.commands] == ["sms"]
    second = eng.advance(first.state, happens("say", later("1h")), now=later("1h"))
    assert second.journal[-1].reason == "quota_full"
    night = eng.advance(state, happens("say", later("14h")), now=later("14h"))
    assert night.journal[-1].reason == "quiet_hours"
    assert night.state.wake_at is None


def test_two_replies_of_one_rule_are_two_touches():
    rules = [rule("r", Reply(CARD, via=["sms"]), Reply(CARD, via=["sms"]))]
    ids = {command.touch.id for command in said(rules).commands}
    assert len(ids) == 2


# ── What cannot be written ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Rule("", on=event("a"), do=[Enrol("j")]),
            DefinitionError,
            "Rule.name",
        ),
        (lambda: Rule("r", on=event("a"), do=[]), DefinitionError, "does nothing"),
        (lambda: rule("r", "tag it"), DefinitionError, "'tag it', which is no action"),
        (lambda: rule("r", when=True), ConditionTypeError, "condition of rule 'r'"),
        (lambda: Rule("r", on="a", do=[Enrol("j")]), ConditionTypeError, "trigger"),
        (
            lambda: Rule("r", on=event("a").within("1d"), do=[Enrol("j")]),
            DefinitionError,
            "no window",
        ),
        (lambda: Reply(CARD, via="sms"), DefinitionError, "got 'sms'"),
        (lambda: SetAttribute("", 1), DefinitionError, "SetAttribute.name"),
        (lambda: SetAttribute("n", object()), DefinitionError, "attribute 'n'"),
        (lambda: AddTag(MOOD["low"], ttl="soon"), DefinitionError, "'soon'"),
    ],
)
def test_what_a_rule_cannot_mean_is_refused_where_it_is_written(make, error, message):
    with pytest.raises(error) as raised:
        make()
    assert message in str(raised.value)
    assert raised.value.hint


@pytest.mark.parametrize("action", [AddTag, RemoveTag])
def test_a_tag_by_its_text_is_refused_when_the_rule_is_written(action):
    with pytest.raises(DefinitionError, match="expected a tag"):
        action("mood:low")
