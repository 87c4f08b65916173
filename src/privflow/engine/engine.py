"""The one place where state changes: state and input in, state and commands out.

Theory of operation
-------------------
1. `advance` is pure. It works on a copy, and whatever raises has changed nothing.
2. Time is lived through in order: everything due before an input is decided at its own
   instant before the input is taken in, and everything due up to `now` after the last.
3. A look at an instant judges segments, goals, exits and ways until nobody moves any
   more, and then the steps that are due; what those bring about is looked at in turn.
   An input that can set nothing off is filed, and nobody looks.
4. Touches leave at `now` alone. What was due before waits until every input is in.
5. While processing is restricted nobody looks: inputs are filed and time passes. The
   first look after it sees everything, and skips what was due meanwhile.
6. An input is taken in once; its key is remembered for the plan's horizon.
"""

from __future__ import annotations

from functools import cached_property
from typing import get_args

from attrs import evolve
from typing_extensions import override

from privflow.conditions import Language
from privflow.engine.command import Outcome
from privflow.engine.entry import enter, inside
from privflow.engine.forgetting import (
    Settling,
    ledger_without_the_past,
    settled,
    settling_of,
)
from privflow.engine.horizon import Horizons, horizons_of_plan
from privflow.engine.index import Index
from privflow.engine.intake import Input, check_call, in_order, take
from privflow.engine.leaving import leave_by_hand
from privflow.engine.look import live_until, look
from privflow.engine.merging import StateMerge, merged_states
from privflow.engine.plan import Plan, required_plan
from privflow.engine.reminding import remind
from privflow.engine.state import ContactState
from privflow.engine.turn import Turn
from privflow.engine.unmerging import unmerged_states
from privflow.engine.wake import next_due
from privflow.engine.why import Question, Why
from privflow.engine.withdrawing import withdraw, withdraw_all
from privflow.errors import ProtocolError
from privflow.facts import GUARD, MergeGuard
from privflow.timing import Instant
from privflow.touches import one_of


