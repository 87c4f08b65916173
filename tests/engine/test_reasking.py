"""What is held back is asked about again when more than time may have opened a gate."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen

from privflow.conditions import attr, event
from privflow.engine import ContactState, Engine
from privflow.facts import TagGroup, lift_restriction, restrict
from privflow.journeys import Defer, Fallback, Stage, To
from privflow.quotas import AnyOf, LockOut, ReplyWindow, StandingGrant, TouchQuota
from privflow.rules import AddTag, Rule
from privflow.timing import Instant, after, calendar, rolling, span
from privflow.touches import (
    Allow,
    Deny,
    Hold,
    Message,
    QuietHours,
    Receipt,
    Ruling,
    Touch,
    View,
)
from strategies.story import START, engine, happens, journey, later, person, step

NIGHT = QuietHours("08:00", "20:00")  # it is 09:00, and 20:00 comes 11 hours later
MOOD = TagGroup("mood", ["fond"])


@frozen
class Own:
    """A gate of a user that says what an attribute says, and counts how often."""

    asked: list[Instant]
    name: str = "own"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        del touch
        self.asked.append(now)
        says = view.contact.attributes.get("own", "hold")
        if says == "allow" or now >= later("9d") or view.contact.tags.at(now):
            return Allow()
        if says == "deny":
            return Deny("own")
        return Hold("own", until=later("5d") if says == "soon" else later("9d"))


def own(**rest: object):
    gate = Own([])
    return engine(journey(step("x"), **rest), gates=[gate]), gate


def held(eng, contact=None):
    outcome = eng.advance(ContactState(contact or person()), happens("go"), now=START)
    assert outcome.commands == ()
    assert outcome.state.enrolment("j").step("x").status == "deferred"
    return outcome.state


def sent(outcome) -> list[str]:
    return [command.touch.step for command in outcome.commands]


def learned(state, **attributes: object):
    return state.knowing(state.contact.with_attributes(attributes))


# ── What lets it be asked again ──────────────────────────────────────────────


def test_a_contact_who_has_moved_is_asked_about_in_their_own_night():
    """Q6: facts that the host has learned."""
    eng = engine(journey(step("x")), gates=[NIGHT])
    state = held(eng)
    moved = evolve(state.contact, timezone="America/New_York")  # 21:00 there
    outcome = eng.advance(state.knowing(moved), now=later("1h"))
    assert sent(outcome) == ["x"]


def test_a_consent_ends_a_rest_after_a_refusal():
    """Q6, K4: who agrees may be asked the next question."""
    ask = step("x", labels=())
    ask = evolve(ask, message=Message("x", kind="service", asks_for="marketing"))
    eng = engine(journey(ask))
    contact = person(consented=False).refusing("sms", purpose="marketing", at=START)
    state = held(eng, contact)
    agreed = contact.consenting(
        "sms", purpose="marketing", at=later("1h"), evidence="form"
    )
    assert sent(eng.advance(state.knowing(agreed), now=later("2h"))) == ["x"]


def test_an_event_that_opens_a_window_lets_it_go():
    """Q6: the contact writes before the rate of their standing consent has room."""
    rate = StandingGrant(
        "s", 1, per=rolling("30d"), granted_by=event("agreed"), channel="sms"
    )
    window = ReplyWindow("w", 5, within="48h", opened_by=event("said"), channel="sms")
    either = AnyOf("either", [window, rate])
    eng = engine(
        journey(step("first"), step("x", after("1h")), enter_on=event("agreed")),
        quotas=[either],
    )
    state = eng.advance(ContactState(person()), happens("agreed"), now=START).state
    state = eng.advance(state, now=later("1h")).state
    assert state.enrolment("j").step("x").again_at == later("30d")
    said = happens("said", later("3h"))
    assert sent(eng.advance(state, said, now=later("3h"))) == ["x"]


def test_an_event_that_no_gate_looks_at_asks_nothing_again():
    """E6: nor does somebody who only looks."""
    gate = ReplyWindow("w", 1, within="48h", opened_by=event("said"), channel="push")
    counting = _Counting([])
    eng = engine(journey(step("x")), gates=[counting], quotas=[gate])
    state = held(eng)
    before = len(counting.asked)
    state = eng.advance(state, happens("other", later("1h")), now=later("1h")).state
    state = eng.advance(state, now=later("2h")).state
    assert len(counting.asked) == before


@frozen
class _Counting:
    """Holds for nine days, says that it looks at no event, and counts."""

    asked: list[Instant]
    name: str = "counting"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        del touch, view
        self.asked.append(now)
        return Allow() if now >= later("9d") else Hold("c", until=later("9d"))

    def recalls(self) -> dict[str, None]:
        return {}


def test_a_gate_that_does_not_say_what_it_looks_at_is_asked_after_every_event():
    """Q6: it might look at any of them."""
    eng, gate = own()
    state = held(eng)
    before = len(gate.asked)
    eng.advance(state, happens("whatever", later("1h")), now=later("1h"))
    assert len(gate.asked) > before


def test_a_tag_that_a_rule_gives_opens_a_gate_that_asks_for_it():
    """Q6: whatever changes the contact."""
    gate = Own([])
    rule = Rule("r", on=event("kind"), do=[AddTag(MOOD["fond"])])
    eng = engine(journey(step("x")), gates=[gate], rules=[rule])
    outcome = eng.advance(held(eng), happens("kind", later("1h")), now=later("1h"))
    assert sent(outcome) == ["x"]


def test_a_lock_that_began_earlier_ends_earlier():
    """Q6: the report of the failure is put right."""
    lock = LockOut("l", per=rolling("24h"), channel="sms", reasons=["over_limit"])
    eng = engine(journey(step("first"), step("x", after("10h"))), quotas=[lock])
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    [record] = state.ledger

    def failed(at: str) -> Receipt:
        return Receipt(record.touch.id, "failed", at=later(at), reason="over_limit")

    state = eng.advance(state, failed("9h"), now=later("9h")).state
    state = eng.advance(state, now=later("10h")).state
    assert state.enrolment("j").step("x").again_at == later("33h")
    outcome = eng.advance(state, failed("1h"), now=later("11h"))
    assert outcome.state.enrolment("j").step("x").again_at == later("25h")
    outcome = eng.advance(outcome.state, now=later("25h"))
    assert sent(outcome) == ["x"]


def test_a_place_that_comes_free_is_taken_at_once():
    """Q6, Q4."""
    quota = TouchQuota("one", 1, per=rolling("30d"))
    eng = engine(journey(step("first"), step("x", after("1h"))), quotas=[quota])
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    state = eng.advance(state, now=later("1h")).state
    [record] = state.ledger
    told = Receipt(record.touch.id, "failed", at=later("2h"))
    assert sent(eng.advance(state, told, now=later("2h"))) == ["x"]


# ── An edit of the plan ──────────────────────────────────────────────────────


def test_a_new_version_of_the_journey_is_judged_at_once():
    """J6, Q6: the plan was edited, and its gates with it."""
    state = held(engine(journey(step("x")), gates=[NIGHT]))
    edited = engine(journey(step("x"), version=2))
    assert sent(edited.advance(state, now=later("1h"))) == ["x"]


def test_a_new_version_that_still_holds_keeps_waiting():
    """J6, Q6: until the hour that it says now."""
    state = held(engine(journey(step("x")), gates=[NIGHT]))
    shorter = QuietHours("08:00", "12:00")
    edited = engine(journey(step("x"), version=2), gates=[shorter])
    outcome = edited.advance(state, now=later("1h"))
    assert outcome.commands == ()
    assert outcome.state.wake_at == later("3h")
    assert sent(edited.advance(outcome.state, now=later("3h"))) == ["x"]


def test_a_state_is_reviewed_after_an_edit_that_raises_no_version():
    """Q6: gates, quotas and the law have no version."""
    state = held(engine(journey(step("x")), gates=[NIGHT]))
    edited = engine(journey(step("x")))
    assert edited.advance(state, now=later("1h")).commands == ()
    assert sent(edited.advance(state.reviewing(), now=later("1h"))) == ["x"]
    again = state.reviewing()
    assert again.reviewing() is again
    new = ContactState(person())
    assert new.reviewing() is new


def test_a_limit_that_contacts_share_is_asked_again_after_an_edit_alone():
    """Q2, Q6: the store is not asked whenever something happens."""
    shared = TouchQuota("all", 1, per=calendar("day"), each="plan")

    def plan(version: int) -> Engine:
        return engine(
            journey(step("x", on_blocked=Defer()), version=version),
            quotas=[shared],
            gates=[_Open()],
        )

    eng = plan(1)
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    [send] = outcome.commands
    told = Receipt(send.touch.id, "held", at=START, retry_at=later("9d"))
    state = eng.advance(outcome.state, told, now=START).state
    assert state.enrolment("j").step("x").reason == "held"
    moved = learned(state, n=1)
    assert (
        eng.advance(moved, happens("any", later("1h")), now=later("1h")).commands == ()
    )
    assert sent(plan(2).advance(state, now=later("1h"))) == ["x"]


@frozen
class _Open:
    """A gate that looks at anything and minds nothing."""

    name: str = "open"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        del touch, view, now
        return Allow()


# ── Asking early only ever opens ─────────────────────────────────────────────


def test_a_hold_that_has_moved_is_told_anew():
    """Q6: and a hold that has not is not."""
    eng, _ = own()
    state = held(eng)
    outcome = eng.advance(learned(state, own="soon"), now=later("1h"))
    assert outcome.state.wake_at == later("5d")
    assert [e.what for e in outcome.journal] == ["deferred"]
    outcome = eng.advance(learned(outcome.state, n=1), now=later("2h"))
    assert outcome.journal == ()
    assert outcome.state.wake_at == later("5d")


def test_a_denial_before_its_time_ends_nothing():
    """Q6: what it says at its time counts."""
    eng, _ = own()
    state = held(eng)
    state = eng.advance(learned(state, own="deny"), now=later("1h")).state
    assert state.enrolment("j").step("x").status == "deferred"
    state = learned(state, own="allow")
    assert sent(eng.advance(state, now=later("2h"))) == ["x"]


def test_a_condition_before_its_time_ends_nothing():
    """Q6: nor does one that does not hold right now."""
    eng = engine(journey(step("x", when=attr.n == 1)), gates=[NIGHT])
    state = held(eng, person(attributes={"n": 1}))
    state = eng.advance(learned(state, n=2), now=later("1h")).state
    assert state.enrolment("j").step("x").status == "deferred"
    state = eng.advance(learned(state, n=1), now=later("2h")).state
    assert sent(eng.advance(state, now=later("11h"))) == ["x"]


def test_a_step_that_is_too_late_by_then_stays_given_up():
    """J3: its limit is over before its time has come."""
    eng, _ = own(
        stages=[
            Stage(
                "only",
                steps=[step("x", on_blocked=Defer(until_at_most="2h"))],
                then=[To("end", after="99d")],
            ),
            Stage("end"),
        ]
    )
    state = held(eng)
    assert state.wake_at == later("2h")
    late = eng.advance(learned(state, own="allow"), now=later("3h"))
    assert late.commands == ()
    assert late.state.enrolment("j").step("x").status == "expired"


def test_a_step_that_falls_back_keeps_to_its_channels():
    """Q2, Q6: an early look closes nothing."""
    shared = TouchQuota("all", 1, per=calendar("day"), each="plan")
    falling = step("x", via=["sms", "wecom.message"], on_blocked=Fallback())
    eng = engine(journey(falling), quotas=[shared])
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    told = Receipt(outcome.commands[0].touch.id, "held", at=START)
    outcome = eng.advance(outcome.state, told, now=START)
    assert [c.touch.channel for c in outcome.commands] == ["wecom.message"]


def test_what_was_due_while_processing_was_restricted_stays_skipped():
    """K4, Q6: the time that it was told has passed."""
    eng, _ = own()
    state = held(eng)
    state = state.knowing(restrict(state.contact, at=later("1h")))
    state = eng.advance(state, now=later("1h")).state
    lifted = lift_restriction(state.contact, at=later("10d"), evidence="letter")
    outcome = eng.advance(state.knowing(lifted), now=later("10d"))
    assert outcome.commands == ()
    assert outcome.state.enrolment("j").step("x").reason == "restricted"


def test_a_late_host_asks_when_it_has_heard_everything():
    """E6: and sends at the instant at which it is allowed."""
    gate = Own([])
    out = event("out").exists()
    eng = engine(journey(step("x"), exit_when=out), gates=[gate])
    state = learned(held(eng), own="allow")
    kind = happens("kind", later("1h"))
    outcome = eng.advance(state, kind, happens("out", later("2h")), now=later("3h"))
    assert outcome.commands == ()
    outcome = eng.advance(state, kind, now=later("3h"))
    assert sent(outcome) == ["x"]
    assert gate.asked[-1] == later("3h")


def test_a_held_touch_is_never_sent_while_a_gate_forbids_it():
    """Q6: one gate opens early, another one does not."""
    gate = Own([])
    eng = engine(journey(step("x")), gates=[gate, NIGHT])
    state = held(eng)
    outcome = eng.advance(learned(state, own="allow"), now=later("1h"))
    assert outcome.commands == ()
    assert outcome.state.wake_at == later("11h")
    assert sent(eng.advance(outcome.state, now=later("11h"))) == ["x"]


def test_the_contact_of_a_control_group_is_left_alone():
    """J5."""
    eng = engine(journey(step("x", kind="marketing"), control=0.999), gates=[Own([])])
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    assert state.enrolment("j").step("x").reason == "control"
    assert eng.advance(learned(state, own="allow"), now=later("1h")).commands == ()


@pytest.mark.parametrize("hours", ["1h", "11h"])
def test_why_tells_the_time_that_counts_now(hours):
    """E4."""
    eng, _ = own()
    state = learned(held(eng), own="soon")
    state = eng.advance(state, now=START + span(hours)).state
    why = eng.why(state, journey="j", step="x", now=START + span(hours))
    assert why.next_possible_at == later("5d")
