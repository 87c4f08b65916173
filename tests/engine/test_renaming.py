"""A journey that gets another name stays the same journey (J6)."""

from __future__ import annotations

import pickle
from copy import deepcopy

import pytest
from attrs import evolve

from privflow.conditions import attr, entered, event, in_journey
from privflow.engine import ContactState, Engine, Plan, Remind, Withdraw
from privflow.journeys import Confirm, Fallback, Journey, Reentry, Skip, Stage, To
from privflow.quotas import AnyOf, LockOut, MinimumGap, TouchQuota
from privflow.rules import Leave, Rule
from privflow.segments import Segment
from privflow.timing import after, calendar, every, rolling
from privflow.touches import Receipt
from strategies.past import touch
from strategies.story import (
    START,
    begun,
    engine,
    happens,
    journey,
    later,
    person,
    step,
)


def old(*steps: object, **rest: object) -> Journey:
    return journey(*(steps or (step("hello"),)), name="old", **rest)


def new(*steps: object, **rest: object) -> Journey:
    return journey(
        *(steps or (step("hello"),)), name="new", formerly=["old"], version=2, **rest
    )


LASTING = (step("hello"), step("later", after("9d")))


def whats(outcome):
    return [(e.what, e.reason) for e in outcome.journal]


def test_once_is_once_under_whichever_name():
    """J4, J6: a visit that ended under the old name counts."""
    outcome = engine(new()).advance(
        begun(engine(old())), happens("go", later("1d")), now=later("1d")
    )
    assert outcome.commands == ()
    assert whats(outcome)[-1] == ("not_entered", "once_only")


def test_a_cooldown_goes_on_under_the_new_name():
    """J4, J6."""
    reentry = Reentry.after_exit(cooldown="2d")
    eng = engine(new(reentry=reentry))
    state = begun(engine(old(reentry=reentry)))
    outcome = eng.advance(state, happens("go", later("1d")), now=later("1d"))
    assert whats(outcome)[-1] == ("not_entered", "cooling_down")
    outcome = eng.advance(outcome.state, happens("go", later("2d")), now=later("2d"))
    assert [command.touch.step for command in outcome.commands] == ["hello"]
    assert outcome.state.enrolment("new").visit == 2


def test_who_is_pinned_to_the_old_name_is_inside():
    """J4, J6: nor is one who waits there ended as somebody new."""
    eng = engine(new(*LASTING, in_flight="pinned"), retired=[old(*LASTING)])
    state = begun(engine(old(*LASTING)))
    outcome = eng.advance(state, happens("go", later("1d")), now=later("1d"))
    assert outcome.commands == ()
    assert [e.place for e in outcome.state.enrolments] == [("old", 1)]
    outcome = eng.leave(outcome.state, "new", now=later("2d"))
    assert outcome.state.enrolment("old").ended_by == "hand"


def test_a_rule_that_ends_the_journey_ends_visits_of_its_old_name():
    """J6, R1."""
    stop = Rule("stop", on=event("stop"), do=[Leave("new")])
    eng = engine(
        new(*LASTING, in_flight="pinned"), retired=[old(*LASTING)], rules=[stop]
    )
    state = begun(engine(old(*LASTING)))
    outcome = eng.advance(state, happens("stop", later("1h")), now=later("1h"))
    assert outcome.state.enrolment("old").ended_by == "rule"


def test_members_of_a_segment_are_not_met_anew():
    """J1a, J6."""
    rich = Segment("rich", attr.n >= 1)
    reentry = Reentry.every_time()
    eng = engine(old(enter_on=entered("rich"), reentry=reentry), segments=[rich])
    first = eng.advance(ContactState(person(attributes={"n": 1})), now=START)
    assert [command.touch.step for command in first.commands] == ["hello"]
    eng = engine(new(enter_on=entered("rich"), reentry=reentry), segments=[rich])
    outcome = eng.advance(first.state.reviewing(), now=later("1d"))
    assert outcome.commands == ()


