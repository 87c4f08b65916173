"""Tasks of staff are taken back when what asked for them is over (J7)."""

from __future__ import annotations

import pytest
from attrs import evolve

from privflow.conditions import attr, entered, event
from privflow.engine import AssignTask, ContactState, Remind, Send, Withdraw
from privflow.errors import TimeReversedError, UnknownNameError
from privflow.facts import restrict
from privflow.journeys import AtEnd, Confirm, Defer, End, Reentry, Stage, To
from privflow.quotas import TouchQuota
from privflow.rules import Enrol, Leave, Reply, Rule
from privflow.segments import Segment
from privflow.timing import after, rolling, span, weekly
from privflow.touches import Hold, Message, QuietHours, Receipt
from strategies.past import Seen
from strategies.story import START, engine, happens, journey, later, person, step

OUT = happens("out", later("2h"))
MASS = ["wecom.mass"]
ONE = TouchQuota("one", 1, per=rolling("30d"))


def tasked(*, steps=(), plan=None, **rest: object):
    """An engine with a journey that begins with a task, and goes on for long."""
    stage = Stage("only", steps=[step("x", via=MASS), *steps], then=[_on()])
    return engine(journey(stages=[stage, Stage("end")], **rest), **(plan or {}))


def _on() -> To:
    return To("end", after="300d")


def _on_out(action) -> Rule:
    return Rule("r", on=event("out"), do=[action])


def assigned(eng):
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    return outcome.state, outcome.commands[0]


def withdrawn(outcome) -> list[tuple[str, str]]:
    return [(c.touch.id, c.reason) for c in outcome.commands if isinstance(c, Withdraw)]


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ({"goal": event("out").exists()}, "goal"),
        ({"exit_when": event("out").exists()}, "exit"),
    ],
)
def test_a_task_is_taken_back_when_its_visit_ends(rest, reason):
    """J7."""
    eng = tasked(**rest)
    state, task = assigned(eng)
    outcome = eng.advance(state, OUT, now=OUT.at)
    [command] = outcome.commands
    assert command == Withdraw(task.touch, staff="zhang", reason=reason)
    line = outcome.journal[-1]
    assert (line.what, line.subject, line.reason) == ("withdrawn", "x", reason)
    assert dict(line.facts) == {"touch": task.touch.id}
    assert eng.advance(outcome.state, now=later("3h")).commands == ()


@pytest.mark.parametrize("status", ["submitted", "unknown"])
def test_one_that_the_platform_has_taken_is_taken_back_too(status):
    """J7."""
    eng = tasked(exit_when=event("out").exists())
    state, task = assigned(eng)
    told = Receipt(task.touch.id, status, at=later("1h"))
    outcome = eng.advance(state, told, OUT, now=OUT.at)
    assert withdrawn(outcome) == [(task.touch.id, "exit")]


@pytest.mark.parametrize(
    "status", ["confirmed", "delivered", "refused", "failed", "cancelled", "expired"]
)
def test_nothing_is_taken_back_that_staff_have_answered(status):
    """J7."""
    eng = tasked(exit_when=event("out").exists())
    state, task = assigned(eng)
    told = Receipt(task.touch.id, status, at=later("1h"))
    assert withdrawn(eng.advance(state, told, OUT, now=OUT.at)) == []


def test_who_confirms_in_the_same_call_is_not_asked_to_leave_it():
    """J7: a host that slept asks once it has heard everything."""
    eng = tasked(exit_when=event("out").exists())
    state, task = assigned(eng)
    told = Receipt(task.touch.id, "confirmed", at=later("3h"))
    assert withdrawn(eng.advance(state, OUT, told, now=later("3h"))) == []


def test_a_task_whose_deadline_is_over_is_left_alone():
    """J7: it keeps no place, and the host has been told when to let go of it."""
    first = step("x", via=MASS, confirm=Confirm(within="1h"))
    stage = Stage("only", steps=[first], then=[_on()])
    eng = engine(journey(stages=[stage, Stage("end")], exit_when=event("out").exists()))
    state, _ = assigned(eng)
    assert withdrawn(eng.advance(state, OUT, now=OUT.at)) == []


def test_what_needs_no_staff_is_not_taken_back():
    eng = engine(
        journey(
            stages=[Stage("only", steps=[step("x")], then=[_on()]), Stage("end")],
            exit_when=event("out").exists(),
        )
    )
    state, sent = assigned(eng)
    assert isinstance(sent, Send)
    assert withdrawn(eng.advance(state, OUT, now=OUT.at)) == []


