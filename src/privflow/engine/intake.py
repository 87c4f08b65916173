"""Inputs: which ones are legal, in which order they come, what each one changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privflow.conditions import Trigger
from privflow.engine.entry import enter
from privflow.engine.firing import fire_rules
from privflow.engine.holding import reopen
from privflow.engine.reasking import ask_again
from privflow.engine.state import ContactState
from privflow.engine.turn import Turn
from privflow.errors import (
    FutureInputError,
    ProtocolError,
    TimeReversedError,
    WrongContactError,
)
from privflow.facts import CONSENT_GIVEN, Event, after_event, missing_from_consent
from privflow.timing import Instant, required_now
from privflow.touches import Receipt, TouchRecord

Input = Event | Receipt
"""What the engine is told."""


def check_call(state: object, inputs: Iterable[object], now: Instant) -> None:
    """Refuse a call that cannot be right, before anything is done about it."""
    if not isinstance(state, ContactState):
        problem = f"got a state of type {type(state).__name__}"
        raise ProtocolError(problem, _state_instead(state))
    required_now(now)
    if state.at is not None and now.us < state.at.us:
        raise TimeReversedError(state.at, now)
    for given in inputs:
        if isinstance(given, Event):
            if given.contact_id != state.contact.id:
                raise WrongContactError(state.contact.id, given.contact_id)
        elif not isinstance(given, Receipt):
            problem = f"got an input of type {type(given).__name__}"
            is_many = isinstance(given, list | tuple)
            remedy = "unpack it: advance(state, *inputs, now=now)"
            other = "hand in Event and Receipt values"
            raise ProtocolError(problem, remedy if is_many else other)
        if given.at.us > now.us:
            raise FutureInputError(given.at, now)


def _state_instead(given: object) -> str:
    """Where the state is that was meant."""
    if isinstance(getattr(given, "state", None), ContactState):
        return "pass its state: outcome.state"
    if isinstance(given, Mapping):
        return "read the document first: pf.load(document)"
    return "begin with pf.ContactState(contact)"


def in_order(inputs: tuple[Input, ...]) -> Iterable[Input]:
    """The inputs by instant; receipts before events; events by key (E7)."""
    return sorted(inputs, key=_order) if len(inputs) > 1 else inputs


def _order(given: Input) -> tuple[int, bool, str, str, str]:
    if isinstance(given, Event):
        return given.at.us, True, given.key, given.name, ""
    return given.at.us, False, given.touch_id, given.status, given.reason


def take(turn: Turn, given: Input, at: Instant) -> bool:
    """Take an input in at an instant.

    Returns:
        Whether it may have set something off, so that a look is due.
    """
    if isinstance(given, Event):
        return _take_event(turn, given, at)
    return _take_receipt(turn, given, at)


def _take_event(turn: Turn, event: Event, at: Instant) -> bool:
    key, index = event.key, turn.index
    timeline = turn.timeline
    if key not in turn.seen:
        timeline = timeline.with_row(event.name, event.at, key, event.properties)
    if timeline is turn.timeline:
        turn.note("repeated", at=at, subject=event.name)
        return False
    turn.seen = turn.seen.adding(key, at)
    turn.timeline = timeline
    is_late = event.at.us != at.us
    turn.note("late" if is_late else "received", event.at, "", event.name)
    turn.contact = after_event(turn.contact, event)
    if event.name == CONSENT_GIVEN and (missing := missing_from_consent(event)):
        turn.note("not_consented", event.at, "", missing, "incomplete")
    if turn.is_restricted(at):
        turn.is_unseen = True
        return False
    gates = index.opened_by.get(event.name, index.opened_by_any)
    opens = bool(gates) and ask_again(turn, at, gates)
    if turn.contact is not turn.asked:
        opens |= ask_again(turn, at)
    if opens or turn.is_unseen or turn.concerned_by(event.name):
        if is_late and turn.is_restricted(event.at):
            return True
        made = fire_rules(turn, event, key, at)
        _start_journeys(turn, event)
        for each in made:
            _start_journeys(turn, each)
        return True
    return False


def _start_journeys(turn: Turn, event: Event) -> None:
    started = turn.index.started_by_event
    if event.name not in started:
        return
    for journey in started[event.name]:
        start = journey.enter_on
        if isinstance(start, Trigger) and start.matches(event.properties):
            enter(turn, journey, event.at, event.properties)


def _take_receipt(turn: Turn, receipt: Receipt, at: Instant) -> bool:
    """Write a receipt into the ledger, and let those who wait know of a free place."""
    before_ledger = turn.ledger
    before = before_ledger.find(receipt.touch_id)
    if before is None:
        turn.note("unknown_touch", at=at, subject=receipt.touch_id)
        return False
    ledger = turn.ledger.informed(receipt)
    is_news = ledger is not turn.ledger or receipt.status == "unknown"
    turn.ledger = ledger
    turn.note(
        "receipt" if is_news else "repeated",
        at=receipt.at,
        subject=receipt.touch_id,
        reason=receipt.reason or receipt.status,
    )
    after = ledger.find(receipt.touch_id) or before
    if _is_overdue(before, at) and not _is_overdue(after, at):
        turn.note("late", at=receipt.at, subject=receipt.touch_id, reason="lapsed")
    if before.released_at is not None and after.released_at is None:
        turn.note("late", at=receipt.at, subject=receipt.touch_id, reason="cancelled")
    if turn.is_restricted(at):
        return False
    is_freed = before.released_at is None and after.released_at is not None
    is_held = is_freed and receipt.status == "held"
    if is_held:
        reopen(turn, receipt, before.touch, at)
    is_new = ledger is not before_ledger
    return (is_new and ask_again(turn, at, turn.index.counting)) or is_held


def _is_overdue(record: TouchRecord, at: Instant) -> bool:
    """Whether the reservation has lapsed, and its place may have been given away."""
    return record.lapses_at is not None and record.lapses_at <= at


def note_lapses(turn: Turn, at: Instant) -> None:
    """Say of each reservation that lapses at an instant that it does (Q4)."""
    for us, touch_id in turn.ledger.deadlines():
        if us == at.us:
            turn.note("lapsed", at=at, subject=touch_id, reason="unconfirmed")
