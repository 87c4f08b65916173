"""What a type checker knows of the public names; checked by mypy, never run."""

from __future__ import annotations

from datetime import date
from typing import assert_type

import privflow as pf
from privflow import attr, event, prop
from privflow.timing import Schedule

now = pf.instant("2026-10-20T09:30+08:00")
assert_type(now, pf.Instant)
assert_type(now + pf.span("1d"), pf.Instant)
assert_type(now - now, pf.Span)

contact = pf.Contact("c-1", attributes={"birthday": date(1995, 11, 3)})
assert_type(contact.tagged(pf.TagGroup("t", ["a"])["a"], at=now), pf.Contact)
state = pf.ContactState(contact)
assert_type(state.knowing(contact), pf.ContactState)
assert_type(state.observing([]), pf.ContactState)
assert_type(state.wake_at, pf.Instant | None)
assert_type(state.enrolment("j"), pf.Enrolment | None)

condition = (attr.age > 40) & ~event("buy").within("30d").exists()
assert_type(condition, pf.Condition)
assert_type(condition.judge(state, now=now), pf.Verdict)
assert_type(condition.judge(state, now=now).value, pf.Truth)
assert_type(pf.parse("attr.age > 40"), pf.Condition)

segment = pf.Segment("s", condition)
assert_type(segment.contains(state, now=now), bool)
assert_type(segment.predicate()(state, now), bool)
assert_type(pf.entered(segment), pf.Crossing)

step = pf.SOPStep(
    "hello",
    pf.after("0s"),
    pf.Message("hello", kind="service"),
    via=["sms"],
    on_blocked=pf.Defer(until_at_most="2d"),
)
journey = pf.Journey(
    "j",
    enter_on=event("go"),
    stages=[pf.Stage("a", steps=[step], then=[pf.To("a", after="1d")])],
)
assert_type(journey.stages, tuple[pf.Stage, ...])
assert_type(journey.step("hello"), pf.SOPStep)
assert_type(journey.stage("a"), pf.Stage | None)

rule = pf.Rule("r", on=event("say"), when=prop.n > 1, do=[pf.Enrol("j")])
plan = pf.Plan(journeys=[journey], segments=[segment], rules=[rule], remember="3d")
assert_type(plan.journey("j"), pf.Journey)
assert_type(plan.remember, pf.Span)

engine = pf.Engine(plan)
happening = pf.Event("go", "c-1", at=now)
receipt = pf.Receipt("t", "delivered", at=now)
outcome = engine.advance(state, happening, receipt, now=now)
assert_type(outcome, pf.Outcome)
assert_type(
    outcome.commands, tuple[pf.Send | pf.AssignTask | pf.Remind | pf.Withdraw, ...]
)
assert_type(outcome.tasks, tuple[pf.StaffTask, ...])
assert_type(outcome.journal, tuple[pf.Entry, ...])
assert_type(outcome.commands[0].touch, pf.Touch)
assert_type(engine.enrol(state, "j", now=now), pf.Outcome)
why = engine.why(state, journey="j", step="hello", now=now)
assert_type(why, pf.Why)
assert_type(why.next_possible_at, pf.Instant | None)


class Holiday:
    """A gate of one's own needs no base class."""

    name = "holiday"

    def judge(
        self, touch: pf.Touch, view: pf.View, *, now: pf.Instant
    ) -> pf.Allow | pf.Hold | pf.Deny:
        """Hold everything of who has no zone."""
        if view.contact.timezone:
            return pf.Allow()
        return pf.Hold(touch.kind, until=now + pf.span("1d"))


office = pf.WorkCalendar("office", holidays=[date(2026, 10, 1)], until="2026-12-31")
assert_type(office.next_workday(date(2026, 9, 30)), date)
schedules: list[Schedule] = [
    pf.months(1),
    pf.every("3d", "20:00", until=date(2026, 12, 31)),
    pf.workday(3, "10:00", calendar=office, late="now"),
    pf.on_workday(pf.weekly(["mon", "fri"], "20:00"), office, otherwise="skip"),
]
for schedule in schedules:
    pf.SOPStep("s", schedule, pf.Message("m", kind="service"), via=["sms"])

gate: pf.Gate = Holiday()
window = pf.SendWindow("09:00", "21:00", days=["mon"], calendar=office, channel="sms")
guarded = pf.Plan(gates=[gate, pf.QuietHours("22:00", "08:00"), window])
assert_type(pf.check(guarded, contacts=[pf.Contact("c")]), tuple[pf.Finding, ...])