class Engine:
    """Decides for one contact, some input and one instant what to send, and why not.

    Shape:
        Holds the plan and nothing else; one engine serves any number of contacts, in
        any number of threads. The host serialises the inputs of one contact.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = required_plan("Engine.plan", plan)
        self._index = Index(plan)

    @override
    def __repr__(self) -> str:
        return f"<Engine of {self.plan!r}>"

    def advance(self, state: ContactState, *inputs: Input, now: Instant) -> Outcome:
        """Take in inputs and let time pass until `now`.

        Args:
            inputs: events and receipts of this contact, in any order; those known
                already change nothing.
            now: the host's present; never before the state's own `at`.

        Raises:
            ProtocolError: `now` is no instant, or an input no event and no receipt.
            WrongContactError: an event is another contact's.
            TimeReversedError: `now` lies before `state.at`.
            FutureInputError: an input claims to have happened after `now`.
        """
        check_call(state, inputs, now)
        turn = Turn(self._index, state, now)
        if self._index.is_choosy:
            _note_before(turn, inputs)
        for given in in_order(inputs):
            at, reached = given.at, turn.reached
            if reached is not None and at.us < reached.us:
                at = reached  # it comes late
            live_until(turn, at)
            if take(turn, given, at):
                look(turn, at)
        turn.has_everything = True
        live_until(turn, now)
        if turn.is_unseen or not (inputs or turn.has_looked):
            look(turn, now)
        return self._closed(turn)

    def enrol(
        self, state: ContactState, journey: str, *, now: Instant, key: str = ""
    ) -> Outcome:
        """Start a journey by hand, as its re-entry policy and audience allow (J1a).

        Args:
            key: which visit it is, for a journey with a key: the order's number.

        Raises:
            UnknownNameError: the plan has no such journey.
            TimeReversedError: `now` lies before `state.at`.
        """
        found = self.plan.journey(journey)
        check_call(state, (), now)
        turn = Turn(self._index, state, now)
        turn.has_everything = True
        if self._index.is_choosy:
            _note_before(turn, ())
        live_until(turn, now)
        enter(turn, self._index.journeys[found.name], now, key=key)
        look(turn, now)
        return self._closed(turn)

    def leave(
        self, state: ContactState, journey: str | None = None, *, now: Instant
    ) -> Outcome:
        """End every visit of a journey by hand, or of all journeys, as `hand`.

        What is due at `now` there is not sent any more, and tasks that staff have not
        done are taken back (`Withdraw`). Without a journey these are all tasks, those
        of rules included: call it before you erase somebody, with processing restricted
        so that nothing else is begun.

        Raises:
            UnknownNameError: neither the plan nor the state has such a journey.
            TimeReversedError: `now` lies before `state.at`.
        """
        check_call(state, (), now)
        if journey is not None and state.enrolment(journey) is None:
            journey = self.plan.journey(journey).name
        turn = Turn(self._index, state, now)
        if self._index.is_choosy:
            _note_before(turn, ())
        if state.at is not None and state.at.us < now.us:
            live_until(turn, Instant(now.us - 1))
        leave_by_hand(turn, journey, now)
        turn.has_everything = True
        live_until(turn, now)
        look(turn, now)
        if journey is None:
            withdraw(turn)
            withdraw_all(turn, "hand")
        return self._closed(turn)

    def _closed(self, turn: Turn) -> Outcome:
        """What is told at the end of a call, when all of it has been taken in."""
        if self._index.reminds:
            remind(turn)
        if turn.parted:
            withdraw(turn)
        next_due(turn)
        return turn.outcome()

    def compact(self, state: ContactState, *, now: Instant) -> ContactState:
        """The state without what the plan can never ask about again (C8).

        Events go, and touches that no gate counts any more, that nobody waits for and
        that no step of an enrolment names. Every later answer stays the same, for this
        plan: a condition or quota that is new in a later one sees what was kept. Where
        a gate of your own does not say what it recalls, everything is kept.

        Args:
            now: never before the state's own `at`, nor after the next call.

        Raises:
            TimeReversedError: `now` lies before `state.at`.
        """
        check_call(state, (), now)
        horizons = self._horizons
        if horizons is None:
            return state
        plan = self._index.plan
        used_up = settled(plan, state, self._settling, now=now)
        keep = {name: horizons.of(name) for name in state.timeline.series}
        keep |= {grants.granted_by.name: now - at for grants, at in used_up.items()}
        return evolve(
            state,
            timeline=state.timeline.compacted(keep, now=now),
            ledger=ledger_without_the_past(plan, state, now=now, settled=used_up),
        )

    def merge(
        self,
        older: ContactState,
        newer: ContactState,
        *,
        now: Instant,
        guard: MergeGuard = GUARD,
    ) -> StateMerge:
        """Make one of two states of one person; nothing is decided by it (K1).

        Save `result` under the older contact's id, keep the record, send inputs of both
        there from now on, and advance: the result wants to be looked at at once.

        Args:
            older: whose id survives, and with it their buckets.
            now: never before either state's own `at`.

        Raises:
            ProtocolError: they are one contact already, or the guard objects.
            TimeReversedError: `now` lies before what either has lived through.
        """
        for state in (older, newer):
            check_call(state, (), now)
        return merged_states(older, newer, self.plan, now=now, guard=guard)

    def unmerge(
        self, state: ContactState, record: StateMerge, *, now: Instant
    ) -> tuple[ContactState, ContactState]:
        """Take two people apart again who were taken for one (K1).

        Args:
            state: of the survivor, as it is now.
            record: what `merge` gave.

        Returns:
            The state of the survivor, and that of the other one. What happened since
            the merge stays with the survivor, but for receipts of the other one's
            touches, and how far an enrolment of theirs has come.

        Raises:
            ProtocolError: the merge is not one of this contact's, or has been undone.
            TimeReversedError: `now` lies before `state.at`.
        """
        check_call(state, (), now)
        return unmerged_states(state, record, self.plan, now=now)

    @cached_property
    def _settling(self) -> tuple[Settling, ...]:
        return settling_of(self._index.plan)

    @cached_property
    def _horizons(self) -> Horizons | None:
        return horizons_of_plan(self._index.plan)

    def why(  # noqa: PLR0913 - each names a part of the question, and all by keyword
        self,
        state: ContactState,
        *,
        journey: str = "",
        step: str = "",
        touch: str = "",
        now: Instant,
        key: str | None = None,
        language: Language = "en",
    ) -> Why:
        """Why a step, or a touch, was sent, waits, was blocked, skipped, never reached.

        It answers from the state: of a day that is over, pass the state as it was saved
        then, or read the journal of that day.

        Args:
            touch: the id of a touch, in place of journey and step.
            key: in which visit, for a journey with a key; in the latest one if None.
            language: of the answer, `"en"` or `"zh"`.

        Raises:
            ProtocolError: neither a touch nor a step is named, or both are.
            TimeReversedError: `now` lies before `state.at`.
            UnknownNameError: there is no such journey, step or touch.
        """
        check_call(state, (), now)
        one_of("language", language, get_args(Language))
        if bool(touch) == bool(journey or step):
            problem = f"got touch={touch!r}, journey={journey!r} and step={step!r}"
            raise ProtocolError(problem, "name a touch, or a journey and its step")
        asked = Question(state=state, index=self._index, now=now, language=language)
        if touch:
            return asked.of_touch(touch)
        return asked.of_step(self.plan.journey(journey), step, key)


def _note_before(turn: Turn, inputs: tuple[Input, ...]) -> None:
    """Who belongs to a segment before anything is taken in is a current member."""
    index = turn.index
    if turn.offered != index.offered:
        turn.baseline = inside(turn, min((i.at for i in inputs), default=turn.now))
