"""Tasks that staff confirm: deadlines and reminders (J7)."""

from __future__ import annotations

import pytest
from attrs import evolve

from privflow.conditions import event
from privflow.engine import AssignTask, ContactState, Remind, Withdraw
from privflow.errors import DefinitionError
from privflow.facts import Relation, lift_restriction, restrict
from privflow.journeys import Confirm, Journey, Reentry, Skip, Stage, To
from privflow.quotas import TouchQuota
from privflow.timing import after, instant, rolling
from privflow.touches import STANDARD_CHANNELS, Receipt
from strategies.story import START, begun, engine, happens, journey, later, person, step

CONFIRM = Confirm(within="24h", remind=["20h", "4h"])


def with_task(*, confirm: Confirm | None = CONFIRM, **rest: object):
    task = step("x", via=["wecom.mass"], confirm=confirm)
    stage = Stage("only", steps=[task], then=[To("end", after="300d")])
    return engine(journey(stages=[stage, Stage("end")], **rest))


def given(eng):
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    [task] = outcome.commands
    return outcome.state, task


def numbers(outcome) -> list[int]:
    return [c.number for c in outcome.commands if isinstance(c, Remind)]


def test_a_task_says_until_when_and_reminds_as_long_as_nobody_answers():
    """J7."""
    eng = with_task()
    state, task = given(eng)
    assert isinstance(task, AssignTask)
    assert (task.deadline, task.staff) == (later("24h"), "zhang")
    for hours, number in (("4h", 1), ("20h", 2)):
        assert state.wake_at == later(hours)
        outcome = eng.advance(state, now=later(hours))
        assert outcome.commands == (Remind(task.touch, staff="zhang", number=number),)
        assert outcome.journal[-1].what == "reminded"
        state = outcome.state
        assert eng.advance(state, now=later(hours)).commands == ()
    assert state.wake_at == later("24h")
    outcome = eng.advance(state, now=later("24h"))
    assert [entry.what for entry in outcome.journal] == ["lapsed"]
    why = eng.why(outcome.state, touch=task.touch.id, now=later("24h"), language="zh")
    assert str(why.headline) == "j › x 已发送(过期未确认)"


def test_a_task_is_for_the_member_who_added_the_contact_last_and_still_follows():
    """K2, J7."""
    followers = [
        ("zhang", "2026-01-01T00:00Z", None),
        ("li", "2026-03-01T00:00Z", None),
        ("wu", "2026-02-01T00:00Z", None),
        ("he", "2026-04-01T00:00Z", "2026-05-01T00:00Z"),
    ]
    relations = [
        Relation(
            staff=staff,
            since=instant(since),
            until=None if until is None else instant(until),
        )
        for staff, since, until in followers
    ]
    state = ContactState(evolve(person(), relations=relations))
    [task] = with_task().advance(state, happens("go"), now=START).commands
    assert isinstance(task, AssignTask) and task.staff == "li"


def test_nobody_is_reminded_of_the_tasks_of_a_journey_that_is_gone():
    """J6, J7."""
    state, _ = given(with_task())
    other = engine(journey(step("y", via=["wecom.mass"], confirm=CONFIRM), name="k"))
    outcome = other.advance(state, now=later("5h"))
    assert [type(command) for command in outcome.commands] == [Withdraw]
    assert outcome.state.wake_at == later("24h")


def test_nobody_is_reminded_of_who_wants_no_processing():
    """J7, K4: nor of what was due meanwhile, when that is over."""
    eng = with_task()
    state, _ = given(eng)
    state = state.knowing(restrict(state.contact, at=later("1h")))
    outcome = eng.advance(state, now=later("5h"))
    assert (outcome.commands, outcome.state.wake_at) == ((), None)
    lifted = lift_restriction(state.contact, at=later("6h"), evidence="letter")
    outcome = eng.advance(outcome.state.knowing(lifted), now=later("6h"))
    assert (outcome.commands, outcome.state.wake_at) == ((), later("20h"))


