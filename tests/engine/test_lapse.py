"""Q4 through the engine: reservations that lapse, and what is frozen into a touch."""

from __future__ import annotations

import pytest
from attrs import evolve

from privflow.conditions import event
from privflow.engine import Engine, Plan
from privflow.journeys import Defer, SOPStep, Stage
from privflow.quotas import TouchQuota
from privflow.rules import Reply, Rule
from privflow.timing import after, rolling
from privflow.touches import STANDARD_CHANNELS, ChannelProfile, Message, Receipt
from strategies.past import Seen
from strategies.story import START, begun, engine, happens, journey, later, person, step

SLOW = tuple(
    evolve(channel, confirm_within="72h") if channel.confirmed_by_staff else channel
    for channel in STANDARD_CHANNELS
)
ONE = TouchQuota(
    "one", 1, per=rolling("1d"), counts_on="confirmed", channel="wecom.mass"
)


def two_tasks() -> Engine:
    """A task at once, and one a day later that waits for the quota."""
    mass = {"via": ["wecom.mass"], "on_blocked": Defer()}
    steps = (step("first", **mass), step("second", after("1d"), **mass))
    return engine(journey(*steps), quotas=[ONE], channels=SLOW)


def test_a_reservation_that_nobody_confirms_lapses_and_says_so() -> None:
    """Q4."""
    eng = two_tasks()
    state = begun(eng)
    state = eng.advance(state, now=later("1d")).state
    assert state.wake_at == later("3d")
    why = eng.why(state, journey="j", step="second", now=later("1d"))
    assert (why.decision, why.next_possible_at) == ("deferred", later("3d"))
    outcome = eng.advance(state, now=later("3d"))
    lines = [(entry.what, entry.subject) for entry in outcome.journal]
    first = state.ledger.records[0].touch
    assert lines[:2] == [("lapsed", first.id), ("assigned", "second")]
    assert outcome.journal[0].reason == "unconfirmed"
    seen = eng.why(outcome.state, journey="j", step="first", now=later("3d"))
    assert seen.touch_status == "expired"


def test_a_late_host_is_told_of_the_lapse_at_its_own_instant() -> None:
    """J3: and only once."""
    eng = two_tasks()
    state = begun(eng)
    outcome = eng.advance(state, happens("other", later("100h")), now=later("200h"))
    lapses = [entry.at for entry in outcome.journal if entry.what == "lapsed"]
    assert lapses == [later("3d")]
    again = eng.advance(outcome.state, now=later("201h"))
    assert not [e for e in again.journal if e.at == later("3d")]


def test_a_confirmation_that_comes_after_all_is_counted_and_noted() -> None:
    """Q4: the record shows both, and nothing goes out on top."""
    eng = two_tasks()
    state = eng.advance(begun(eng), now=later("1d")).state
    state = eng.advance(state, now=later("3d")).state
    first, second = (record.touch.id for record in state.ledger)
    late = Receipt(first, "confirmed", at=later("80h"))
    outcome = eng.advance(state, late, now=later("81h"))
    assert [(e.what, e.reason) for e in outcome.journal] == [
        ("receipt", "confirmed"),
        ("late", "lapsed"),
    ]
    state = eng.advance(
        outcome.state, Receipt(second, "confirmed", at=later("82h")), now=later("82h")
    ).state
    one = state.ledger.records[0].touch
    ruling = ONE.judge(one, Seen(state.ledger), now=later("82h"))
    assert ruling.facts["count"] == 2


def test_a_confirmation_lets_those_who_wait_be_judged_again() -> None:
    """Q5: room may come earlier than a pending touch let one hope."""
    eng = two_tasks()
    state = eng.advance(begun(eng), now=later("1d")).state
    first = state.ledger.records[0].touch.id
    told = Receipt(first, "confirmed", at=later("2h"))  # it counts from then on
    outcome = eng.advance(state, told, now=later("25h"))
    why = eng.why(outcome.state, journey="j", step="second", now=later("25h"))
    assert why.next_possible_at == later("26h")
    sent = eng.advance(outcome.state, now=later("26h"))
    assert sent.journal[0].what == "assigned"


@pytest.mark.parametrize("within", ["0s", "-1h", "soon"])
def test_a_deadline_that_means_nothing_is_refused(within: str) -> None:
    with pytest.raises(Exception, match=r"confirm_within|span|got"):
        ChannelProfile("fax", confirm_within=within)


# ── What is frozen into a touch ──────────────────────────────────────────────


def sent_touch(message: Message, *quotas: TouchQuota, **attributes: str):
    eng = engine(
        journey(
            stages=[Stage("s", steps=[SOPStep("x", after("0s"), message, via=["sms"])])]
        ),
        quotas=quotas,
    )
    state = begun(eng, person(attributes=attributes))
    return state.ledger.records[0].touch


EACH = TouchQuota("each", 5, per=rolling("1d"), each=["staff", "campaign", "device"])


def test_the_subjects_that_quotas_ask_for_are_frozen_into_the_touch() -> None:
    """Q2: staff who follow, the campaign, and attributes of the contact."""
    hello = Message("hello", kind="service")
    assert sent_touch(hello).subjects == {}
    named = sent_touch(hello, EACH, device="d-1", group="g-1")
    assert named.subjects == {"staff": "zhang", "campaign": "j", "device": "d-1"}
    sale = Message("sale", kind="service", campaign="618", cost=3)
    touch = sent_touch(sale, EACH)
    assert touch.subjects == {"staff": "zhang", "campaign": "618"}
    assert touch.cost == 3


def test_a_rule_has_no_campaign_unless_its_message_says_so() -> None:
    """Q2."""
    reply = Reply(Message("re", kind="service"), via=["sms"])
    rule = Rule("r", on=event("go"), do=[reply])
    eng = Engine(Plan(rules=[rule], quotas=[EACH]))
    touch = begun(eng).ledger.records[0].touch
    assert touch.subjects == {"staff": "zhang"}
    assert begun(eng).at == START
