"""What is held back leaves as soon as nothing holds it, and not before (Q6)."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import Scope, event
from privflow.documents import dump
from privflow.engine import ContactState, Engine, Outcome, Plan
from privflow.facts import Contact, Event
from privflow.journeys import Enrolment, Journey, SOPStep, Stage, StepState, To
from privflow.quotas import (
    LockOut,
    MinimumGap,
    ReplyWindow,
    StandingGrant,
    TouchQuota,
)
from privflow.timing import Instant, after, calendar, rolling, span
from privflow.touches import Allow, Hold, QuietHours, Ruling, Touch, View
from strategies.host import Host
from strategies.past import Seen
from strategies.plan import STARTS, contacts
from strategies.script import Declared, Happens, Item, scripts
from strategies.story import journey, step


@frozen
class Moody:
    """A gate of a user: nothing for nine days after somebody was cross, unless fond."""

    name: str = "moody"

    def judge(self, touch: Touch, view: View, *, now: Instant) -> Ruling:
        del touch
        series = view.timeline.series.get("b")
        newest = None if series is None else series.newest
        if newest is None or newest > now.us or view.contact.attributes.get("n") == 2:
            return Allow()
        until = Instant(newest) + span("9d")
        return Hold("moody", until=until) if until > now else Allow()


QUOTAS = (
    TouchQuota("week", 1, per=rolling("7d")),
    TouchQuota("confirmed", 2, per=calendar("week"), counts_on="confirmed"),
    MinimumGap("gap", "50h"),
    ReplyWindow("window", 1, within="3d", opened_by=event("a"), channel="push"),
    LockOut("locked", per=rolling("4d"), reasons=["not_friend"]),
    StandingGrant(
        "standing", 1, per=rolling("90h"), granted_by=event("c"), channel="sms"
    ),
    Moody(),
    QuietHours("20:00", "14:00"),
)


@st.composite
def tight_plans(draw: st.DrawFn) -> Plan:
    """A journey whose steps are held back more often than not."""
    gates = draw(st.lists(st.sampled_from(QUOTAS), min_size=1, max_size=3, unique=True))
    steps = [
        step(
            f"s{hour}",
            after(f"{hour}h"),
            via=[draw(st.sampled_from(["sms", "push", "wecom.message"]))],
            when=draw(st.sampled_from([None, None, event("c").since_entry().exists()])),
        )
        for hour in (0, 2, 30, 60)
    ]
    stage = Stage("only", steps=steps, then=[To("end", after="300d")])
    ones = journey(stages=[stage, Stage("end")], enter_on=event("a"))
    gates.sort(key=lambda gate: gate.name)
    hours = [gate for gate in gates if isinstance(gate, QuietHours)]
    quotas = [gate for gate in gates if not isinstance(gate, QuietHours)]
    return Plan(journeys=[ones], quotas=quotas, gates=hours)


class Learning(Host):
    """A host that now and then learns something of the contact, and of touches."""

    def learn(self, items) -> None:
        for item in items:
            if isinstance(item, Declared):
                contact = self.state.contact
                news = (
                    contact.with_attributes({"n": 2 if item.granted else 0})
                    if item.channel == "sms"
                    else evolve(
                        contact, timezone="Asia/Tokyo" if item.granted else "UTC"
                    )
                )
                self.state = self.state.knowing(news)


@st.composite
def stories(draw: st.DrawFn) -> tuple[Contact, list[Item]]:
    contact = draw(contacts(start=STARTS[0]))
    first = Happens(STARTS[0], Event("a", "c-1", at=STARTS[0], id="first"))
    return contact, [first, *draw(scripts(start=STARTS[0], most=14))]


def tell(plan: Plan, story: tuple[Contact, list[Item]]) -> Host:
    """The story, each step that waits checked after every call."""
    contact, script = story

    def look(_before: ContactState, outcome: Outcome) -> None:
        for enrolment in outcome.state.enrolments:
            for held in enrolment.steps if enrolment.ended_at is None else ():
                if held.status == "deferred":
                    _check(plan, outcome.state, enrolment, held)

    host = Learning(Engine(plan), ContactState(contact), look)
    host.play(script)
    host.wake_until(script[-1].at + span("90d"))
    return host


many = settings(max_examples=400)


@many
@given(tight_plans(), stories())
def test_nothing_is_held_back_that_no_gate_holds(plan, story):
    """Q6: after every call some gate speaks against each step that waits for gates.

    And none waits for ever: each leaves, or is told no, when time has opened them all.
    """
    host = tell(plan, story)
    for enrolment in host.state.enrolments:
        assert [s.step for s in enrolment.steps if s.status == "deferred"] == []


@many
@given(tight_plans(), stories(), st.lists(st.booleans(), max_size=10))
def test_asking_early_does_not_depend_on_how_the_host_cuts(plan, story, cuts):
    """E6, Q6."""
    contact, script = story
    hosts = [Learning(Engine(plan), ContactState(contact)) for _ in range(2)]
    hosts[0].play(script)
    hosts[1].play(script, cuts=cuts)
    for host in hosts:
        host.wake_until(script[-1].at + span("90d"))
    assert dump(hosts[0].state) == dump(hosts[1].state)
    assert hosts[0].given == hosts[1].given


def test_the_stories_really_open_gates_early():
    """Else the laws above say little."""
    found = 0

    @settings(max_examples=200, database=None)
    @given(tight_plans(), stories())
    def collect(plan: Plan, story: tuple[Contact, list[Item]]) -> None:
        nonlocal found
        told: dict[str, Instant] = {}
        for line in tell(plan, story).journal:
            if line.what == "deferred":
                told[line.subject] = line.facts["again_at"]
            if line.what == "sent" and line.at < told.get(line.subject, line.at):
                found += 1

    collect()
    assert found > 1


def _check(
    plan: Plan, state: ContactState, enrolment: Enrolment, held: StepState
) -> None:
    journey = plan.journey(enrolment.journey)
    step = next(s for s in journey.stage(enrolment.stage).steps if s.name == held.step)
    assert held.again_at > state.at
    if _is_meant(state, enrolment, step, plan):
        assert not any(_is_open(plan, state, journey, step, c) for c in step.via)


def _is_meant(
    state: ContactState,
    enrolment: Enrolment,
    step: SOPStep,
    plan: Plan,
) -> bool:
    """Whether its own condition holds."""
    if step.when is None:
        return True
    scope = Scope(
        entered_at=enrolment.entered_at,
        stage_at=enrolment.stage_at,
        timezone=plan.timezone,
    )
    return step.when.judge(state, now=state.at, scope=scope).value.name == "YES"


def _is_open(
    plan: Plan, state: ContactState, journey: Journey, step: SOPStep, channel: str
) -> bool:
    message = step.message
    touch = Touch(
        id="t",
        contact_id=state.contact.id,
        channel=channel,
        message=message.name,
        kind=message.kind,
        source=f"journey:{journey.name}",
        step=step.name,
        labels=message.labels,
        priority=step.priority,
    )
    seen = Seen(
        state.ledger,
        timeline=state.timeline,
        timezone=state.contact.timezone or plan.timezone,
        contact=state.contact,
    )
    gates = (*plan.gates, *plan.quotas)
    return all(isinstance(g.judge(touch, seen, now=state.at), Allow) for g in gates)