@pytest.mark.parametrize("status", ["confirmed", "refused", "failed", "cancelled"])
def test_who_has_answered_is_not_reminded(status):
    """J7."""
    eng = with_task()
    state, task = given(eng)
    told = Receipt(task.touch.id, status, at=later("1h"))
    state = eng.advance(state, told, now=later("1h")).state
    assert numbers(eng.advance(state, now=later("23h"))) == []


@pytest.mark.parametrize("status", ["submitted", "unknown"])
def test_a_task_that_was_made_is_reminded_of(status):
    """J7: that the platform has taken it is no answer of staff."""
    eng = with_task()
    state, task = given(eng)
    told = Receipt(task.touch.id, status, at=later("1m"))
    state = eng.advance(state, told, now=later("1m")).state
    assert numbers(eng.advance(state, now=later("4h"))) == [1]


def test_a_host_that_slept_reminds_once():
    """J7, J3."""
    eng = with_task()
    state, task = given(eng)
    outcome = eng.advance(state, now=later("21h"))
    assert numbers(outcome) == [2]
    confirmed = Receipt(task.touch.id, "confirmed", at=later("3h"))
    assert numbers(eng.advance(state, confirmed, now=later("21h"))) == []
    assert numbers(eng.advance(state, now=later("25h"))) == []


def test_nobody_is_reminded_of_a_journey_that_is_over():
    """J7."""
    eng = with_task(exit_when=event("out").exists())
    state, _ = given(eng)
    state = eng.advance(state, happens("out", later("1h")), now=later("1h")).state
    assert numbers(eng.advance(state, now=later("5h"))) == []


def test_a_step_of_a_stage_that_was_left_is_reminded_of_all_the_same():
    """J7: the task is still there."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    stages = [
        Stage("a", steps=[task], then=[To("b", after="1h")]),
        Stage("b", steps=[step("y", after("9d"))]),
    ]
    eng = engine(journey(stages=stages))
    state = eng.advance(begun(eng), now=later("1h")).state
    assert state.wake_at == later("4h")
    assert numbers(eng.advance(state, now=later("4h"))) == [1]


def test_a_deadline_frees_the_place_in_a_quota():
    """J7, Q4."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    second = step("y", after("1h"), via=["wecom.mass"])
    quota = TouchQuota("one", 1, per=rolling("30d"))
    eng = engine(journey(task, second), quotas=[quota])
    state = eng.advance(begun(eng), now=later("1h")).state
    assert state.enrolment("j").step("y").status == "deferred"
    state = eng.advance(state, now=later("4h")).state
    outcome = eng.advance(state, now=later("24h"))
    assert [command.touch.step for command in outcome.commands] == ["y"]


def test_the_last_task_of_a_journey_is_reminded_of_too():
    """J7: the visit is complete, and the task is not done."""
    eng = engine(journey(step("x", via=["wecom.mass"], confirm=CONFIRM)))
    state, task = given(eng)
    assert state.enrolment("j").ended_by == "completed"
    assert state.wake_at == later("4h")
    outcome = eng.advance(state, now=later("4h"))
    assert outcome.commands == (Remind(task.touch, staff="zhang", number=1),)
    done = Receipt(task.touch.id, "confirmed", at=later("5h"))
    state = eng.advance(outcome.state, done, now=later("5h")).state
    assert numbers(eng.advance(state, now=later("20h"))) == []


