"""What holds of every plan and every story."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from privflow.conditions import Scope, event
from privflow.documents import dump
from privflow.engine import (
    AssignTask,
    Command,
    ContactState,
    Engine,
    Outcome,
    Plan,
    StaffTask,
    Withdraw,
)
from privflow.engine.journal_wording import WORDS
from privflow.facts import Contact, Event, Timeline
from privflow.journeys import Enrolment, Journey, Reentry, SOPStep, Stage
from privflow.quotas import TouchQuota
from privflow.timing import Calendar, Instant, Rolling, after, span
from privflow.touches import PRIORITIES, ChannelProfile, Message, Receipt, TouchRecord
from strategies.host import Given, Host
from strategies.plan import (
    FAMILIES,
    PROFILES,
    QUOTAS,
    STARTS,
    Kind,
    contacts,
    declaring,
    plans,
)
from strategies.script import Heard, Item, scripts

HORIZON = span("6d")


class _EnoughError(Exception):
    """What was to be found is found: no more examples are drawn."""


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(value: object) -> str:
    return json.dumps(dump(value))


starts = st.sampled_from(STARTS)


@st.composite
def stories(draw, **kinds: bool) -> tuple[Contact, list[Item]]:
    start = draw(starts)
    return draw(contacts(start=start)), draw(scripts(start=start, **kinds))


def clock(at: Instant, zone: str) -> datetime:
    """The wall clock, by the standard library alone."""
    return (EPOCH + timedelta(microseconds=at.us)).astimezone(ZoneInfo(zone))


def _left(host: Host) -> list[tuple[Instant, Command | StaffTask]]:
    commands = (*host.given, *host.reminded, *host.withdrawn)
    left = ((left.at, left.command) for left in commands)
    return [*left, *host.tasks]


def end_of(script: list[Item]) -> Instant:
    return script[-1].at + HORIZON


# ── E3, E6: the same bytes, however it is cut ────────────────────────────────


@given(plans(), stories(), st.lists(st.booleans(), max_size=10), st.booleans())
def test_any_split_of_the_inputs_gives_the_same_bytes(plan, story, cuts, wakes):
    """E6, E3."""
    contact, script = story
    whole = Host(Engine(plan), ContactState(contact))
    whole.play(script)
    split = Host(Engine(plan), ContactState(contact))
    split.play(script, cuts=cuts, wakes=wakes)
    assert text_of(split.state) == text_of(whole.state)
    for host in (whole, split):
        host.wake_until(end_of(script))
    assert text_of(split.state) == text_of(whole.state)
    assert _left(split) == _left(whole)


@given(plans(), stories(), st.lists(st.integers(1, 100), max_size=6))
def test_a_look_in_between_decides_nothing(plan, story, hours):
    """E6: an idle call where nothing is due leaves all but `at` and `wake_at`."""
    contact, script = story
    calm = Host(Engine(plan), ContactState(contact))
    restless = Host(Engine(plan), ContactState(contact))
    for host, extra in ((calm, ()), (restless, hours)):
        host.play(script)
        for hour in sorted(extra):
            at = script[-1].at + span(f"{hour}h")
            host.wake_until(at)
            host.call(now=at)
        host.wake_until(end_of(script))
        host.call(now=end_of(script))
    assert _left(restless) == _left(calm)
    assert restless.state.enrolments == calm.state.enrolments
    assert restless.state.contact == calm.state.contact


UNGATED = Kind(gated=False, completing=False)


@given(
    plans(kind=UNGATED), stories(heard=False), st.lists(st.integers(0, 90), max_size=4)
)
def test_a_late_host_moves_contacts_as_a_punctual_one_does(plan, story, naps):
    """E6, J3: the ways are the same ones, and nothing is sent that was not due."""
    contact, script = story
    punctual = Host(Engine(plan), ContactState(contact))
    punctual.play(script)
    punctual.wake_until(end_of(script))
    punctual.call(now=end_of(script))
    late = Host(Engine(plan), ContactState(contact))
    calls = [script[0].at + span(f"{nap}h") for nap in sorted(naps)]
    waiting = list(script)
    for at in [*calls, end_of(script)]:
        due = [item for item in waiting if item.at <= at]
        waiting = waiting[len(due) :]
        late.call(*late.inputs_of(due), now=at)
    assert _walks(late.state) == _walks(punctual.state)
    ids = [g.command.touch.id for g in late.given]
    assert set(ids) <= {g.command.touch.id for g in punctual.given}
    assert len(ids) == len(set(ids))


def _walks(state: ContactState) -> list[tuple[object, ...]]:
    return [
        (e.journey, e.visit, e.entered_at, e.stage, e.stage_at, e.ended_at, e.ended_by)
        for e in state.enrolments
    ]


# ── E1: repeats ──────────────────────────────────────────────────────────────


@given(plans(), stories(late=True))
def test_an_input_twice_changes_nothing(plan, story):
    """E1, in the same call and in a later one; receipts, too."""
    contact, script = story
    host, twice = (Host(Engine(plan), ContactState(contact)) for _ in range(2))
    for item in script:
        for each in (host, twice):
            each.wake_until(item.at)
            each.learn([item])
        inputs = host.inputs_of([item])
        host.call(*inputs, now=item.at)
        twice.call(*inputs, *inputs, now=item.at)
        assert twice.state == host.state
        again = host.engine.advance(host.state, *inputs, now=item.at)
        assert again.state == host.state
        assert again.commands == ()
    assert twice.given == host.given


@given(plans(), stories(), st.randoms(use_true_random=False))
def test_receipts_may_come_in_any_order(plan, story, random):
    contact, script = story
    host = Host(Engine(plan), ContactState(contact))
    host.play([item for item in script if not isinstance(item, Heard)])
    receipts = host.inputs_of(
        Heard(end_of(script), 0, s) for s in ("delivered", "failed")
    )
    receipts += host.inputs_of(Heard(end_of(script), 1, s) for s in ("refused",))
    now = end_of(script)
    first = host.engine.advance(host.state, *receipts, now=now)
    random.shuffle(receipts)
    assert host.engine.advance(host.state, *receipts, now=now) == first


# ── What must never leave ────────────────────────────────────────────────────


@settings(max_examples=250)
@given(plans(), stories(late=True), st.data())
def test_nothing_leaves_that_the_law_the_hours_or_a_quota_forbid(plan, story, data):
    """Q4, K4, T7: with late wakes, late and repeated events, receipts in any order."""
    _watched(plan, story, data)


@st.composite
def crowds(draw: st.DrawFn) -> Journey:
    """A journey with more to send than a quota lets through."""
    kinds = st.sampled_from(["marketing", "marketing", "service"])
    labels = st.sampled_from([("promo",), ("promo",), ()])
    steps = [
        SOPStep(
            f"s{place}",
            after(draw(st.sampled_from(["0s", "1h", "5h", "26h"]))),
            Message("m", kind=draw(kinds), labels=draw(labels)),
            via=[draw(st.sampled_from(["sms", "sms", "push"]))],
            priority=draw(st.sampled_from(PRIORITIES)),
        )
        for place in range(7)
    ]
    return Journey(
        "j0",
        enter_on=event("a"),
        stages=[Stage("only", steps=steps)],
        reentry=Reentry.every_time(),
    )


def agreeing(story: tuple[Contact, list[Item]]) -> tuple[Contact, list[Item]]:
    """The story of somebody who may be written to when it begins."""
    contact, script = story
    for family in FAMILIES:
        contact = declaring(contact, family, at=script[0].at, granted=True)
    return contact, script


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_a_quota_is_filled_and_never_overfull(quota):
    """Q4: where many steps want its places."""
    most = 0

    @settings(max_examples=60, database=None)
    @given(
        crowds(),
        st.sampled_from(PROFILES),
        stories(late=True).map(agreeing),
        st.data(),
    )
    def look(
        journey: Journey,
        channels: tuple[ChannelProfile, ...],
        story: tuple[Contact, list[Item]],
        data: st.DataObject,
    ) -> None:
        nonlocal most
        plan = Plan(journeys=[journey], quotas=[quota], channels=channels)
        most = max(most, *_watched(plan, story, data).most.values())

    look()
    assert most == quota.limit


def _watched(
    plan: Plan, story: tuple[Contact, list[Item]], data: st.DataObject
) -> _Watch:
    """Who has looked at everything that leaves, in a story told as hosts do."""
    contact, script = story
    watch = _Watch(plan)
    host = Host(Engine(plan), ContactState(contact), watch.look)
    for item in script:
        if data.draw(st.booleans()):
            host.wake_until(item.at)
        host.learn([item])
        host.call(*host.inputs_of([item]), now=item.at)
        watch.check(host)
    for hours in sorted(data.draw(st.lists(st.integers(0, 144), max_size=4))):
        host.call(now=script[-1].at + span(f"{hours}h"))
        watch.check(host)
    host.wake_until(end_of(script))
    watch.check(host)
    ids = [g.command.touch.id for g in host.given]
    assert len(ids) == len(set(ids))
    return watch


class _Watch:
    """Counts by itself, from the commands and receipts alone.

    Attributes:
        most: how many places of each quota were taken at once.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.most: dict[str, int] = {}
        self.closed: dict[tuple[object, ...], tuple[object, ...]] = {}

    def look(self, before: ContactState, outcome: Outcome) -> None:
        """J2: what a step came to is final; a task that was sent may be taken back."""
        assert before.at is None or outcome.state.at >= before.at
        wake_at = outcome.state.wake_at
        assert wake_at is None or wake_at > outcome.state.at
        for enrolment in outcome.state.enrolments:
            for state in enrolment.steps:
                place = (
                    enrolment.journey,
                    enrolment.visit,
                    enrolment.stage_visit,
                    state.step,
                    state.occurrence,
                )
                if not state.is_open:
                    reason = state.reason.removeprefix("withdrawn")
                    came_to = (state.status, reason, state.touch_id)
                    assert self.closed.setdefault(place, came_to) == came_to
                else:
                    assert place not in self.closed

    def check(self, host: Host) -> None:
        for left in host.given:
            self._check_hours(left)
            self._check_consent(left)
        for quota in self.plan.quotas:
            if isinstance(quota, TouchQuota):
                self._check_quota(quota, host)

    def zone(self, contact: Contact) -> str:
        return contact.timezone or self.plan.timezone

    def _check_hours(self, given: Given) -> None:
        wall = clock(given.at, self.zone(given.contact)).strftime("%H:%M")
        for gate in self.plan.gates:
            start, end = str(gate.start), str(gate.end)
            if given.command.touch.kind in gate.exempt:
                continue
            inside = start <= wall < end if start < end else wall >= start or wall < end
            assert not inside

    def _check_consent(self, given: Given) -> None:
        touch = given.command.touch
        if touch.kind != "marketing":
            return
        said = [
            (record.at, not record.granted)
            for record in given.contact.consents.records
            if record.at <= given.at
            and (touch.channel + ".").startswith(record.channel + ".")
        ]
        assert said
        assert not max(said)[1]

    def _check_quota(self, quota: TouchQuota, host: Host) -> None:
        now = host.state.at
        zone = self.zone(host.state.contact)
        taken = 0
        for left in host.given:
            heard = [r for r in host.receipts if r.touch_id == left.command.touch.id]
            if not quota.matches(left.command.touch) or _is_freed(heard):
                continue
            if _has_lapsed(left, heard, now):
                continue
            counted = _counted_at(quota, left, heard)
            taken += counted is None or _same_window(quota, counted, now, zone)
        assert taken <= quota.limit
        self.most[quota.name] = max(taken, self.most.get(quota.name, 0))


