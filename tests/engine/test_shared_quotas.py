"""Quotas that contacts share: claims on commands, and what the host held back."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.documents import dump, load
from privflow.engine import ContactState, Engine, Outcome, Plan, Send
from privflow.errors import DefinitionError
from privflow.facts import Contact, Event, Identity, Relation
from privflow.journeys import (
    Defer,
    End,
    Fallback,
    Journey,
    OnBlocked,
    Skip,
    SOPStep,
    Stage,
)
from privflow.quotas import Claim, MemoryQuotaStore, Refused, TouchQuota
from privflow.rules import Reply, Rule
from privflow.timing import Instant, Schedule, after, calendar, instant, span, weekly
from privflow.touches import Message, Receipt

NOW = instant("2026-10-20T09:30+08:00")
MIDNIGHT = instant("2026-10-21T00:00+08:00")
DAY = calendar("day", tz="Asia/Shanghai")
WAIT, AT_ONCE = Defer(), after("0s")
BUDGET = TouchQuota("budget", 1, per=DAY, each="plan")


def engine(
    on_blocked: OnBlocked = WAIT,
    *,
    schedule: Schedule = AT_ONCE,
    valid_for: str | None = None,
    via: tuple[str, ...] = ("sms",),
    quota: TouchQuota = BUDGET,
) -> Engine:
    step = SOPStep(
        "hello",
        schedule,
        Message("hello", kind="service"),
        via=via,
        on_blocked=on_blocked,
        valid_for=valid_for,
    )
    journey = Journey(
        "welcome", enter_on=event("added"), stages=[Stage("first", steps=[step])]
    )
    return Engine(Plan(journeys=[journey], quotas=[quota], timezone="Asia/Shanghai"))


def person(name: str = "c-1") -> ContactState:
    ids = [Identity("phone", f"138{name}"), Identity("push.token", name)]
    return ContactState(Contact(name, identities=ids))


def entered(engine: Engine, name: str = "c-1") -> Outcome:
    return engine.advance(person(name), Event("added", name, at=NOW), now=NOW)


def held(outcome: Outcome, retry_at: Instant | None, at: Instant = NOW) -> Receipt:
    [command] = outcome.commands
    return Receipt(command.touch.id, "held", at=at, retry_at=retry_at)


def why(engine: Engine, outcome: Outcome, now: Instant = NOW):
    return engine.why(outcome.state, journey="welcome", step="hello", now=now)


def test_a_command_says_what_its_touch_claims():
    """Q2."""
    [command] = entered(engine()).commands
    assert command.claims == (
        Claim(
            quota="budget",
            subject="plan",
            limit=1,
            since=instant("2026-10-20T00:00+08:00"),
            until=MIDNIGHT,
        ),
    )
    assert load(dump(command)) == command


def test_each_contact_claims_of_those_that_it_is_about_itself():
    """Q2: one engine serves contacts of different staff, one after another."""
    each = ("staff", "group")
    its = engine(quota=evolve(BUDGET, each=each))
    found = []
    for name, staff in (("c-1", "zhang"), ("c-2", "li"), ("c-3", "zhang")):
        relation = Relation(staff=staff, since=NOW)
        known = person(name).contact
        contact = evolve(known, relations=[relation], attributes={"group": name})
        added = Event("added", name, at=NOW)
        [command] = its.advance(ContactState(contact), added, now=NOW).commands
        found.append(dict(command.touch.subjects))
        [claim] = command.claims
        assert staff in claim.subject
        assert name in claim.subject
    assert found == [
        {"group": "c-1", "staff": "zhang"},
        {"group": "c-2", "staff": "li"},
        {"group": "c-3", "staff": "zhang"},
    ]


def test_a_quota_of_the_contact_claims_nothing():
    """Q2."""
    [command] = entered(engine(quota=evolve(BUDGET, each="contact"))).commands
    assert command.claims == ()


def test_what_the_host_held_back_waits_until_there_may_be_room():
    """Q2, Q6."""
    its = engine()
    first = entered(its)
    waiting = its.advance(first.state, held(first, MIDNIGHT), now=NOW)
    assert waiting.commands == ()
    assert waiting.state.wake_at == MIDNIGHT
    answer = why(its, waiting)
    assert (answer.decision, answer.reason) == ("deferred", "held")
    assert answer.next_possible_at == MIDNIGHT
    second = its.advance(waiting.state, now=MIDNIGHT)
    [command] = second.commands
    assert isinstance(command, Send)
    assert command.touch.id != first.commands[0].touch.id
    assert command.claims[0].since == MIDNIGHT
    assert why(its, second, MIDNIGHT).decision == "sent"
    assert load(dump(waiting.state)) == waiting.state


def test_a_touch_that_was_held_back_takes_no_place_of_the_contacts_own():
    """Q4."""
    its = engine()
    first = entered(its)
    state = its.advance(first.state, held(first, MIDNIGHT), now=NOW).state
    [record] = state.ledger
    assert (record.status, record.released_at) == ("held", NOW)


ENDINGS = [(Skip(), "completed"), (End(), "step")]


@pytest.mark.parametrize("retry_at", [MIDNIGHT, None])
@pytest.mark.parametrize(("policy", "ended_by"), ENDINGS)
def test_a_step_that_does_not_wait_is_skipped(policy, ended_by, retry_at):
    """Q6."""
    its = engine(policy)
    first = entered(its)
    after_it = its.advance(first.state, held(first, retry_at), now=NOW)
    assert (why(its, after_it).decision, why(its, after_it).reason) == (
        "skipped",
        "held",
    )
    assert after_it.state.enrolment("welcome").ended_by == ended_by
    assert after_it.state.wake_at is None


def test_nobody_waits_for_room_that_never_comes():
    """Q6."""
    its = engine()
    first = entered(its)
    assert why(its, its.advance(first.state, held(first, None), now=NOW)).decision == (
        "skipped"
    )


def test_a_step_that_falls_back_takes_the_next_channel_at_once():
    """Q6."""
    its = engine(Fallback(), via=("sms", "push"))
    first = entered(its)
    second = its.advance(first.state, held(first, MIDNIGHT), now=NOW)
    assert [c.touch.channel for c in second.commands] == ["push"]
    third = its.advance(second.state, held(second, MIDNIGHT), now=NOW)
    assert third.commands == ()
    assert (why(its, third).decision, why(its, third).reason) == ("skipped", "held")


def test_a_step_that_is_over_by_then_is_given_up_at_its_end():
    """J3."""
    its = engine(valid_for="2h")
    first = entered(its)
    waiting = its.advance(first.state, held(first, MIDNIGHT), now=NOW)
    end = NOW + span("2h")
    assert why(its, waiting).gives_up_at == waiting.state.wake_at == end
    assert why(its, its.advance(waiting.state, now=end), end).decision == "expired"


def test_a_report_that_comes_twice_changes_nothing():
    """E1."""
    its = engine()
    first = entered(its)
    report = held(first, MIDNIGHT)
    once = its.advance(first.state, report, now=NOW)
    assert its.advance(once.state, report, now=NOW).state == once.state
    second = its.advance(once.state, now=MIDNIGHT)
    again = its.advance(second.state, report, now=MIDNIGHT)
    assert again.state.enrolments == second.state.enrolments
    assert again.commands == ()


def test_a_touch_that_was_confirmed_is_not_held_back_any_more():
    """Q4: a report that contradicts the platform opens nothing."""
    its = engine()
    first = entered(its)
    touch_id = first.commands[0].touch.id
    told = its.advance(first.state, Receipt(touch_id, "confirmed", at=NOW), now=NOW)
    after_it = its.advance(told.state, held(first, MIDNIGHT), now=NOW)
    assert why(its, after_it).decision == "sent"


def test_an_occurrence_that_was_held_back_comes_before_the_next_one():
    """J2."""
    its = engine(schedule=weekly("tue", "09:30"))
    first = entered(its)
    waiting = its.advance(first.state, held(first, MIDNIGHT), now=NOW)
    second = its.advance(waiting.state, now=MIDNIGHT)
    [command] = second.commands
    assert command.touch.id != first.commands[0].touch.id
    assert second.state.wake_at == instant("2026-10-27T09:30+08:00")
    third = its.advance(second.state, now=instant("2026-10-27T09:30+08:00"))
    assert len({o.commands[0].touch.id for o in (first, second, third)}) == 3


def test_an_occurrence_whose_successor_was_decided_stays_as_it_is():
    its = engine(schedule=weekly("tue", "09:30"))
    first = entered(its)
    next_week = instant("2026-10-27T09:30+08:00")
    second = its.advance(first.state, now=next_week)
    late = its.advance(
        second.state, held(first, next_week, at=next_week), now=next_week
    )
    assert late.state.enrolments == second.state.enrolments


def test_a_journey_that_was_left_sends_nothing_again():
    its = engine()
    plan = its.plan
    [journey] = plan.journeys
    left = Engine(
        evolve(plan, journeys=[evolve(journey, exit_when=event("gone").exists())])
    )
    first = entered(left)
    gone = Event("gone", "c-1", at=NOW + span("1m"))
    state = left.advance(first.state, gone, now=NOW + span("1m")).state
    later = NOW + span("2m")
    after_it = left.advance(state, held(first, MIDNIGHT, at=later), now=later)
    assert left.advance(after_it.state, now=MIDNIGHT).commands == ()


def test_a_reply_that_was_held_back_is_not_tried_again():
    answer = Reply(Message("price", kind="service"), via=["sms"])
    rule = Rule("price", on=event("asked"), do=[answer])
    its = Engine(Plan(rules=[rule], quotas=[BUDGET]))
    first = its.advance(person(), Event("asked", "c-1", at=NOW), now=NOW)
    after_it = its.advance(first.state, held(first, MIDNIGHT), now=NOW)
    assert its.advance(after_it.state, now=MIDNIGHT).commands == ()


def test_only_what_was_held_back_may_be_tried_again():
    with pytest.raises(DefinitionError, match="say 'held'"):
        Receipt("t-1", "failed", at=NOW, retry_at=MIDNIGHT)
    with pytest.raises(DefinitionError, match="expected an instant"):
        Receipt("t-1", "held", at=NOW, retry_at="tomorrow")


@settings(max_examples=60, deadline=None)
@given(
    limit=st.integers(1, 3),
    names=st.lists(st.sampled_from(["c-1", "c-2", "c-3", "c-4", "c-5"]), unique=True),
    days=st.integers(1, 6),
    data=st.data(),
)
def test_no_day_has_more_than_its_limit_and_no_step_goes_out_twice(
    limit, names, days, data
):
    """Q4 over several contacts, with a host that asks the store before it sends."""
    its = engine(quota=evolve(BUDGET, limit=limit))
    store = MemoryQuotaStore()
    states = {name: person(name) for name in names}
    inputs = {name: [Event("added", name, at=NOW)] for name in names}
    sent: list[tuple[str, Instant]] = []
    for number in range(days):
        now = (
            NOW if number == 0 else Instant(MIDNIGHT.us + (number - 1) * span("1d").us)
        )
        for name in data.draw(st.permutations(names)):
            outcome = its.advance(states[name], *inputs.pop(name, []), now=now)
            for command in outcome.commands:
                key, soon = command.touch.id, now + span("5m")
                answer = store.reserve(key, command.claims, now=now, expires_at=soon)
                if isinstance(answer, Refused):
                    retry_at = answer.next_possible
                    report = Receipt(key, "held", at=now, retry_at=retry_at)
                else:
                    store.commit(key, now=now)
                    sent.append((name, now))
                    report = Receipt(key, "delivered", at=now)
                outcome = its.advance(outcome.state, report, now=now)
            states[name] = outcome.state
    by_day = [at for _, at in sent]
    assert all(by_day.count(at) <= limit for at in by_day)
    assert len({name for name, _ in sent}) == len(sent)
    assert len(sent) == min(len(names), limit * days)
