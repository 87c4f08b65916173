"""The one place where state changes: state and input in, state and commands out.

Theory of operation
-------------------
1. `advance` is pure. It works on a copy, and whatever raises has changed nothing.
2. Time is lived through in order: everything due before an input is decided at its own
   instant before the input is taken in, and everything due up to `now` after the last.
3. For an input: facts → rules → journeys that it starts → segments crossed → goals,
   exits and ways → steps that are due → gates → commands.
4. An input is taken in once; its key is remembered for the plan's horizon.
"""

from __future__ import annotations

from privflow.conditions import Trigger
from privflow.engine.attempt import attempt_due
from privflow.engine.command import Outcome
from privflow.engine.firing import fire_rules
from privflow.engine.index import Index
from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.engine.travel import cross, enter, next_instant, settle
from privflow.engine.turn import Turn
from privflow.engine.why import Why, explained_step
from privflow.errors import (
    FutureInputError,
    ProtocolError,
    TimeReversedError,
    WrongContactError,
)
from privflow.facts import Event, after_event
from privflow.timing import Instant
from privflow.touches import Receipt

Input = Event | Receipt


class Engine:
    """Decides for one contact, some input and one instant what to send, and why not.

    Shape:
        Holds the plan and nothing else; one engine serves any number of contacts, in
        any number of threads. The host serialises the inputs of one contact.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._index = Index(plan)

    def advance(self, state: ContactState, *inputs: Input, now: Instant) -> Outcome:
        """Take in inputs and let time pass until `now`.

        Args:
            inputs: events and receipts of this contact, in any order; those known
                already change nothing.
            now: the host's present; never before the state's own `at`.

        Raises:
            WrongContactError: an event is another contact's.
            TimeReversedError: `now` lies before `state.at`.
            FutureInputError: an input claims to have happened after `now`.
        """
        _check(state, inputs, now)
        turn = Turn(self._index, state, now)
        reached = state.at
        for given in sorted(inputs, key=_order):
            at = given.at if reached is None else max(given.at, reached)
            reached = self._live_until(turn, reached, at)
            self._take(turn, given, at)
        reached = self._live_until(turn, reached, now)
        if not inputs or turn.inside is None:
            _live_through(turn, now)
        return turn.outcome(next_instant(turn, now))

    def enrol(self, state: ContactState, journey: str, *, now: Instant) -> Outcome:
        """Start a journey by hand, as its re-entry policy and audience allow (J1a).

        Raises:
            UnknownNameError: the plan has no such journey.
            TimeReversedError: `now` lies before `state.at`.
        """
        found = self.plan.journey(journey)
        _check(state, (), now)
        turn = Turn(self._index, state, now)
        self._live_until(turn, state.at, now)
        enter(turn, found, now)
        _live_through(turn, now)
        return turn.outcome(next_instant(turn, now))

    def why(self, state: ContactState, *, journey: str, step: str, now: Instant) -> Why:
        """Why a step was sent, waits, was blocked, skipped or never reached.

        Raises:
            UnknownNameError: the plan has no such journey, or the journey no such step.
        """
        return explained_step(state, self.plan.journey(journey), step, now=now)

    def _live_until(self, turn: Turn, reached: Instant | None, end: Instant) -> Instant:
        """Decide everything due up to an instant, each thing at its own."""
        if reached is None:
            return end
        while (at := next_instant(turn, reached)) is not None and at <= end:
            _live_through(turn, at)
            reached = at
        return end

    def _take(self, turn: Turn, given: Input, at: Instant) -> None:
        key = _key(given)
        if key in turn.seen or (
            isinstance(given, Event) and turn.timeline.knows(given)
        ):
            turn.note("repeated", at=at, subject=_subject(given))
            return
        turn.seen[key] = given.at
        if isinstance(given, Event):
            _take_event(turn, given, at)
        else:
            _take_receipt(turn, given, at)


def _take_event(turn: Turn, event: Event, at: Instant) -> None:
    turn.note("received" if event.at == at else "late", at=event.at, subject=event.name)
    turn.timeline = turn.timeline.with_event(event)
    turn.contact = after_event(turn.contact, event)
    fire_rules(turn, event, at)
    for journey in turn.index.started_by_event.get(event.name, ()):
        start = journey.enter_on
        if isinstance(start, Trigger) and start.matches(event.properties):
            enter(turn, journey, event.at, event.properties)
    _live_through(turn, at)


def _take_receipt(turn: Turn, receipt: Receipt, at: Instant) -> None:
    if turn.ledger.find(receipt.touch_id) is None:
        turn.note("unknown_touch", at=at, subject=receipt.touch_id)
        return
    turn.ledger = turn.ledger.informed(receipt)
    turn.ledger_before = turn.ledger
    turn.note(
        "receipt",
        at=receipt.at,
        subject=receipt.touch_id,
        reason=receipt.reason or receipt.status,
    )


def _live_through(turn: Turn, at: Instant) -> None:
    """Decide everything that is due at an instant."""
    cross(turn, at)
    settle(turn, at)
    attempt_due(turn, at)
    settle(turn, at)


def _check(state: ContactState, inputs: tuple[Input, ...], now: Instant) -> None:
    if not isinstance(now, Instant):
        remedy = "pass now=pf.instant('2026-10-20T09:30+08:00')"
        raise ProtocolError(f"got now={now!r}, expected an instant", remedy)
    if state.at is not None and now < state.at:
        raise TimeReversedError(state.at, now)
    for given in inputs:
        if not isinstance(given, Event | Receipt):
            problem = f"got an input of type {type(given).__name__}"
            raise ProtocolError(problem, "hand in Event and Receipt values")
        if isinstance(given, Event) and given.contact_id != state.contact.id:
            raise WrongContactError(state.contact.id, given.contact_id)
        if given.at > now:
            raise FutureInputError(given.at, now)


def _order(given: Input) -> tuple[int, int, str]:
    return given.at.us, isinstance(given, Event), _key(given)


def _key(given: Input) -> str:
    if isinstance(given, Event):
        return f"event:{given.key}"
    return f"receipt:{given.touch_id}:{given.status}:{given.at.us}"


def _subject(given: Input) -> str:
    return given.name if isinstance(given, Event) else given.touch_id