def _has_lapsed(given: Given, heard: list[Receipt], now: Instant) -> bool:
    """Nobody confirmed it in time: its place may be another's, whatever came later."""
    within = given.command.touch.confirm_within
    if within is None or now < given.at + within:
        return False
    marks = (r.at for r in heard if r.status in {"confirmed", "delivered", "clicked"})
    return all(at >= given.at + within for at in marks)


def _is_freed(heard) -> bool:
    """A definite end frees, unless the touch was known to have got further before."""
    reached = freed = False
    for receipt in heard:
        if receipt.status in {"failed", "refused", "expired"}:
            further = {"delivered", "clicked"}
            if receipt.status != "failed":
                further |= {"confirmed"}
            reached = any(r.status in further for r in heard[: heard.index(receipt)])
            freed = freed or not reached
    return freed


def _counted_at(quota: TouchQuota, given: Given, heard) -> Instant | None:
    if quota.counts_on == "submitted":
        return given.at
    marks = [r.at for r in heard if r.status in {"confirmed", "delivered", "clicked"}]
    return max(min(marks), given.at) if marks else None


def _same_window(quota: TouchQuota, at: Instant, now: Instant, zone: str) -> bool:
    if isinstance(quota.per, Rolling):
        return now.us - at.us < quota.per.span.us
    assert isinstance(quota.per, Calendar)
    then, today = clock(at, zone).date(), clock(now, zone).date()
    if quota.per.unit == "day":
        return then == today
    return then.isocalendar()[:2] == today.isocalendar()[:2]


