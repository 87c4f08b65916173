"""Two states again out of one, with what happened since (K1)."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve, frozen

from privflow.engine.merging import StateMerge, owned, rows_of
from privflow.engine.plan import Plan
from privflow.engine.remembering import Parting
from privflow.engine.standing import beside, named
from privflow.engine.state import ContactState
from privflow.facts import Series, Timeline
from privflow.journeys import Enrolment, StepState
from privflow.timing import Instant
from privflow.touches import Ledger

_ENDED_BY = "unmerged"


def unmerged_states(
    state: ContactState, record: StateMerge, plan: Plan, *, now: Instant
) -> tuple[ContactState, ContactState]:
    """Both states, the survivor's first.

    Raises:
        ProtocolError: it is not the survivor of this merge, or no longer.
    """
    older, newer = record.contacts.undo(state.contact)
    theirs = _ids(record.newer) - _ids(record.older)
    mine, gone = _parted(state, record, now)
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


def _ids(state: ContactState) -> frozenset[str]:
    return frozenset(record.touch.id for record in state.ledger)


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


# ── Enrolments ───────────────────────────────────────────────────────────────


def _parted(
    state: ContactState, record: StateMerge, now: Instant
) -> tuple[tuple[Enrolment, ...], tuple[Enrolment, ...]]:
    """The enrolments of the survivor, and those of the other one."""
    of = {line.name: line.of for line in record.journeys}
    mine: list[Enrolment] = []
    theirs: dict[tuple[str, str], Enrolment] = {}
    extras = {extra.place for extra in beside(record.older)}
    for current in state.enrolments:
        merged = record.result.enrolment(current.journey, key=current.key)
        if merged is None or current.place in extras:
            mine.append(current)
            continue
        parting = _Parting(record, merged, current, of[named(current)], now)
        mine += [e for e in (parting.older(),) if e is not None]
        found = (e for e in (parting.newer(),) if e is not None)
        theirs |= {(e.journey, e.key): e for e in found}
    others = {extra.place for extra in beside(record.newer)}
    gone = (
        own if own.place in others else theirs.get((own.journey, own.key), own)
        for own in record.newer.enrolments
    )
    return tuple(mine), tuple(gone)


@frozen
class _Parting:
    """One journey of a merge that is being undone.

    Args:
        merged: what stayed.
        current: what that is now: the same visit, or a later one.
        of: whose it was that stayed.
    """

    record: StateMerge
    merged: Enrolment
    current: Enrolment
    of: str
    now: Instant

    @property
    def is_over(self) -> bool:
        """Whether the visit that stayed has made room for another."""
        return self.current.entered_at != self.merged.entered_at

    def older(self) -> Enrolment | None:
        """What the survivor keeps."""
        mine = self.record.older.enrolment(self.current.journey, key=self.current.key)
        if self.current == self.merged:
            return mine
        if self.of == "older" or self.is_over:
            return _with_own(self.current, mine, _ids(self.record.newer))
        if mine is not None and mine.ended_at is None:
            # no touch of theirs to come may have the id of one sent since
            return evolve(mine, visit=self.current.visit + 1)
        return _ended(self.current, self.now)

    def newer(self) -> Enrolment | None:
        """What the other one gets back."""
        theirs = self.record.newer.enrolment(self.current.journey, key=self.current.key)
        if theirs is None or self.of == "older" or self.current == self.merged:
            return theirs
        if self.is_over:
            return _ended(theirs, self.now)
        own = _with_own(self.current, theirs, _ids(self.record.older))
        return evolve(own, visit=theirs.visit)


def _ended(enrolment: Enrolment, now: Instant) -> Enrolment:
    """The enrolment that goes no further, where it has not ended."""
    if enrolment.ended_at is not None:
        return enrolment
    return enrolment.left(at=now, by=_ENDED_BY)


def _with_own(
    current: Enrolment, own: Enrolment | None, others: Collection[str]
) -> Enrolment:
    """The enrolment without steps that only the other one was sent."""

    def given_back(state: StepState) -> StepState:
        before = None if own is None else own.step(state.step)
        return before if before is not None and state.touch_id in others else state

    return evolve(current, steps=tuple(map(given_back, current.steps)))
