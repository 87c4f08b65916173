"""Two states again out of one, with what happened since (K1)."""

from __future__ import annotations

from attrs import evolve

from privflow.engine.merging import StateMerge, owned, rows_of
from privflow.engine.parting import parted, touch_ids
from privflow.engine.plan import Plan
from privflow.engine.remembering import Parting
from privflow.engine.state import ContactState
from privflow.facts import Series, Timeline
from privflow.timing import Instant
from privflow.touches import Ledger


def unmerged_states(
    state: ContactState, record: StateMerge, plan: Plan, *, now: Instant
) -> tuple[ContactState, ContactState]:
    """Both states, the survivor's first.

    Raises:
        ProtocolError: it is not the survivor of this merge, or no longer.
    """
    older, newer = record.contacts.undo(state.contact)
    theirs = touch_ids(record.newer) - touch_ids(record.older)
    mine, gone = parted(state, record, now=now)
    told = owned((r for r in state.ledger if r.touch.id in theirs), newer.id)
    survivor = ContactState(
        older,
        timeline=_left(state, record),
        enrolments=mine,
        ledger=Ledger(r for r in state.ledger if r.touch.id not in theirs),
        inside=state.inside,
        offered=state.offered,
        seen=_seen_since(state, record),
        rule_memory=_memories(record).survivor(
            state.rule_memory, plan.scores, older, now=now
        ),
        at=state.at,
        wake_at=now,
        stale=state.at is not None,
    )
    other = evolve(
        record.newer,
        contact=newer,
        enrolments=gone,
        ledger=_told(record.newer.ledger, told),
        wake_at=now,
        stale=record.newer.at is not None,
    )
    return survivor, other


def _memories(record: StateMerge) -> Parting:
    both = record.older.rule_memory, record.newer.rule_memory
    return Parting(*both, record.result.rule_memory)


def _told(ledger: Ledger, told: Ledger) -> Ledger:
    """The ledger with what was heard of its touches since."""
    news = {record.touch.id: record for record in told}
    return Ledger(news.get(record.touch.id, record) for record in ledger)


def _left(state: ContactState, record: StateMerge) -> Timeline:
    """The survivor's events: all but those that the other one brought."""
    left = Timeline()
    for name in state.timeline.series:
        mine = {row[:2] for row in rows_of(record.older.timeline, name)}
        theirs = {row[:2] for row in rows_of(record.result.timeline, name)} - mine
        rows = [row for row in rows_of(state.timeline, name) if row[:2] not in theirs]
        if rows:
            left.series[name] = Series.of(rows)
    return left


def _seen_since(
    state: ContactState, record: StateMerge
) -> tuple[tuple[str, Instant], ...]:
    theirs = set(record.newer.seen) - set(record.older.seen)
    return tuple(item for item in state.seen if item not in theirs)