# ── Ends of a journey come first ─────────────────────────────────────────────


@given(plans(), stories())
def test_nobody_stays_where_goal_or_exit_holds(plan, story):
    """J1."""
    contact, script = story
    engine = Engine(plan)

    def look(_before: ContactState, outcome: Outcome) -> None:
        state = outcome.state
        for enrolment in state.enrolments:
            journey = plan.journey(enrolment.journey)
            if enrolment.ended_at is not None:
                assert enrolment.ended_by
                continue
            assert enrolment.entered_at <= enrolment.stage_at <= state.at
            for condition in (journey.goal, journey.exit_when):
                if condition is not None:
                    scope = _scope(enrolment, state, plan)
                    seen = _seen(state, journey, enrolment)
                    assert not condition.holds(seen, state.at, scope)

    host = Host(engine, ContactState(contact), look)
    host.play(script)
    host.wake_until(end_of(script))
    for earlier, later in pairwise(host.given):
        assert earlier.at <= later.at


def _seen(state: ContactState, journey: Journey, enrolment: Enrolment) -> ContactState:
    """The state without the events of another key (J4)."""
    kept = [
        Event(name, state.contact.id, at=at, properties=fields, id=key)
        for name in state.timeline.series
        for at, key, fields in state.timeline.rows(name)
        if fields.get(journey.reentry.key) in {None, enrolment.key}
    ]
    return evolve(state, timeline=Timeline(kept)) if enrolment.key else state


