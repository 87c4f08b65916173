"""A step that may leave: its channels, its gates, and what becomes of it.

Theory of operation
-------------------
1. Of a step's channels the first one that no gate denies is meant. A denial passes on
   to the next channel; a hold is answered as the step says.
2. Every attempt ends with a step that is closed, or deferred to a later instant. One
   that comes early may also change nothing (`reasking`).
"""

from __future__ import annotations

from collections.abc import Iterable

from privflow.engine.attempt import Attempt
from privflow.engine.gates import facts_behind
from privflow.engine.leaving import leave
from privflow.engine.release import Asked, ask, id_of, made, release
from privflow.engine.turn import Turn
from privflow.facts import EMPTY
from privflow.journeys import Defer, End, Fallback, GateLine, StepState

Lines = tuple[GateLine, ...]


def send(turn: Turn, attempt: Attempt) -> None:
    """Release the step on the first channel that every gate allows.

    One that falls back does not try again what was held back.
    """
    step, held = attempt.errand.step, attempt.state.held
    channels = step.via
    if held and isinstance(step.on_blocked, Fallback):
        channels = tuple(channel for channel in channels if channel not in held)
        if not channels:
            if not attempt.is_early:
                close(turn, attempt, "skipped", "held")
            return
    asked, lines = _asked(turn, attempt, channels)
    if asked.denied or asked.held:
        if not attempt.is_early or _opens_otherwise(attempt, asked):
            _blocked(turn, attempt, asked, lines)
        return
    touch = asked.touch
    release(turn, touch, attempt.at)
    closed = attempt.state.closed("sent", turn.now, "", lines, touch.id)
    _go_on(turn, attempt, closed)


def _asked(
    turn: Turn, attempt: Attempt, channels: Iterable[str]
) -> tuple[Asked, Lines]:
    """The answer that counts, and every line of all: of denials, the first one."""
    errand, enrolment, state = attempt.errand, attempt.enrolment, attempt.state
    draft, key = errand.draft, attempt.key if enrolment.key else EMPTY
    place: tuple[int, ...] = (enrolment.visit, enrolment.stage_visit, state.occurrence)
    if state.held:
        place = (*place, len(state.held))
    touch_id = id_of(turn, draft.origin, place)
    answers = []
    for channel in channels:
        asked = ask(turn, made(turn, draft, channel, touch_id, key))
        answers.append(asked)
        if not asked.denied and (
            not asked.held or not isinstance(errand.step.on_blocked, Fallback)
        ):
            break
    if len(answers) == 1:
        return answers[0], answers[0].lines
    decisive = answers[0] if answers[-1].denied else answers[-1]
    return decisive, tuple(line for asked in answers for line in asked.lines)


def _opens_otherwise(attempt: Attempt, asked: Asked) -> bool:
    """Whether a step that waits is held back for another reason, or until elsewhen."""
    state, until = attempt.state, asked.until
    if until is None or not isinstance(attempt.step.on_blocked, Defer):
        return False
    opens_at = None if attempt.is_too_late(until) else until
    return (state.reason, state.opens_at) != (asked.held, opens_at)


def _blocked(turn: Turn, attempt: Attempt, asked: Asked, lines: Lines) -> None:
    """No channel may carry the step now: do what it says (Q6)."""
    policy = attempt.step.on_blocked
    reason = asked.held or asked.denied
    if asked.until is None or not isinstance(policy, Defer):
        close(turn, attempt, "skipped", reason, lines)
        if isinstance(policy, End):
            leave(turn, turn.standing(attempt.enrolment), attempt.at, "step")
        return
    bounds = (asked.until, attempt.end, attempt.limit)
    again = min(bound for bound in bounds if bound is not None)
    if again <= turn.now:
        close(turn, attempt, "expired", reason, lines)
    else:
        opens_at = None if attempt.is_too_late(asked.until) else asked.until
        enrolment = turn.standing(attempt.enrolment)
        state = attempt.state.deferred(
            reason, at=turn.now, again_at=again, opens_at=opens_at, lines=lines
        )
        turn.keep(enrolment.with_step(state))
        _note_deferral(turn, attempt, state)


def close(
    turn: Turn, attempt: Attempt, status: str, reason: str, lines: Lines = ()
) -> None:
    """Give the step a final outcome other than a touch."""
    closed = attempt.state.closed(status, turn.now, reason, lines)
    turn.note(
        status,
        at=attempt.at,
        source=attempt.source,
        subject=attempt.step.name,
        reason=reason,
        facts=facts_behind(reason, closed.lines),
    )
    _go_on(turn, attempt, closed)


def _go_on(turn: Turn, attempt: Attempt, closed: StepState) -> None:
    """Keep a final outcome; a recurring step goes on as its next occurrence."""
    enrolment = turn.standing(attempt.enrolment)
    if attempt.following is None:
        turn.keep(enrolment.with_step(closed))
        return
    number = closed.occurrence + 1
    opened = StepState(
        closed.step,
        due_at=attempt.following,
        since=closed.since,
        occurrence=number,
    )
    turn.keep(enrolment.with_step(opened, past=closed))


def _note_deferral(turn: Turn, attempt: Attempt, state: StepState) -> None:
    facts = facts_behind(state.reason, state.lines)
    bounds = {"again_at": state.again_at, "opens_at": state.opens_at}
    turn.note(
        "deferred",
        at=attempt.at,
        source=attempt.source,
        subject=attempt.step.name,
        reason=state.reason,
        facts=facts.updated(bounds),
    )
