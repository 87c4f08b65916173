"""Steps that may not leave when they are due, and which of several goes first."""

from __future__ import annotations

import pytest

from privflow.engine import ContactState
from privflow.journeys import Defer, End, Fallback, Skip
from privflow.quotas import TouchQuota
from privflow.timing import after, calendar, instant, rolling
from privflow.touches import QuietHours, Receipt
from strategies.story import START, begun, engine, happens, journey, later, person, step

DAILY = TouchQuota("daily", 1, per=calendar("day"))
NIGHT = QuietHours("22:00", "08:00")


def steps_of(outcome):
    return [command.touch.step for command in outcome.commands]


# ── Blocked steps ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("policy", "at_night", "next_morning"),
    [
        (Defer(), "deferred", "sent"),
        (Defer(until_at_most="10h"), "deferred", "sent"),
        (Defer(until_at_most="9h59m"), "deferred", "expired"),
        (Skip(), "skipped", None),
        (End(), "skipped", None),
        (Fallback(), "skipped", None),
    ],
)
def test_a_blocked_step_does_what_it_says(policy, at_night, next_morning):
    """Q6: due at 22:00, and nobody is written to until 08:00."""
    eng = engine(
        journey(step("x", after("13h"), on_blocked=policy), step("y", after("30h"))),
        gates=[NIGHT],
    )
    outcome = eng.advance(begun(eng), now=later("13h"))
    assert outcome.journal[0].what == at_night
    ended = outcome.state.enrolments[0].ended_by
    assert ended == ("step" if policy == End() else "")
    if next_morning is not None:
        at = outcome.state.wake_at
        assert eng.advance(outcome.state, now=at).journal[0].what == next_morning


@pytest.mark.parametrize("nap", ["11h", "23h30m"])
def test_a_late_host_does_not_stretch_the_wait_of_a_blocked_step(nap):
    """J3: `until_at_most` is over, whatever the gates say now."""
    eng = engine(
        journey(step("x", after("13h"), on_blocked=Defer(until_at_most="10h"))),
        gates=[NIGHT],
    )
    outcome = eng.advance(begun(eng), now=later("13h"))
    late = later("13h") + (later(nap) - START)
    assert eng.advance(outcome.state, now=late).journal[0].what == "expired"
    assert eng.advance(begun(eng), now=late).journal[0].what == "expired"


def test_a_fallback_takes_the_next_channel_at_once():
    """Q6."""
    full = TouchQuota("full", 1, per=rolling("7d"), channel="sms")
    eng = engine(
        journey(step("first")),
        journey(
            step(
                "second",
                after("1h"),
                via=["sms", "wecom.message"],
                on_blocked=Fallback(),
            ),
            name="k",
        ),
        quotas=[full],
    )
    outcome = eng.advance(begun(eng), now=later("1h"))
    assert outcome.commands[0].touch.channel == "wecom.message"
    lines = eng.why(outcome.state, journey="k", step="second", now=later("1h")).lines
    assert [(line.channel, line.ruling) for line in lines if line.gate == "full"] == [
        ("sms", "hold"),
        ("wecom.message", "allow"),
    ]


def test_a_denied_channel_gives_way_to_the_next_whatever_the_step_says():
    eng = engine(journey(step("hello", via=["push", "sms"])))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert outcome.commands[0].touch.channel == "sms"


def test_a_failed_touch_lets_the_next_one_go_forward():
    """Q4: the place is free again, and who waits for it need not wait on."""
    eng = engine(
        journey(step("big", priority="high")),
        journey(step("small"), name="k"),
        quotas=[DAILY],
    )
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert steps_of(outcome) == ["big"]
    assert outcome.state.wake_at == instant("2026-10-21T00:00+08:00")
    failed = Receipt(
        outcome.commands[0].touch.id, "failed", at=later("1m"), reason="not_friend"
    )
    freed = eng.advance(outcome.state, failed, now=later("1m"))
    assert steps_of(freed) == ["small"]
    late = eng.advance(outcome.state, failed, now=later("2m"))
    assert [c.touch.id for c in late.commands] == [c.touch.id for c in freed.commands]


def test_a_failed_touch_wakes_nobody_who_waits_for_the_morning():
    eng = engine(
        journey(step("now", after("12h"))),
        journey(step("night", after("13h")), name="k"),
        gates=[NIGHT],
    )
    state = begun(eng)
    sent = eng.advance(state, now=later("12h"))
    held = eng.advance(sent.state, now=later("13h")).state
    failed = Receipt(sent.commands[0].touch.id, "failed", at=later("13h"))
    after_it = eng.advance(held, failed, now=later("13h"))
    assert after_it.state.enrolments is held.enrolments


# ── Arbitration ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"kind": "transactional"}, {"kind": "service", "priority": "urgent"}),
        ({"priority": "high"}, {"priority": "normal"}),
        ({"valid_for": "1d"}, {"valid_for": "2d"}),
        ({"valid_for": "9d"}, {}),
        ({"on_blocked": Defer(until_at_most="1d")}, {"valid_for": "2d"}),
        ({}, {}),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_who_goes_first_does_not_depend_on_the_order_of_the_plan(one, other, swapped):
    """E2: kind, priority, deadline, then names; the loser says who won."""
    journeys = [
        journey(step("winner", **one), name="a"),
        journey(step("loser", **other), name="b"),
    ]
    eng = engine(*(reversed(journeys) if swapped else journeys), quotas=[DAILY])
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert steps_of(outcome) == ["winner"]
    why = eng.why(outcome.state, journey="b", step="loser", now=START)
    [line] = [line for line in why.lines if line.gate == "daily"]
    assert line.facts["lost_to"] == ("journey:a winner",)
    assert "gave way to journey:a winner" in str(why)


def test_who_waited_longer_goes_first():
    """E2: both want to go in the morning."""
    eng = engine(
        journey(step("later", after("14h")), name="a"),
        journey(step("earlier", after("13h")), name="b"),
        gates=[NIGHT],
        quotas=[DAILY],
    )
    state = begun(eng)
    commands = ()
    while not commands:
        outcome = eng.advance(state, now=state.wake_at)
        state, commands = outcome.state, outcome.commands
    assert steps_of(outcome) == ["earlier"]


def test_only_those_are_named_who_took_the_place():
    eng = engine(
        journey(step("other", via=["wecom.message"], priority="high"), name="a"),
        journey(step("winner", priority="high"), name="b"),
        journey(step("loser"), name="c"),
        quotas=[TouchQuota("sms-day", 1, per=calendar("day"), channel="sms")],
    )
    state = begun(eng)
    [line] = [
        line for line in state.enrolment("c").steps[0].lines if line.gate == "sms-day"
    ]
    assert line.facts["lost_to"] == ("journey:b winner",)


def test_nobody_is_named_where_the_place_was_taken_before():
    eng = engine(
        journey(step("first")),
        journey(step("second", after("1h")), name="k"),
        quotas=[DAILY],
    )
    outcome = eng.advance(begun(eng), now=later("1h"))
    [line] = [
        x for x in outcome.state.enrolment("k").steps[0].lines if x.gate == "daily"
    ]
    assert "lost_to" not in line.facts
