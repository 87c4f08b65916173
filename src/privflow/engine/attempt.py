"""Steps that are due: condition, gates, arbitration, and what becomes of each.

Theory of operation
-------------------
1. Steps due at one instant are tried one after another in an order that does not depend
   on how they are listed (E2); each sees the touches of those before it.
2. A step is judged at the instant at which it was due or is tried again. Touches leave
   at `turn.now` alone: what comes due before, while a late host catches up, is skipped
   or dropped there and then, or else waits until every input has been taken in, and is
   judged again at `now` (J3, E6).
3. What was due while processing was restricted is skipped when that is over.
4. Of a step's channels the first one that no gate denies is meant. A denial passes on
   to the next channel; a hold is answered as the step says.
5. Every attempt ends with a step that is closed, or deferred to a later instant. One
   that comes early, since something but time may have opened a gate, may also change
   nothing (`reasking`).
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define

from privflow.engine.course import Course, Errand
from privflow.engine.leaving import leave
from privflow.engine.reasking import ask_again
from privflow.engine.release import Asked, ask, made, release
from privflow.engine.turn import NO_PLACES, Place, Turn, place_of
from privflow.facts import EMPTY, FOREVER, Properties
from privflow.journeys import (
    Defer,
    End,
    Enrolment,
    Fallback,
    GateLine,
    Journey,
    SOPStep,
    StepState,
)
from privflow.timing import Instant

Lines = tuple[GateLine, ...]


@define(eq=False)
class Attempt:
    """One step that is due.

    Args:
        at: the instant that is lived through.
        place: what no two attempts of one instant share.
        end: from when on it may not leave: its validity, or its next occurrence.
        limit: the last instant at which it may, where it does not wait longer.
    """

    course: Course
    enrolment: Enrolment
    errand: Errand
    state: StepState
    at: Instant
    place: Place
    following: Instant | None
    end: Instant | None
    limit: Instant | None

    @property
    def journey(self) -> Journey:
        """The journey that it is part of, in its version."""
        return self.course.journey

    @property
    def step(self) -> SOPStep:
        """The step of the journey."""
        return self.errand.step

    @property
    def source(self) -> str:
        """How the journal calls where it comes from."""
        return self.course.source

    @property
    def key(self) -> Properties:
        """Which visit it is, for the host's template: `{"order_id": "o-1"}`."""
        name, value = self.course.journey.reentry.key, self.enrolment.key
        return Properties.of_clean({name: value}) if name and value else EMPTY

    @property
    def is_withheld(self) -> bool:
        """Whether the contact is there to compare with: the journey sells to others."""
        return self.enrolment.control and self.step.message.kind == "marketing"

    @property
    def channels(self) -> tuple[str, ...]:
        """Those to try: one that falls back does not try again what was held back."""
        step, held = self.errand.step, self.state.held
        if not held or not isinstance(step.on_blocked, Fallback):
            return step.via
        return tuple(channel for channel in step.via if channel not in held)

    @property
    def is_early(self) -> bool:
        """Whether it is asked about before the time that it was told."""
        next_at = self.state.next_at
        return next_at is not None and next_at.us > self.at.us

    def is_too_late(self, now: Instant) -> bool:
        """Whether its time is over."""
        end, limit = self.end, self.limit
        ended = end is not None and now.us >= end.us
        return ended or (limit is not None and now.us > limit.us)

    def order(self) -> tuple[object, ...]:
        """Kind, priority, deadline, waiting time, then names (E2)."""
        due = self.state.due_at
        bounds = [bound.us for bound in (self.end, self.limit) if bound is not None]
        return (
            self.errand.order,
            min(bounds, default=FOREVER),
            0 if due is None else due.us,
            self.journey.name,
            self.step.name,
        )


def attempt_due(turn: Turn, at: Instant) -> None:
    """Try every step that is due at an instant, or asked about again."""
    if turn.asked is not turn.contact:
        ask_again(turn, at)
        turn.asked = turn.contact
    if turn.has_everything and at.us == turn.now.us:
        turn.late = NO_PLACES
    tried = set(turn.late)
    goes_on = True
    while goes_on and (attempts := _due(turn, at, tried)):
        goes_on = False
        if len(attempts) > 1:
            attempts.sort(key=Attempt.order)
        for attempt in attempts:
            tried.add(attempt.place)
            if turn.standing(attempt.enrolment).ended_at is None:
                _try(turn, attempt)
                goes_on = goes_on or attempt.following is not None


def _due(turn: Turn, at: Instant, tried: set[Place]) -> list[Attempt]:
    """The attempts at steps that are due, or asked about again, and not tried yet."""
    found, us, again = [], at.us, turn.again
    for enrolment in turn.running():
        leg = turn.course(enrolment).legs.get(enrolment.stage)
        for state in enrolment.steps.open:
            next_at = state.next_at
            if next_at is None or (
                next_at.us > us and not (again and place_of(enrolment, state) in again)
            ):
                continue
            errand = None if leg is None else leg.errands.get(state.step)
            if errand is None:
                _note_lost(turn, enrolment, state, at)
                continue
            attempt = attempt_of(turn, enrolment, errand, state, at)
            if attempt.place not in tried:
                found.append(attempt)
    return found


def _note_lost(turn: Turn, enrolment: Enrolment, state: StepState, at: Instant) -> None:
    """Say once in a call that a step is due which its journey does not have."""
    place = place_of(enrolment, state)
    if place not in turn.lost:
        turn.lost |= {place}
        stage = turn.definition(enrolment).stage(enrolment.stage)
        turn.note(
            "unknown",
            at=at,
            source=f"journey:{enrolment.journey}",
            subject=state.step,
            reason="no_stage" if stage is None else "no_step",
        )