@pytest.mark.parametrize("name", ["old", "new"])
def test_a_condition_finds_the_journey_by_either_name(name):
    """J6, C4."""
    other = journey(
        step("x", when=in_journey(name)), name="other", enter_on=event("ask")
    )
    eng = engine(new(*LASTING, in_flight="pinned"), other, retired=[old(*LASTING)])
    state = begun(engine(old(*LASTING)))
    outcome = eng.advance(state, happens("ask", later("1h")), now=later("1h"))
    assert [command.touch.step for command in outcome.commands] == ["x"]


@pytest.mark.parametrize("in_flight", ["follow", "pinned"])
def test_why_finds_what_was_sent_under_the_old_name(in_flight):
    """E4, J6."""
    eng = engine(new(*LASTING, in_flight=in_flight), retired=[old(*LASTING)])
    state = eng.advance(begun(engine(old(*LASTING))), now=later("1h")).state
    why = eng.why(state, journey="new", step="hello", now=later("1h"))
    assert why.decision == "sent"
    ended = begun(engine(old()))
    why = engine(new()).why(ended, journey="new", step="hello", now=later("1h"))
    assert why.decision == "sent"


@pytest.mark.parametrize("in_flight", ["follow", "pinned"])
@pytest.mark.parametrize("asked", ["hello", "hi"])
def test_why_finds_a_step_by_any_of_its_names(in_flight, asked):
    """E4, J6: in a visit that stays, that follows, or that was over before."""
    hello, hi = step("hello", after("2h")), step("hi", after("2h"), formerly=["hello"])
    later_on = step("later", after("9d"))
    before = old(hello, later_on)
    eng = engine(new(hi, later_on, in_flight=in_flight), retired=[before])
    state = begun(engine(before))
    for hours, decision in (("1h", "waiting"), ("2h", "sent")):
        state = eng.advance(state, now=later(hours)).state
        why = eng.why(state, journey="new", step=asked, now=later(hours))
        assert why.decision == decision
    ended = engine(old(hello)).advance(begun(engine(old(hello))), now=later("2h")).state
    why = engine(new(hi)).why(ended, journey="new", step=asked, now=later("3h"))
    assert why.decision == "sent"


def test_why_finds_a_step_by_a_name_that_the_visit_alone_remembers():
    """E4, J6."""
    parts = ("hello", "hi", "hey")
    steps = [
        step(name, after("2h"), formerly=parts[place - 1 : place] if place else ())
        for place, name in enumerate(parts)
    ]
    state = begun(engine(journey(steps[0])))
    for version, own in enumerate(steps[1:], start=2):
        eng = engine(journey(own, version=version))
        state = eng.advance(state, now=later("1h")).state
    retired = [journey(own, version=n) for n, own in enumerate(steps[:2], start=1)]
    eng = engine(journey(steps[2], version=3), retired=retired)
    why = eng.why(state, journey="j", step="hello", now=later("1h"))
    assert why.decision == "waiting"


def test_why_tells_of_what_waits_before_what_is_over_under_another_name():
    """E4, J6: a recurring step has both."""
    calls = every("1d", times=5)
    before = journey(step("call", calls))
    state = begun(engine(before))
    renamed = journey(step("ring", calls, formerly=["call"]), version=2)
    state = engine(renamed).advance(state, now=later("1h")).state
    eng = engine(renamed, retired=[before])
    for name in ("ring", "call"):
        why = eng.why(state, journey="j", step=name, now=later("1h"))
        assert (why.decision, why.step) == ("waiting", "ring")


def test_what_the_host_held_back_under_the_old_name_opens_again():
    """Q6, J6."""
    steps = (
        step("hello", via=["sms", "wecom.message"], on_blocked=Fallback()),
        step("later", after("9d")),
    )
    first = engine(old(*steps)).advance(
        ContactState(person()), happens("go"), now=START
    )
    [send] = first.commands
    eng = engine(new(*steps))
    held = Receipt(send.touch.id, "held", at=later("1h"))
    outcome = eng.advance(first.state, now=later("1h"))
    outcome = eng.advance(outcome.state, held, now=later("1h"))
    assert [command.touch.channel for command in outcome.commands] == ["wecom.message"]


