"""Two states of one person made into one, and two again (K1).

Theory of operation
-------------------
1. Facts are merged as `facts.merge` says; the record which is fresh is the state that
   has lived longer.
2. Events and touches are everybody's. They are the survivor's from now on; their ids
   stay, so that a repeat or a receipt is still known. A ledger is the sum of both: no
   quota forgets what was sent under the other name.
3. Visits of a journey stay as the re-entry policy would have let that one person in:
   the theory of `standing` has the rules, that of `parting` how they go back.
4. Both states come back from the record. What happened since stays with the survivor,
   but for two things: receipts of the other one's touches, and how far an enrolment of
   theirs has come, so that nobody gets a step twice.
5. A state that was merged or taken apart is stale, and wants to be looked at at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, field, frozen
from typing_extensions import override

from privflow.display import Report, Table
from privflow.engine.plan import Plan
from privflow.engine.remembering import joined
from privflow.engine.standing import MergedVisit, standings
from privflow.engine.state import ContactState
from privflow.facts import (
    GUARD,
    Merge,
    MergeGuard,
    Properties,
    Series,
    Side,
    Timeline,
    content_key,
    merge,
)
from privflow.timing import Instant
from privflow.touches import Ledger, TouchRecord

_Row = tuple[int, str, Properties]


@frozen(kw_only=True)
class StateMerge(Report):
    """A merge of two states: what came of it, why, and how to undo it (合并记录).

    Args:
        contacts: how their facts were merged.
        older: the state that survives, as it was.
        newer: the other one, as it was.
        result: what they became.
        visits: what became of every visit of a journey.
    """

    contacts: Merge
    older: ContactState
    newer: ContactState
    result: ContactState
    visits: tuple[MergedVisit, ...] = field(
        default=(), converter=tuple[MergedVisit, ...]
    )

    @override
    def table(self) -> Table:
        """What was decided, as a table."""
        lines = (*self.contacts.lines, *(visit.line() for visit in self.visits))
        whole = evolve(self.contacts, lines=lines)
        return whole.table()


def merged_states(
    older: ContactState,
    newer: ContactState,
    plan: Plan,
    *,
    now: Instant,
    guard: MergeGuard = GUARD,
) -> StateMerge:
    """The merge of two states of one person.

    Raises:
        ProtocolError: they are one contact already, or the guard objects.
    """
    fresh: Side = "older" if _reached(older) > _reached(newer) else "newer"
    contacts = merge(older.contact, newer.contact, now=now, fresh=fresh, guard=guard)
    enrolments, visits = standings(older, newer, plan)
    ids = older.contact.id, newer.contact.id
    instants = [state.at for state in (older, newer) if state.at is not None]
    result = ContactState(
        contacts.result,
        timeline=_of_both(older.timeline, newer.timeline, *ids),
        enrolments=enrolments,
        ledger=_sum(older.ledger, owned(newer.ledger, ids[0])),
        inside=_inside(older, newer),
        offered=tuple(dict.fromkeys((*older.offered, *newer.offered))),
        seen=_seen(older, newer),
        rule_memory=joined(
            older.rule_memory, newer.rule_memory, plan.scores, contacts.result, now=now
        ),
        at=max(instants, default=None),
        wake_at=now,
        stale=bool(instants),
    )
    return StateMerge(
        contacts=contacts,
        older=older,
        newer=newer,
        result=result,
        visits=visits,
    )


def _reached(state: ContactState) -> int:
    return -1 if state.at is None else state.at.us


# ── What happened, and what was sent ─────────────────────────────────────────


def _of_both(
    mine: Timeline, theirs: Timeline, older_id: str, newer_id: str
) -> Timeline:
    """All events; those without an id of their own get that of the survivor's."""
    both = Timeline()
    for name in dict.fromkeys((*mine.series, *theirs.series)):
        rows = {row[:2]: row for row in rows_of(mine, name)}
        for at_us, key, fields in rows_of(theirs, name):
            own = content_key(name, newer_id, at_us, fields)
            new = content_key(name, older_id, at_us, fields) if key == own else key
            rows.setdefault((at_us, new), (at_us, new, fields))
        both.series[name] = Series.of(rows[place] for place in sorted(rows))
    return both


def rows_of(timeline: Timeline, name: str) -> Iterator[_Row]:
    """The events of a name as rows that sort."""
    return ((at.us, key, fields) for at, key, fields in timeline.rows(name))


def owned(records: Iterable[TouchRecord], contact_id: str) -> Ledger:
    """The touches, as those of a contact."""
    return Ledger(
        evolve(record, touch=evolve(record.touch, contact_id=contact_id))
        for record in records
    )


def _sum(mine: Ledger, theirs: Ledger) -> Ledger:
    """Every touch once, in the order of decision; at one instant those of `mine`."""
    known = {record.touch.id for record in mine}
    both = (*mine, *(record for record in theirs if record.touch.id not in known))
    return Ledger(sorted(both, key=lambda record: record.decided_at))


def _inside(older: ContactState, newer: ContactState) -> tuple[str, ...] | None:
    """The segments that either is known to be in: who was in does not come in."""
    if older.inside is None and newer.inside is None:
        return None
    return tuple(dict.fromkeys((*(older.inside or ()), *(newer.inside or ()))))


def _seen(older: ContactState, newer: ContactState) -> tuple[tuple[str, Instant], ...]:
    found = dict.fromkeys((*older.seen, *newer.seen))
    return tuple(sorted(found, key=lambda item: item[1]))