def test_a_journey_that_is_complete_leaves_its_last_task_to_staff():
    """J7: it is what the journey was for."""
    eng = engine(journey(step("x", via=MASS)))
    outcome = eng.advance(ContactState(person()), happens("go"), now=START)
    assert outcome.state.enrolment("j").ended_by == "completed"
    [task] = outcome.commands
    assert isinstance(task, AssignTask)


def test_a_task_of_a_stage_that_was_left_is_taken_back_with_the_visit():
    """J7: leaving the stage alone takes nothing back."""
    stages = [
        Stage("a", steps=[step("x", via=MASS)], then=[To("b", after="1h")]),
        Stage("b", steps=[step("y", after("9d"))]),
    ]
    eng = engine(journey(stages=stages, exit_when=event("out").exists()))
    state, task = assigned(eng)
    outcome = eng.advance(state, now=later("1h"))
    assert outcome.state.enrolment("j").stage == "b"
    assert outcome.commands == ()
    assert withdrawn(eng.advance(outcome.state, OUT, now=OUT.at)) == [
        (task.touch.id, "exit")
    ]


def test_the_tasks_of_a_step_that_recurs_are_taken_back():
    """J7: those of earlier occurrences, too."""
    recurring = step("x", weekly(["mon", "wed", "fri"], "10:00"), via=MASS)
    stage = Stage("only", steps=[recurring], then=[_on()])
    eng = engine(journey(stages=[stage, Stage("end")], exit_when=event("out").exists()))
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    tasks = []
    for hours in ("25h", "73h"):
        outcome = eng.advance(state, now=later(hours))
        state, tasks = outcome.state, [*tasks, *outcome.commands]
    outcome = eng.advance(state, happens("out", later("80h")), now=later("80h"))
    assert withdrawn(outcome) == [(task.touch.id, "exit") for task in tasks]


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: {"plan": {"rules": [_on_out(Leave("j"))]}}, "rule"),
        (
            lambda: {
                "reentry": Reentry.once(repeated="restart"),
                "plan": {"rules": [_on_out(Enrol("j"))]},
            },
            "restarted",
        ),
        (
            lambda: {
                "steps": [step("y", after("2h"), via=["sms"], on_blocked=End())],
                "plan": {"gates": [QuietHours("10:30", "12:00")]},
            },
            "step",
        ),
    ],
)
def test_however_the_visit_ends(build, reason):
    """J7."""
    eng = tasked(**build())
    state, task = assigned(eng)
    outcome = eng.advance(state, OUT, now=OUT.at)
    assert withdrawn(outcome) == [(task.touch.id, reason)]


def test_an_edit_that_drops_the_stage_takes_the_task_back():
    """J6, J7."""
    state, task = assigned(tasked())
    edited = engine(journey(step("other", after("9d")), version=2))
    outcome = edited.advance(state, now=later("1h"))
    assert withdrawn(outcome) == []  # the stage is still there
    gone = journey(stages=[Stage("new", steps=[step("n", after("9d"))])], version=2)
    outcome = engine(gone).advance(state, now=later("1h"))
    assert withdrawn(outcome) == [(task.touch.id, "edited")]


def test_a_journey_that_the_plan_has_no_more_takes_its_tasks_back_once():
    """J6, J7: its visits are kept, and its tasks are not asked for again."""
    state, task = assigned(tasked())
    without = engine(journey(step("z"), name="other", enter_on=event("never")))
    outcome = without.advance(state, now=later("1h"))
    assert withdrawn(outcome) == [(task.touch.id, "no_journey")]
    assert outcome.state.enrolment("j").ended_at is None
    assert without.advance(outcome.state, now=later("2h")).commands == ()
    back = tasked(exit_when=event("out").exists())
    assert back.advance(outcome.state, OUT, now=OUT.at).commands == ()


def test_a_version_that_the_plan_lacks_takes_nothing_back():
    """J6: the visit goes on when the version is retired properly."""
    state, _ = assigned(tasked())
    pinned = journey(step("n", after("9d")), version=2, in_flight="pinned")
    assert engine(pinned).advance(state, now=later("1h")).commands == ()


