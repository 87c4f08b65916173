"""Which touches a plan can forget, and which grants with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from privflow.engine.horizon import horizons_of_plan
from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.quotas import Grants
from privflow.timing import Instant, Span
from privflow.touches import Forgetting, Gate, Ledger, TouchRecord

Settling = tuple[Grants, Span]
"""Grants, and how long their events matter to anything else in the plan."""


def settling_of(plan: Plan) -> tuple[Settling, ...]:
    """The grants that can be forgotten when they are used up: nobody else counts them.

    While inputs are remembered a consent is kept: a repeat of it is to be known.
    """
    found = []
    for gate in _gates(plan):
        if isinstance(gate, Grants):
            others = horizons_of_plan(plan, without=gate)
            needed = None if others is None else others.of(gate.granted_by.name)
            if needed is not None:
                found.append((gate, max(needed, plan.remember)))
    return tuple(found)


def settled(
    plan: Plan, state: ContactState, settling: Iterable[Settling], *, now: Instant
) -> Mapping[Grants, Instant]:
    """Until when all that was granted is used up or revoked, and can be forgotten."""
    found = {}
    for gate, needed in settling:
        memory = _memory(plan, state, [g for g in _gates(plan) if g is not gate])

        def is_needed(
            record: TouchRecord, gate: Grants = gate, memory: _Memory = memory
        ) -> bool:
            end = gate.matters_until(record) if record.lapses_at else now
            return end is None or now < end or memory.keeps(record, now)

        at = gate.settled_at(
            state.timeline, state.ledger, upto=now - needed, is_needed=is_needed
        )
        if at is not None:
            found[gate] = at
    return found


def ledger_without_the_past(
    plan: Plan,
    state: ContactState,
    *,
    now: Instant,
    settled: Mapping[Grants, Instant],
) -> Ledger:
    """The ledger without touches that can change no answer of the plan any more.

    A touch stays as long as a gate says that it matters, a step of an enrolment names
    it, its reservation may lapse, which the journal shall say, or the plan remembers
    inputs about it: a receipt that is repeated shall find it.

    Args:
        settled: until when grants are forgotten, and hence their uses.
    """
    gates = _gates(plan)
    if not all(isinstance(gate, Forgetting) for gate in gates):
        return state.ledger
    memory = _memory(plan, state, gates, settled)
    return state.ledger.keeping(lambda record: memory.keeps(record, now))


def _gates(plan: Plan) -> tuple[Gate, ...]:
    return (*plan.gates, *plan.quotas)


def _memory(
    plan: Plan,
    state: ContactState,
    gates: Iterable[Gate],
    settled: Mapping[Grants, Instant] | None = None,
) -> _Memory:
    return _Memory(
        gates=tuple(gates),
        named=frozenset(_named(state)),
        lives=_lives(plan),
        remember=plan.remember,
        reached=state.at,
        settled=settled or {},
    )


@frozen(kw_only=True)
class _Memory:
    """What still matters.

    Args:
        gates: one that does not say how long a touch matters keeps it for ever.
        named: touches that steps name: `why` reads them back.
        lives: channel to how long its one-shot code lives.
        reached: until when the contact's life has been lived through.
        settled: until when uses of grants are forgotten.
    """

    gates: tuple[Gate, ...]
    named: frozenset[str]
    lives: dict[str, Span]
    remember: Span
    reached: Instant | None
    settled: Mapping[Grants, Instant]

    def keeps(self, record: TouchRecord, now: Instant) -> bool:
        """Whether a touch can still matter to anybody."""
        if record.touch.id in self.named or now <= _last_news(record) + self.remember:
            return True
        life = self.lives.get(record.touch.channel)
        if life is not None and now <= record.decided_at + life:
            return True
        lapses_at = record.lapses_at
        if lapses_at is not None and (not self.reached or self.reached < lapses_at):
            return True
        ends = (self._end(gate, record) for gate in self.gates)
        return any(end is None or now < end for end in ends)

    def _end(self, gate: Gate, record: TouchRecord) -> Instant | None:
        """From when on a touch does not matter to a gate; None for never."""
        if isinstance(gate, Grants):
            at = self.settled.get(gate)
            if at is not None and record.decided_at <= at:
                return record.decided_at
        return gate.matters_until(record) if isinstance(gate, Forgetting) else None


def _last_news(record: TouchRecord) -> Instant:
    return max((record.decided_at, *(at for _, at in record.moments)))


def _named(state: ContactState) -> Iterator[str]:
    for enrolment in state.enrolments:
        for _, touch_id in (*enrolment.steps.touches(), *enrolment.earlier.touches()):
            yield touch_id


def _lives(plan: Plan) -> dict[str, Span]:
    return {c.name: c.token.within for c in plan.channels if c.token is not None}
