"""Any two people merged and parted: nothing is lost, nothing comes twice (K1)."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.documents import dump, load
from privflow.engine import ContactState, Engine, Outcome, Plan
from privflow.quotas import TouchQuota
from privflow.timing import Instant, span
from strategies.host import Host
from strategies.plan import STARTS, contacts, plans
from strategies.script import Happens, Item, scripts


def plain(state: ContactState) -> ContactState:
    """The state without when it is looked at next."""
    return evolve(state, at=None, wake_at=None, stale=False)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Engine, ContactState, ContactState, Instant]:
    """Two people who lived with one plan, and an instant after it all."""
    eng = Engine(draw(plans()))
    start = draw(st.sampled_from(STARTS))
    states = []
    for name in ("c-1", "c-2"):
        host = Host(eng, ContactState(evolve(draw(contacts(start=start)), id=name)))
        script = draw(scripts(start=start, most=5))
        host.play(_of(item, name) for item in script)
        states.append(host.state)
    return eng, *states, max(state.at for state in states) + span("1h")


def _of(item: Item, name: str) -> Item:
    if isinstance(item, Happens):
        return evolve(item, event=evolve(item.event, contact_id=name))
    return item


def _told(state: ContactState, before: ContactState) -> ContactState:
    """The state, as if it had never been compared with segments as somebody else."""
    return evolve(state, inside=before.inside, offered=before.offered)


@given(pairs())
@settings(max_examples=60)
def test_undoing_a_merge_at_once_gives_both_states_back(pair):
    """K1."""
    eng, one, two, now = pair
    made = eng.merge(one, two, now=now)
    older, newer = eng.unmerge(made.result, made, now=now)
    assert plain(newer) == plain(two)
    assert plain(_told(older, one)) == plain(one)
    assert load(dump(made)) == made


@given(pairs(), scripts(most=5))
@settings(max_examples=60)
def test_a_merged_contact_lives_on_by_the_same_laws(pair, script):
    """K1, E1, J2, J4, Q4.

    Every touch once, none of either lost, no quota broken anew, no more visits at once
    than the journey lets in; and the same for both when they are two again.
    """
    eng, one, two, now = pair
    made = eng.merge(one, two, now=now)
    state = made.result
    _check_visits(eng.plan, state)
    ids = {record.touch.id for record in (*one.ledger, *two.ledger)}
    assert {record.touch.id for record in state.ledger} == ids
    assert len(state.timeline) <= len(one.timeline) + len(two.timeline)

    def look(_, outcome) -> None:
        _check_visits(eng.plan, outcome.state)
        for quota in eng.plan.quotas:
            if isinstance(quota, TouchQuota):
                _check(quota, outcome)

    host = Host(eng, state, look)
    _live_on(host, script, now)
    ledger = host.state.ledger
    assert ids <= {record.touch.id for record in ledger}
    assert len({record.touch.id for record in ledger}) == len(ledger)
    decided = [record.decided_at for record in ledger]
    assert decided == sorted(decided)
    older, newer = eng.unmerge(host.state, made, now=host.state.at)
    both = [Host(eng, older), Host(eng, newer)]
    for each in both:
        assert len({e.place for e in each.state.enrolments}) == len(
            each.state.enrolments
        )
        _live_on(each, script, host.state.at + span("1h"))
    ids = [record.touch.id for each in both for record in each.state.ledger]
    assert len(ids) == len(set(ids))


def _live_on(host: Host, script: list[Item], start: Instant) -> None:
    """The same script once more, from an instant on."""
    shift = start.us - script[0].at.us
    host.call(now=start)
    for item in script:
        at = Instant(item.at.us + shift)
        host.wake_until(at)
        if isinstance(item, Happens):
            own = evolve(
                item.event,
                at=at,
                id=f"later-{item.event.id}-{at.us}",
                contact_id=host.state.contact.id,
            )
            host.call(own, now=at)


def _check_visits(plan: Plan, state: ContactState) -> None:
    """As many visits at once as the journey lets in, and one of each key."""
    for each in plan.journeys:
        visits = [e for e in state.enrolments if e.journey == each.name]
        running = [visit for visit in visits if visit.ended_at is None]
        assert len({visit.visit for visit in visits}) == len(visits)
        assert len(running) <= each.reentry.at_most
        keys = [visit.key for visit in running if visit.key]
        assert len(keys) == len(set(keys))


def _check(quota: TouchQuota, outcome: Outcome) -> None:
    """What leaves leaves within the limit, however full it was by the merge."""
    if not any(quota.matches(command.touch) for command in outcome.commands):
        return
    zone = outcome.state.contact.timezone
    if zone is None or quota.limit is None or quota.counts_on != "submitted":
        return
    start, end = quota.per.bounds(outcome.state.at.us, zone)
    counted = [
        record
        for record in outcome.state.ledger
        if quota.matches(record.touch)
        and record.released_at is None
        and (record.lapses_at is None or record.lapses_at > outcome.state.at)
        and start <= record.decided_at.us < end
    ]
    assert len(counted) <= quota.limit