def test_nothing_is_taken_back_on_a_channel_that_the_plan_does_not_know():
    state, _ = assigned(tasked(exit_when=event("out").exists()))
    eng = engine(journey(step("n"), enter_on=event("never"), name="other"))
    bare = type(eng)(evolve(eng.plan, channels=[eng.plan.channels[-1]], journeys=[]))
    assert bare.advance(state, now=later("1h")).commands == ()


# ── The place in the quotas ──────────────────────────────────────────────────


def waiting_for_room():
    """A task that was taken back, and a step elsewhere that needs its place."""
    eng = engine(
        journey(
            stages=[
                Stage("only", steps=[step("x", via=MASS)], then=[_on()]),
                Stage("end"),
            ],
            exit_when=event("out").exists(),
        ),
        journey(step("y", after("1h"), on_blocked=Defer()), name="k"),
        quotas=[ONE],
    )
    state, task = assigned(eng)
    state = eng.advance(state, now=later("1h")).state
    outcome = eng.advance(state, OUT, now=OUT.at)
    assert withdrawn(outcome) == [(task.touch.id, "exit")]
    return eng, outcome.state, task.touch.id


def test_the_place_is_free_when_the_host_reports_that_it_was_taken_back():
    """J7, Q4: asking alone frees nothing."""
    eng, state, touch_id = waiting_for_room()
    assert eng.advance(state, now=later("3h")).commands == ()
    told = Receipt(touch_id, "cancelled", at=later("3h"))
    outcome = eng.advance(state, told, now=later("3h"))
    assert [command.touch.step for command in outcome.commands] == ["y"]


@pytest.mark.parametrize(
    "order", [("cancelled", "confirmed"), ("confirmed", "cancelled")]
)
@pytest.mark.parametrize("sooner", ["cancelled", "confirmed"])
def test_staff_who_were_quicker_are_right_in_any_order_of_the_reports(order, sooner):
    """J7, Q4: what they sent counts."""
    eng, state, touch_id = waiting_for_room()
    times = {name: later("3h" if name == sooner else "4h") for name in order}
    state = evolve(state, enrolments=[e for e in state.enrolments if e.journey == "j"])
    for status in order:
        told = Receipt(touch_id, status, at=times[status])
        state = eng.advance(state, told, now=later("5h")).state
    record = state.ledger.find(touch_id)
    assert (record.status, record.released_at) == ("confirmed", None)
    ruling = ONE.judge(record.touch, Seen(state.ledger), now=later("5h"))
    assert isinstance(ruling, Hold)
    assert ruling.facts["count"] == 1


def test_a_confirmation_after_the_cancellation_is_told_as_late():
    """J7: its place may have been given away meanwhile."""
    eng, state, touch_id = waiting_for_room()
    cancelled = Receipt(touch_id, "cancelled", at=later("3h"))
    state = eng.advance(state, cancelled, now=later("3h")).state
    confirmed = Receipt(touch_id, "confirmed", at=later("3h"))
    outcome = eng.advance(state, confirmed, now=later("4h"))
    told = [(entry.what, entry.reason) for entry in outcome.journal]
    assert ("late", "cancelled") in told
    assert sum(r.released_at is None for r in outcome.state.ledger) == 2


@pytest.mark.parametrize("end", ["refused", "failed", "held", "expired"])
def test_any_other_end_is_for_good(end):
    """Q4: what was freed may have been given away."""
    eng, state, touch_id = waiting_for_room()
    for status in (end, "cancelled", "confirmed"):
        told = Receipt(touch_id, status, at=later("3h"))
        state = eng.advance(state, told, now=later("3h")).state
    assert state.ledger.find(touch_id).released_at == later("3h")


# ── Why ──────────────────────────────────────────────────────────────────────


def test_why_says_that_staff_were_asked_not_to_send_it():
    """E4, J7: in both languages, with what came of it."""
    eng = tasked(exit_when=event("out").exists())
    state, task = assigned(eng)
    state = eng.advance(state, OUT, now=OUT.at).state
    why = eng.why(state, journey="j", step="x", now=later("3h"))
    said = "j › x was sent: staff were asked not to send it any more (reserved)"
    assert (why.reason, why.headline) == ("withdrawn", said)
    told = Receipt(task.touch.id, "cancelled", at=later("3h"))
    state = eng.advance(state, told, now=later("3h")).state
    why = eng.why(state, touch=task.touch.id, now=later("3h"), language="zh")
    assert why.headline == "j › x 已发送:已请员工不再发送(已取消)"


# ── By hand ──────────────────────────────────────────────────────────────────