@pytest.mark.parametrize("wakes", [True, False])
def test_a_visit_that_makes_room_is_reminded_of_up_to_then(wakes):
    """E6, J7: what is due at an instant does not fall to an event of that instant."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    eng = engine(journey(task, reentry=Reentry.after_exit(cooldown="0s")))
    state, first = given(eng)
    commands = []
    if wakes:
        outcome = eng.advance(state, now=later("4h"))
        state, commands = outcome.state, [*outcome.commands]
    again = happens("go", later("4h"), id="again")
    outcome = eng.advance(state, again, now=later("4h"))
    commands += outcome.commands
    reminded = [c.touch.id for c in commands if isinstance(c, Remind)]
    assert reminded == [first.touch.id]
    assert numbers(eng.advance(outcome.state, now=later("8h"))) == [1]


def test_a_host_that_slept_reminds_of_nothing_that_made_room_before_it_was_due():
    """J3, J7."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    eng = engine(journey(task, reentry=Reentry.after_exit(cooldown="0s")))
    state, first = given(eng)
    again = happens("go", later("3h"), id="again")
    outcome = eng.advance(state, again, now=later("5h"))
    assert first.touch.id not in [
        c.touch.id for c in outcome.commands if isinstance(c, Remind)
    ]


def test_a_complete_visit_is_reminded_of_by_the_version_that_the_plan_has():
    """J6, J7: up to the instant at which another visit makes room."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    parts = journey(task, reentry=Reentry.after_exit(cooldown="0s"))
    state, first = given(engine(parts))
    sooner = step("x", via=["wecom.mass"], confirm=evolve(CONFIRM, remind=["3h"]))
    edited = evolve(parts, version=2, stages=[Stage("only", steps=[sooner])])
    eng = engine(edited)
    assert eng.advance(state, now=later("1h")).state.wake_at == later("3h")
    again = happens("go", later("5h"), id="again")
    outcome = eng.advance(state, again, now=later("5h"))
    reminded = [c.touch.id for c in outcome.commands if isinstance(c, Remind)]
    assert reminded == [first.touch.id]
    assert numbers(eng.advance(outcome.state, now=later("8h"))) == [1]


def test_nobody_is_reminded_of_a_journey_or_step_that_the_plan_has_no_more():
    """J6, J7."""
    task = step("x", via=["wecom.mass"], confirm=CONFIRM)
    parts = journey(task)
    state, _ = given(engine(parts))
    other = evolve(parts, version=2, stages=[Stage("only", steps=[step("y")])])
    for eng in (engine(), engine(other)):
        outcome = eng.advance(state, now=later("5h"))
        assert numbers(outcome) == []
        assert outcome.state.wake_at in {None, later("24h")}


@pytest.mark.parametrize("names", ["ab", "ba"])
def test_reminders_of_one_instant_come_in_the_order_of_names(names):
    """E2: not as the plan lists the journeys."""

    def task(name: str) -> Journey:
        return journey(step(name, via=["wecom.mass"], confirm=CONFIRM), name=name)

    eng = engine(*map(task, names))
    outcome = eng.advance(begun(eng), now=later("4h"))
    assert [command.touch.step for command in outcome.commands] == ["a", "b"]


def test_nobody_is_reminded_of_what_no_member_of_staff_sends():
    """J7: although a channel may say itself how long it waits for a report."""
    slow = [evolve(c, confirm_within="1d") for c in STANDARD_CHANNELS]
    eng = engine(
        journey(step("x", confirm=CONFIRM), step("y", after("9d"))), channels=slow
    )
    state = begun(eng)
    assert state.wake_at == later("24h")
    assert numbers(eng.advance(state, now=later("5h"))) == []


def test_a_channel_that_sends_by_itself_has_no_deadline():
    """J7."""
    quick = step("x", via=["sms"], confirm=CONFIRM, on_blocked=Skip())
    eng = engine(journey(quick, step("y", after("9d"))))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert outcome.commands[0].touch.confirm_within is None
    assert numbers(eng.advance(outcome.state, now=later("5h"))) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: Confirm(within="0s"),
        lambda: Confirm(within="1h", remind=["1h"]),
        lambda: Confirm(within="1h", remind=["0s"]),
        lambda: Confirm(within="9h", remind=["1h", "2h", "3h", "4h"]),
        lambda: Confirm(within="9h", remind="1h"),
        lambda: step("x", confirm="24h"),
    ],
)
def test_a_deadline_that_means_nothing_is_refused(make):
    with pytest.raises(DefinitionError) as raised:
        make()
    assert raised.value.hint