def _scope(enrolment: Enrolment, state: ContactState, plan: Plan) -> Scope:
    running = [e for e in state.enrolments if e.ended_at is None]
    return Scope(
        entered_at=enrolment.entered_at,
        stage_at=enrolment.stage_at,
        timezone=plan.timezone,
        journeys={each.journey: each.stage for each in running},
    )


# ── E2: the order in a file does not matter ──────────────────────────────────


@given(plans(), stories(), st.randoms(use_true_random=False))
def test_the_order_of_journeys_and_quotas_changes_nobody_s_turn(plan, story, random):
    """E2."""
    contact, script = story
    journeys, quotas = list(plan.journeys), list(plan.quotas)
    random.shuffle(journeys)
    random.shuffle(quotas)
    other = Plan(
        journeys=journeys,
        segments=plan.segments,
        rules=plan.rules,
        tag_rules=plan.tag_rules,
        scores=plan.scores,
        quotas=quotas,
        gates=plan.gates,
        timezone=plan.timezone,
        channels=plan.channels,
        remember=plan.remember,
    )
    hosts = [Host(Engine(each), ContactState(contact)) for each in (plan, other)]
    for host in hosts:
        host.play(script)
        host.wake_until(end_of(script))
    assert _left(hosts[0]) == _left(hosts[1])


# ── J7: no task outlives what asked for it ───────────────────────────────────


def staffed(plan: Plan) -> Plan:
    """The plan, with every channel one that staff confirm, and a way out for all."""
    channels = [evolve(channel, confirmed_by_staff=True) for channel in plan.channels]
    gone = event("b").since_entry().exists()
    journeys = [
        journey if journey.exit_when is not None else evolve(journey, exit_when=gone)
        for journey in plan.journeys
    ]
    return evolve(plan, channels=channels, journeys=journeys)


