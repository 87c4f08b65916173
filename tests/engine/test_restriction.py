"""While processing is restricted nothing is judged; afterwards everything is (K4)."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import attr, entered, event
from privflow.documents import dump
from privflow.engine import ContactState, Engine, Lawful, Outcome
from privflow.facts import Consent, Event, TagGroup, lift_restriction, restrict
from privflow.journeys import Stage, To
from privflow.quotas import TouchQuota
from privflow.rules import AddTag, Reply, Rule
from privflow.segments import Segment
from privflow.timing import Instant, after, around, calendar, span, weekly
from privflow.touches import Message, Receipt
from strategies.host import Host
from strategies.plan import contacts, plans
from strategies.script import Happens, Item, scripts
from strategies.story import START, begun, engine, happens, journey, later, person, step

TASTE = TagGroup("taste", ["sweet"])


def stops(at: Instant = START) -> Event:
    return happens("consent_withdrawn", at, properties={"purpose": "processing"})


def lifts(at: Instant) -> Event:
    fields = {"purpose": "processing", "channel": "*", "evidence": "letter"}
    return happens("consent_given", at, properties=fields)


def sent(state: ContactState) -> list[str]:
    return [record.touch.step for record in state.ledger]


def told(eng: Engine, state: ContactState, *given: Event) -> ContactState:
    """The state after events, each handed in at its own instant, woken in time."""
    for each in given:
        while state.wake_at is not None and state.wake_at < each.at:
            state = eng.advance(state, now=state.wake_at).state
        state = eng.advance(state, each, now=each.at).state
    return state


# ── While it lasts ───────────────────────────────────────────────────────────

STAGES = [
    Stage("a", steps=[step("x", after("1h"))], then=[To("b", after="2h")]),
    Stage("b", steps=[step("y")], then=[To("c", when=event("buy").exists())]),
    Stage("c", steps=[step("z", weekly("fri", "20:00"))]),
]


def test_nobody_moves_leaves_or_is_tagged():
    """K4: what happens is filed, time passes, and nobody wakes the contact."""
    rule = Rule("r", on=event("buy"), do=[AddTag(TASTE["sweet"])])
    eng = engine(journey(stages=STAGES, exit_when=event("bye").exists()), rules=[rule])
    before = begun(eng)
    state = told(eng, before, stops(later("30m")))
    assert state.wake_at is None
    state = told(eng, state, happens("buy", later("3h")), happens("bye", later("4h")))
    assert state.enrolments == before.enrolments
    assert state.contact.tags.history == ()
    assert sorted(state.timeline.series) == [
        "buy",
        "bye",
        "consent_withdrawn",
        "go",
    ]
    assert (state.at, state.wake_at, state.ledger) == (later("4h"), None, before.ledger)
    idle = eng.advance(state, now=later("1d"))
    assert idle.state == evolve(state, at=later("1d"))
    assert (idle.commands, idle.journal) == ((), ())


def test_receipts_are_filed():
    """K4, Q4: a place that comes free sets off nothing yet."""
    quota = TouchQuota("one", 1, per=calendar("day"))
    eng = engine(journey(step("x"), step("y")), quotas=[quota])
    state = begun(eng)
    [touch] = [record.touch for record in state.ledger]
    state = told(eng, state, stops(later("1h")))
    failed = Receipt(touch.id, "failed", at=later("2h"))
    outcome = eng.advance(state, failed, now=later("2h"))
    assert outcome.state.enrolments == state.enrolments
    assert outcome.state.ledger.find(touch.id).status == "failed"
    assert outcome.state.wake_at is None


def test_what_the_host_holds_back_opens_no_step():
    """K4, Q2."""
    eng = engine(journey(step("x"), step("y", after("9h"))))
    state = begun(eng)
    [touch] = [record.touch for record in state.ledger]
    state = told(eng, state, stops(later("1h")))
    held = Receipt(touch.id, "held", at=later("2h"), retry_at=later("3h"))
    heard = eng.advance(state, held, now=later("2h")).state
    assert heard.enrolments == state.enrolments
    assert sent(told(eng, heard, lifts(later("4h")), happens("a", later("9h")))) == [
        "x",
        "y",
    ]


def test_a_reply_that_was_decided_before_does_not_leave_later():
    """K4, E6: the host is late, and they have withdrawn meanwhile."""
    reply = Reply(Message("hi", kind="service"), via=["sms"])
    eng = engine(journey(step("x")), rules=[Rule("r", on=event("hi"), do=[reply])])
    state = ContactState(person())
    given = (happens("go"), happens("hi"), stops(later("1h")))
    outcome = eng.advance(state, *given, now=later("2h"))
    assert outcome.commands == ()
    assert {e.reason for e in outcome.journal if e.what == "skipped"} == {"restricted"}
    state = told(eng, outcome.state, lifts(later("3h")))
    assert sent(state) == ["x"]


# ── Afterwards ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("late", [False, True])
def test_the_first_look_afterwards_sees_everything(late):
    """K4, J1: due meanwhile is skipped, a way that has opened is taken then."""
    eng = engine(journey(stages=STAGES))
    told_ = (stops(later("30m")), happens("buy", later("4h")), lifts(later("1d")))
    if late:
        state = eng.advance(begun(eng), *told_, now=later("1d")).state
    else:
        state = told(eng, begun(eng), *told_)
    [visit] = state.enrolments
    assert (visit.stage, visit.stage_at) == ("c", later("1d"))
    assert sent(state) == []
    assert state.wake_at == later("3d11h")


def test_what_was_due_meanwhile_is_skipped_and_the_rest_goes_on():
    """K4, J3: no heap of messages at the end of it."""
    daily = step("d", weekly(["tue", "wed", "thu", "fri"], "20:00"))
    eng = engine(journey(step("x", after("1h")), daily, step("y", after("5d"))))
    state = told(eng, begun(eng), stops(later("30m")))
    asked = eng.why(state, journey="j", step="x", now=later("2h"))
    assert (asked.decision, asked.reason) == ("waiting", "restricted")
    assert asked.next_possible_at is None
    assert "processing is restricted since 2026-10-20T09:30:00+08:00" in asked.headline
    state = told(eng, state, lifts(later("2d")))
    assert sent(state) == []
    asked = eng.why(state, journey="j", step="x", now=later("2d"))
    assert (asked.decision, asked.reason) == ("skipped", "restricted")
    assert asked.headline.endswith("since 2026-10-20T09:30:00+08:00")
    assert state.wake_at == later("2d11h")
    assert state.enrolment("j").step("d").occurrence == 3


def test_whoever_has_come_to_belong_to_a_segment_comes_in_then():
    """K4, J1a; events from the time of the restriction start nothing, late or not."""
    eng = engine(
        journey(step("s"), name="seg", enter_on=entered("rich")),
        journey(step("e"), name="ev", enter_on=event("go")),
        journey(step("d"), name="date", enter_on=around("born", at="12:00")),
        segments=[Segment("rich", attr.n > 1)],
        rules=[Rule("r", on=event("go"), do=[AddTag(TASTE["sweet"])])],
    )
    state = told(eng, ContactState(person()), stops(), happens("go", later("1h")))
    richer = state.contact.with_attributes({"n": 2})
    state = eng.advance(state.knowing(richer), now=later("2h")).state
    assert state.enrolments == ()
    state = told(eng, state, lifts(later("1d")))
    assert [e.journey for e in state.enrolments] == ["seg"]
    late = happens("go", later("3h"), id="late")
    state = eng.advance(state, late, now=later("2d")).state
    assert [e.journey for e in state.enrolments] == ["seg"]
    assert state.contact.tags.history == ()


def test_an_end_that_is_known_beforehand_wakes_the_contact():
    """K4: the host learned of it; and a restriction that begins later on."""
    eng = engine(journey(step("x", after("3h")), step("y", after("1h"))))
    contact = restrict(person(), at=later("2h"))
    contact = lift_restriction(contact, at=later("5h"), evidence="letter")
    state = told(eng, begun(eng, contact), happens("a", later("2h")))
    assert (sent(state), state.wake_at) == (["y"], later("5h"))
    state = eng.advance(state, now=later("5h")).state
    assert state.enrolment("j").step("x").reason == "restricted"
    assert state.enrolment("j").ended_by == "completed"


def test_a_consent_that_runs_out_restricts_again():
    """K4."""
    eng = engine(journey(step("x", after("3h")), step("y", after("1h"))))
    contact = restrict(person(), at=Instant(START.us - 1))
    contact = contact.declaring(
        Consent(
            "*",
            True,
            purpose="processing",
            at=START,
            until=later("2h"),
            evidence="letter",
        )
    )
    state = told(eng, begun(eng, contact), happens("a", later("1d")))
    assert (sent(state), state.wake_at) == (["y"], None)


def test_other_enterprises_are_not_concerned():
    """K4: a refusal to one company stops that one alone."""
    eng = engine(journey(step("x")), law=Lawful(enterprise="acme"))
    refusal = Consent(
        "*", False, purpose="processing", at=START, enterprise="elsewhere"
    )
    state = ContactState(person().declaring(refusal))
    assert sent(eng.advance(state, happens("go"), now=START).state) == ["x"]


# ── Laws ─────────────────────────────────────────────────────────────────────


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Item], Instant, Instant]:
    """What happens, and from when until when processing is restricted meanwhile."""
    script = draw(scripts())
    start = draw(st.sampled_from(script)).at
    end = start + span(f"{draw(st.integers(0, 90))}h")
    told_ = [Happens(e.at, e) for e in (stops(start), lifts(end))]
    return sorted([*script, *told_], key=lambda item: item.at), start, end


@given(
    plans(),
    contacts(),
    stories(),
    st.lists(st.booleans(), max_size=10),
    st.booleans(),
)
@settings(max_examples=60)
def test_nothing_changes_while_it_lasts_however_the_inputs_are_cut(
    plan, contact, story, cuts, wakes
):
    """K4, E6."""
    script, start, end = story

    def look(before: ContactState, outcome: Outcome) -> None:
        if before.at is not None and start < before.at <= outcome.state.at < end:
            assert outcome.commands == ()
            assert outcome.state.enrolments == before.enrolments
            assert outcome.state.contact.tags == before.contact.tags
            assert outcome.state.inside == before.inside
            assert outcome.state.wake_at is None

    hosts = [Host(Engine(plan), ContactState(contact), look) for _ in range(2)]
    hosts[0].play(script)
    hosts[1].play(script, cuts=cuts, wakes=wakes)
    for host in hosts:
        host.wake_until(script[-1].at + span("6d"))
    texts = [json.dumps(dump(host.state)) for host in hosts]
    assert texts[0] == texts[1]
    left = [[(given.at, given.command) for given in host.given] for host in hosts]
    assert left[0] == left[1]
    assert not any(start < at < end for at, _ in left[0])