def test_what_was_held_back_under_a_name_that_the_visit_alone_remembers_opens_again():
    """Q6, J6."""
    first = engine(old(*LASTING)).advance(
        ContactState(person()), happens("go"), now=START
    )
    [send] = first.commands
    state = engine(new(*LASTING)).advance(first.state, now=later("1h")).state
    last = journey(*LASTING, name="last", formerly=["new"], version=3)
    state = engine(last).advance(state, now=later("2h")).state
    held = Receipt(send.touch.id, "held", at=later("3h"), retry_at=later("4h"))
    state = engine(last).advance(state, held, now=later("3h")).state
    assert state.wake_at == later("4h")


def test_an_occurrence_that_was_held_back_under_the_old_name_opens_again():
    """Q6, J6: of a step that recurs, in a stage that has another name, too."""

    def calling(stage: str, name: str, *had: str) -> Journey:
        calls = step(name, every("1d", times=5), formerly=had)
        stages = [Stage(stage, steps=[calls], formerly=["s"] if had else ())]
        return journey(stages=stages, version=1 + len(had))

    eng = engine(calling("s", "call"))
    first = eng.advance(begun(eng), now=later("24h"))
    [send] = first.commands
    eng = engine(calling("t", "ring", "call"))
    state = eng.advance(first.state, now=later("25h")).state
    held = Receipt(send.touch.id, "held", at=later("26h"), retry_at=later("27h"))
    state = eng.advance(state, held, now=later("26h")).state
    assert state.wake_at == later("27h")
    [again] = eng.advance(state, now=later("27h")).commands
    assert again.touch.step == "ring"


@pytest.mark.parametrize("is_left", [True, False])
def test_tasks_that_were_given_under_the_old_name_are_reminded_of_once(is_left):
    """J7, J6: in the stage where the contact is, and in one that is left."""

    def asking(name: str, *had: str) -> Journey:
        confirm = Confirm(within="24h", remind=["4h"])
        task = step(name, via=["wecom.mass"], confirm=confirm, formerly=had)
        way = To("end", after="1h" if is_left else "9d")
        stages = [Stage("s", steps=[task], then=[way]), Stage("end", steps=LASTING[1:])]
        return journey(stages=stages, version=1 + len(had))

    eng = engine(asking("call"))
    state = eng.advance(begun(eng), now=later("1h")).state
    eng = engine(asking("ring", "call"))
    state = eng.advance(state, now=later("2h")).state
    assert state.wake_at == later("4h")
    [command] = eng.advance(state, now=later("4h")).commands
    assert (type(command), command.number) == (Remind, 1)


def test_tasks_that_were_given_under_the_old_name_are_taken_back():
    """J7, J6: those of earlier occurrences, too."""
    calls = step("call", every("1d", times=5), via=["wecom.mass"])
    goal = event("buy").since_entry().exists()
    eng = engine(old(calls, goal=goal))
    state = begun(eng)
    for hours in (0, 24, 48, 72):
        state = eng.advance(state, now=later(f"{hours}h")).state
    eng = engine(new(calls, goal=goal))
    state = eng.advance(state, now=later("73h")).state
    at = later("74h")
    outcome = eng.advance(state, happens("buy", at), now=at)
    taken = {c.touch.id for c in outcome.commands if isinstance(c, Withdraw)}
    assert taken == {record.touch.id for record in state.ledger}
    assert len(taken) > 2


# ── What gates are about ─────────────────────────────────────────────────────


ONE = TouchQuota("one", 1, per=calendar("month"), journey="new")
GAP = MinimumGap("gap", "7d", journey="new")