@given(plans(kind=UNGATED).map(staffed), stories())
def test_no_task_outlives_what_asked_for_it(plan, story):
    """J7: each is taken back once, while open, when its visit has ended unfinished."""
    contact, script = story

    def look(before: ContactState, outcome: Outcome) -> None:
        open_before = {r.touch.id for r in before.ledger if _waits(r, outcome)}
        taken = [c.touch.id for c in outcome.commands if isinstance(c, Withdraw)]
        new = [c.touch.id for c in outcome.commands if isinstance(c, AssignTask)]
        assert len(taken) == len(set(taken))
        assert set(taken) <= open_before | set(new)
        ended = {e.place for e in before.enrolments if e.ended_at is None}
        for visit in outcome.state.enrolments:
            is_over = visit.ended_at is not None and visit.ended_by != "completed"
            if is_over and visit.place in ended:
                own = {s.touch_id for s in (*visit.earlier, *visit.steps)}
                assert open_before & own <= set(taken)

    host = Host(Engine(plan), ContactState(contact), look)
    host.play(script)
    host.wake_until(end_of(script))
    once = [given.command.touch.id for given in host.withdrawn]
    assert len(once) == len(set(once))


def _waits(record: TouchRecord, outcome: Outcome) -> bool:
    """Whether staff may still do it, as far as is known after the call."""
    known = outcome.state.ledger.find(record.touch.id)
    return known is not None and known.status_at(outcome.state.at) in {
        "reserved",
        "submitted",
    }


def test_the_pools_take_tasks_back():
    """Else the law above says little."""
    found = 0

    @settings(max_examples=500, database=None, phases=[Phase.generate])
    @given(plans(kind=UNGATED).map(staffed), stories())
    def collect(plan: Plan, story: tuple[Contact, list[Item]]) -> None:
        nonlocal found
        contact, script = story
        host = Host(Engine(plan), ContactState(contact))
        host.play(script)
        found += len(host.withdrawn)
        if found > 3:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        collect()


# ── E4: there is always an answer ────────────────────────────────────────────


@given(plans(), stories())
def test_why_has_an_answer_for_every_step(plan, story):
    """E4."""
    contact, script = story
    host = Host(Engine(plan), ContactState(contact))
    host.play(script)
    now = host.state.at
    for journey in plan.journeys:
        for stage in journey.stages:
            for step in stage.steps:
                why = host.engine.why(
                    host.state, journey=journey.name, step=step.name, now=now
                )
                assert "?" not in str(why)
                waits_for_anchor = why.reason in {"no_anchor", "passed"}
                assert (why.next_possible_at is not None) == (
                    why.decision in {"waiting", "deferred"} and not waits_for_anchor
                )


def test_the_pools_really_reach_every_outcome():
    """Else the laws above say little."""
    elsewhere = {"unknown_touch", "not_consented", "not_emitted", "unknown", "edited"}
    elsewhere |= {"withdrawn"}
    wanted = set(WORDS) - elsewhere
    found: set[str] = set()

    @settings(max_examples=800, database=None, phases=[Phase.generate])
    @given(plans(), stories(late=True))
    def collect(plan: Plan, story: tuple[Contact, list[Item]]) -> None:
        contact, script = story
        host = Host(Engine(plan), ContactState(contact))
        host.play(script)
        host.wake_until(end_of(script))
        found.update(entry.what for entry in host.journal)
        if found >= wanted:
            raise _EnoughError

    with contextlib.suppress(_EnoughError):
        collect()
    assert found - {"withdrawn"} == wanted


# ── C8: what is forgotten is never missed ────────────────────────────────────


class Forgetful(Host):
    """A host that compacts the state after every call."""

    def call(self, *inputs: Event | Receipt, now: Instant) -> None:
        super().call(*inputs, now=now)
        self.state = self.engine.compact(self.state, now=now)


@given(plans(), stories())
def test_compaction_changes_no_decision(plan, story):
    """C8."""
    contact, script = story
    whole = Host(Engine(plan), ContactState(contact))
    brief = Forgetful(Engine(plan), ContactState(contact))
    for host in (whole, brief):
        host.play(script)
        host.wake_until(end_of(script))
    assert _left(brief) == _left(whole)
    assert len(brief.state.timeline) <= len(whole.state.timeline)
    assert brief.state.enrolments == whole.state.enrolments