def attempt_of(
    turn: Turn, enrolment: Enrolment, errand: Errand, state: StepState, at: Instant
) -> Attempt:
    """The attempt at a step, as it stands at an instant."""
    course, following, limit = turn.course(enrolment), None, None
    if errand.recurs:
        following = _next_occurrence(turn, enrolment, errand.step, state)
    end = following
    if errand.is_bounded:
        end, limit = _bounds(errand.step, state, following)
    place = place_of(enrolment, state)
    return Attempt(course, enrolment, errand, state, at, place, following, end, limit)


def _next_occurrence(
    turn: Turn, enrolment: Enrolment, step: SOPStep, state: StepState
) -> Instant | None:
    if state.due_at is None:
        return None
    anchor = state.since or enrolment.stage_at
    attributes = turn.contact.attributes
    return step.following(anchor, state.due_at, turn.timezone, attributes)


def _bounds(
    step: SOPStep, state: StepState, following: Instant | None
) -> tuple[Instant | None, Instant | None]:
    """From when on a step may not leave, and the last instant at which it may."""
    due, end, limit = state.due_at, following, None
    if due is not None and step.valid_for is not None:
        own = due + step.valid_for
        end = own if end is None else min(own, end)
    policy = step.on_blocked
    if due is not None and isinstance(policy, Defer) and policy.until_at_most:
        limit = due + policy.until_at_most
    return end, limit


def _try(turn: Turn, attempt: Attempt) -> None:
    """Judge one step: is it too late, does its condition hold, may it leave?"""
    if turn.again and attempt.is_early:
        _try_early(turn, attempt)
        return
    restriction = _restriction(turn, attempt)
    if restriction is not None:
        close(turn, attempt, "skipped", "restricted", (restriction,))
    elif attempt.is_too_late(turn.now):
        close(turn, attempt, "expired", attempt.state.reason or "too_late")
    elif not _applies(turn, attempt):
        close(turn, attempt, "skipped", "condition")
    elif attempt.enrolment.control and attempt.is_withheld:
        close(turn, attempt, "skipped", "control", (_withheld(attempt),))
    elif attempt.at.us < turn.now.us:
        turn.late |= {attempt.place}
    else:
        _send(turn, attempt)


def _try_early(turn: Turn, attempt: Attempt) -> None:
    """Let a step go before the time it was told, if it may; else leave it alone."""
    if (
        attempt.is_too_late(turn.now)
        or attempt.is_withheld
        or not _applies(turn, attempt)
    ):
        turn.again -= {attempt.place}
    elif attempt.at < turn.now:
        turn.late |= {attempt.place}
    else:
        turn.again -= {attempt.place}
        _send(turn, attempt)


def _restriction(turn: Turn, attempt: Attempt) -> GateLine | None:
    """What kept the step from being judged when it was due (K4).

    Nothing did if it is due now: nobody looks while processing is restricted.
    """
    due = attempt.state.next_at
    if due is None or due.us == attempt.at.us or not turn.is_restricted(due):
        return None
    return turn.index.plan.law.restriction(turn.contact, now=due)


def _applies(turn: Turn, attempt: Attempt) -> bool:
    """Whether the step's own condition holds."""
    when, enrolment = attempt.errand.step.when, attempt.enrolment
    if when is None:
        return True
    return when.holds(turn.subject(enrolment), attempt.at, turn.scope(enrolment))


def _withheld(attempt: Attempt) -> GateLine:
    """What is said of a touch that the control group does not get."""
    facts = Properties({"share": attempt.journey.control})
    return GateLine(
        gate="control",
        channel=attempt.step.via[0],
        ruling="deny",
        reason="control",
        facts=facts,
    )


def _send(turn: Turn, attempt: Attempt) -> None:
    """Release the step on the first channel that every gate allows."""
    channels = attempt.channels
    if not channels:
        if not attempt.is_early:
            close(turn, attempt, "skipped", "held")
        return
    asked, lines = _asked(turn, attempt, channels)
    if asked.denied or asked.held:
        if not attempt.is_early or _opens_otherwise(attempt, asked):
            _blocked(turn, attempt, asked, lines)
        return
    release(turn, asked.touch, attempt.at)
    touch_id = asked.touch.id
    closed = attempt.state.closed("sent", at=turn.now, lines=lines, touch_id=touch_id)
    _go_on(turn, attempt, closed)


def _asked(
    turn: Turn, attempt: Attempt, channels: Iterable[str]
) -> tuple[Asked, Lines]:
    """The answer that counts, and every line of all: of denials, the first one."""
    errand, enrolment, state = attempt.errand, attempt.enrolment, attempt.state
    step, draft, key = errand.step, errand.draft, EMPTY
    if enrolment.key:
        key = attempt.key
    place: tuple[int, ...] = (enrolment.visit, enrolment.stage_visit, state.occurrence)
    if state.held:
        place = (*place, len(state.held))
    answers = []
    for channel in channels:
        touch = made(turn, draft, channel, place=place, key=key)
        asked = ask(turn, touch)
        answers.append(asked)
        is_open = not asked.denied and not asked.held
        if is_open or (asked.held and not isinstance(step.on_blocked, Fallback)):
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
    turn.note(
        status,
        at=attempt.at,
        source=attempt.source,
        subject=attempt.step.name,
        reason=reason,
    )
    closed = attempt.state.closed(status, at=turn.now, reason=reason, lines=lines)
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
    facts = {"again_at": state.again_at, "opens_at": state.opens_at}
    turn.note(
        "deferred",
        at=attempt.at,
        source=attempt.source,
        subject=attempt.step.name,
        reason=state.reason,
        facts=Properties(facts),
    )