@pytest.mark.parametrize("named", ["new", "old"])
@pytest.mark.parametrize(
    "gate",
    [ONE, GAP, AnyOf("either", [ONE, GAP]), AnyOf("either", [GAP, ONE])],
    ids=str,
)
def test_a_gate_about_a_journey_counts_what_was_sent_under_its_old_name(gate, named):
    """Q3, J6: by whichever of its names it is called."""
    if isinstance(gate, AnyOf):
        gate = evolve(gate, gates=[evolve(g, journey=named) for g in gate.gates])
    else:
        gate = evolve(gate, journey=named)
    eng = engine(new(*LASTING), quotas=[gate])
    state = eng.compact(begun(engine(old(*LASTING))), now=later("1h"))
    outcome = eng.advance(state, now=later("9d"))
    is_free = isinstance(gate, AnyOf) or gate.name == "gap"
    assert len(outcome.commands) == is_free
    early = engine(
        new(step("hello"), step("later", after("6d"))), quotas=[gate]
    ).advance(state, now=later("6d"))
    assert early.commands == ()
    other = engine(
        new(*LASTING, reentry=Reentry.once()),
        journey(step("x"), name="other", enter_on=event("ask")),
        quotas=[gate],
    )
    outcome = other.advance(state, happens("ask", later("1h")), now=later("1h"))
    assert [command.touch.step for command in outcome.commands] == ["x"]


def test_what_counts_under_the_old_name_is_not_forgotten():
    """C8, J6."""
    calls = step("call", every("1d", times=5), on_blocked=Skip())
    two = TouchQuota("two", 2, per=rolling("30d"), journey="new")
    eng = engine(old(calls), quotas=[evolve(two, journey="old")], remember="1h")
    state = begun(eng)
    for hours in ("24h", "48h"):
        state = eng.advance(state, now=later(hours)).state
    eng = engine(new(calls), quotas=[two], remember="1h")
    state = eng.advance(state, now=later("49h")).state
    state = eng.compact(state, now=later("60h"))
    assert len(tuple(state.ledger)) == 2
    assert eng.advance(state, now=later("72h")).commands == ()


def test_a_ban_of_a_journey_is_one_under_its_new_name():
    """Q1, J6."""
    ban = LockOut("ban", per=rolling("30d"), journey="new")
    state = begun(engine(old(*LASTING)))
    [record] = state.ledger
    failed = Receipt(record.touch.id, "failed", at=later("1h"), reason="over_limit")
    eng = engine(new(*LASTING), quotas=[ban])
    state = eng.advance(state, failed, now=later("1h")).state
    assert eng.advance(state, now=later("9d")).commands == ()


def test_a_quota_keeps_the_names_when_it_is_copied():
    """J6."""
    quota = ONE.under(["new", "old"])
    for copy in (pickle.loads(pickle.dumps(quota)), deepcopy(quota)):
        assert copy == ONE
        assert copy.matches(touch("t", source="journey:old"))
    assert not ONE.matches(touch("t", source="journey:old"))


# ── A journey that gets its old name back, and does not say so ───────────────────


def back(*steps: object, **rest: object) -> Journey:
    return journey(*(steps or (step("hello"),)), name="old", version=3, **rest)


def test_whoever_was_there_under_another_name_was_there():
    """J4, J6."""
    outcome = engine(back()).advance(
        begun(engine(new())), happens("go", later("1d")), now=later("1d")
    )
    assert outcome.commands == ()
    assert whats(outcome)[-1] == ("not_entered", "once_only")


@pytest.mark.parametrize("steps", [(), LASTING], ids=["left", "there"])
def test_members_who_were_there_are_not_met_anew_under_the_old_name(steps):
    """J1a, J6: neither who has left nor who is there still."""
    rich = Segment("rich", attr.n >= 1)
    rest = {"enter_on": entered("rich"), "reentry": Reentry.every_time(at_most=3)}
    first = engine(new(*steps, **rest), segments=[rich]).advance(
        ContactState(person(attributes={"n": 1})), now=START
    )
    assert [command.touch.step for command in first.commands] == ["hello"]
    eng = engine(back(*steps, **rest), segments=[rich])
    assert eng.advance(first.state.reviewing(), now=later("1d")).commands == ()


