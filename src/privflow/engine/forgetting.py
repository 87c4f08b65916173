"""Which touches a plan can forget."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.timing import Instant, Span
from privflow.touches import Forgetting, Ledger, TouchRecord


def ledger_without_the_past(plan: Plan, state: ContactState, *, now: Instant) -> Ledger:
    """The ledger without touches that can change no answer of the plan any more.

    A touch stays as long as a gate says that it matters, a step of an enrolment names
    it, its reservation may lapse, which the journal shall say, or the plan remembers
    inputs about it: a receipt that is repeated shall find it.
    """
    gates = (*plan.gates, *plan.quotas)
    forgetting = tuple(gate for gate in gates if isinstance(gate, Forgetting))
    if len(forgetting) < len(gates):
        return state.ledger
    named = frozenset(_named(state))
    memory = _Memory(forgetting, named, _lives(plan), plan.remember, state.at)
    return state.ledger.keeping(lambda record: memory.keeps(record, now))


@frozen
class _Memory:
    """What still matters.

    Args:
        named: touches that steps name: `why` reads them back.
        lives: channel to how long its one-shot code lives.
        reached: until when the contact's life has been lived through.
    """

    gates: tuple[Forgetting, ...]
    named: frozenset[str]
    lives: dict[str, Span]
    remember: Span
    reached: Instant | None

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
        ends = (gate.matters_until(record) for gate in self.gates)
        return any(end is None or now < end for end in ends)


def _last_news(record: TouchRecord) -> Instant:
    return max((record.decided_at, *(at for _, at in record.moments)))


def _named(state: ContactState) -> Iterator[str]:
    for enrolment in state.enrolments:
        for _, touch_id in (*enrolment.steps.touches(), *enrolment.earlier.touches()):
            yield touch_id


def _lives(plan: Plan) -> dict[str, Span]:
    return {c.name: c.token.within for c in plan.channels if c.token is not None}