def test_a_journey_is_left_by_hand():
    """J7: what is due at that instant is not sent any more."""
    eng = engine(
        journey(
            stages=[
                Stage(
                    "only",
                    steps=[step("x", via=MASS), step("y", after("2h"))],
                    then=[_on()],
                ),
                Stage("end"),
            ],
            at_end=[AtEnd(enrol="k")],
        ),
        journey(step("z", after("2h")), name="k"),
    )
    state, task = assigned(eng)
    outcome = eng.leave(state, "j", now=later("2h"))
    kinds = [(type(c), c.touch.step) for c in outcome.commands]
    assert kinds == [(Send, "z"), (Withdraw, "x")]
    assert withdrawn(outcome) == [(task.touch.id, "hand")]
    visit = outcome.state.enrolment("j")
    assert (visit.ended_by, visit.ended_at) == ("hand", later("2h"))
    why = eng.why(outcome.state, journey="j", step="y", now=later("2h"))
    assert why.headline.endswith("the journey was left: it was ended by hand")


def test_what_was_due_before_is_decided_before():
    """E6: the stage that was left an hour ago was left an hour ago."""
    stages = [
        Stage("a", steps=[step("x", after("9d"))], then=[To("b", after="1h")]),
        Stage("b", steps=[step("y", after("9d"))]),
    ]
    eng = engine(journey(stages=stages))
    state = eng.advance(ContactState(person()), happens("go"), now=START).state
    outcome = eng.leave(state, "j", now=later("2h"))
    visit = outcome.state.enrolment("j")
    assert (visit.stage, visit.stage_at, visit.ended_at) == (
        "b",
        later("1h"),
        later("2h"),
    )


def test_all_is_left_and_every_task_taken_back_before_somebody_is_erased():
    """J7, K4: the tasks of rules, too."""
    reply = Reply(Message("card", kind="service"), via=MASS)
    ask = Rule("ask", on=event("ask"), do=[reply])
    eng = tasked(plan={"rules": [ask]})
    state, task = assigned(eng)
    outcome = eng.advance(state, happens("ask", later("1h")), now=later("1h"))
    [answer] = outcome.commands
    state = outcome.state.knowing(restrict(outcome.state.contact, at=later("1h")))
    outcome = eng.leave(state, now=later("2h"))
    ids = [task.touch.id, answer.touch.id]
    assert withdrawn(outcome) == [(touch_id, "hand") for touch_id in ids]
    assert [e.ended_by for e in outcome.state.enrolments] == ["hand"]
    assert outcome.state.wake_at is None


def test_visits_of_a_journey_that_is_gone_are_left_by_hand_too():
    """J6."""
    state, task = assigned(tasked())
    without = engine(journey(step("z"), name="other"))
    outcome = without.leave(state, "j", now=later("1h"))
    assert outcome.state.enrolment("j").ended_by == "hand"
    assert withdrawn(outcome) == [(task.touch.id, "hand")]


def test_nothing_is_left_that_is_not_known():
    eng = tasked()
    state, _ = assigned(eng)
    with pytest.raises(UnknownNameError):
        eng.leave(state, "jj", now=later("1h"))
    with pytest.raises(TimeReversedError):
        eng.leave(state, "j", now=START - span("1s"))
    assert eng.leave(ContactState(person()), "j", now=START).commands == ()


def test_nobody_is_reminded_of_what_was_taken_back():
    """J7."""
    first = step("x", via=MASS, confirm=Confirm(within="24h", remind=["4h"]))
    stage = Stage("only", steps=[first], then=[_on()])
    eng = engine(journey(stages=[stage, Stage("end")], exit_when=event("out").exists()))
    state, _ = assigned(eng)
    outcome = eng.advance(state, OUT, now=later("4h"))
    assert [type(c) for c in outcome.commands] == [Withdraw]
    assert not any(isinstance(c, Remind) for c in outcome.commands)


def test_members_who_are_chosen_are_noted_before_a_leave():
    """J1a: leaving one journey makes nobody a newcomer of another."""
    vip = Segment("vip", attr.n >= 1)
    other = journey(step("n"), name="k", enter_on=entered(vip), members="future")
    eng = engine(journey(step("x", after("9d"))), other, segments=[vip])
    state = ContactState(person(attributes={"n": 1}))
    outcome = eng.leave(state, "j", now=START)
    assert outcome.state.enrolment("k") is None