def test_whoever_is_there_goes_on_under_the_old_name():
    """J6."""
    eng = engine(back(step("hello"), step("later", after("2d"))))
    state = begun(engine(new(*LASTING)))
    outcome = eng.advance(state, now=later("1d"))
    assert [e.place for e in outcome.state.enrolments] == [("old", 1)]
    outcome = eng.advance(outcome.state, now=later("2d"))
    assert [command.touch.step for command in outcome.commands] == ["later"]
    why = eng.why(outcome.state, journey="old", step="hello", now=later("2d"))
    assert why.decision == "sent"


def test_whoever_stays_in_the_version_between_is_found_by_the_old_name():
    """J4, J6, C4, E4: by conditions, by hand and by `why`."""
    asked = step("x", when=in_journey("old"))
    other = journey(asked, name="other", enter_on=event("ask"))
    eng = engine(back(*LASTING, in_flight="pinned"), other, retired=[new(*LASTING)])
    state = begun(engine(new(*LASTING)))
    at = later("1h")
    outcome = eng.advance(state, happens("go", at), happens("ask", at), now=at)
    assert [command.touch.step for command in outcome.commands] == ["x"]
    why = eng.why(outcome.state, journey="old", step="hello", now=at)
    assert why.decision == "sent"
    outcome = eng.leave(outcome.state, "old", now=later("2h"))
    assert outcome.state.enrolment("new").ended_by == "hand"


def test_a_visit_that_changes_over_at_a_safe_point_finds_the_old_name():
    """J6."""
    stages = [Stage("t", then=[To("x", after="1d")], formerly=["s"]), Stage("x")]
    between = new(stages=stages)
    stages = [
        Stage("s", then=[To("x", after="1d")]),
        Stage("y", steps=[step("a")], formerly=["x"]),
    ]
    eng = engine(
        back(
            stages=[evolve(stages[0], then=[To("y", after="1d")]), stages[1]],
            in_flight="until_safe_point",
        ),
        retired=[between],
    )
    outcome = eng.advance(begun(engine(between)), now=later("1d"))
    assert [command.touch.step for command in outcome.commands] == ["a"]
    assert outcome.state.enrolment("old").former.journey == ("new",)


def test_tasks_that_were_given_before_the_name_came_back_are_taken_back():
    """J7, J6."""
    calls = step("call", every("1d", times=5), via=["wecom.mass"])
    goal = event("buy").since_entry().exists()
    eng = engine(new(calls, goal=goal))
    state = begun(eng)
    for hours in (24, 48):
        state = eng.advance(state, now=later(f"{hours}h")).state
    eng = engine(back(calls, goal=goal))
    at = later("74h")
    outcome = eng.advance(state, happens("buy", at), now=at)
    taken = {c.touch.id for c in outcome.commands if isinstance(c, Withdraw)}
    assert taken == {record.touch.id for record in state.ledger}
    assert len(taken) == 2


def test_a_name_that_another_journey_has_now_is_that_of_another_journey():
    """J6."""
    other = journey(step("x"), name="old", version=1)
    asker = journey(
        step("y", when=in_journey("old")), name="asker", enter_on=event("ask")
    )
    eng = engine(journey(*LASTING, name="new", version=3), other, asker)
    state = begun(engine(new(*LASTING)))
    outcome = eng.advance(state, happens("ask", later("1h")), now=later("1h"))
    assert outcome.commands == ()
    outcome = eng.advance(state, happens("go", later("1h")), now=later("1h"))
    assert [command.touch.step for command in outcome.commands] == ["x"]
    assert {e.place for e in outcome.state.enrolments} == {("new", 1), ("old", 1)}


def test_the_names_of_a_plan_are_asked_for_by_any_of_them():
    plan = Plan(journeys=[new(), journey(step("x"), name="other")])
    names = Engine(plan)._index.heirs.names_of  # noqa: SLF001 - what all of the above rests on
    assert set(names("old")) == set(names("new")) == {"old", "new"}
    assert list(names("other")) == ["other"]
    assert list(names("gone")) == ["gone"]
