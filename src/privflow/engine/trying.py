"""Steps that are due: which are tried, in which order, and whether they may leave.

Theory of operation
-------------------
1. Steps due at one instant are tried one after another in an order that does not depend
   on how they are listed (E2); each sees the touches of those before it.
2. A step is judged at the instant at which it was due or is tried again. Touches leave
   at `turn.now` alone: what comes due before, while a late host catches up, is skipped
   or dropped there and then, or else waits until every input has been taken in, and is
   judged again at `now` (J3, E6).
3. What was due while processing was restricted is skipped when that is over.
4. A step that is asked about early, since something but time may have opened a gate,
   may be left alone (`reasking`).
"""

from __future__ import annotations

from privflow.conditions import Condition
from privflow.engine.attempt import Attempt, attempt_of
from privflow.engine.reasking import ask_again
from privflow.engine.sending import close, send
from privflow.engine.turn import NO_PLACES, Place, Turn, place_of
from privflow.facts import Properties
from privflow.journeys import Enrolment, GateLine, StepState
from privflow.timing import Instant


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
    found, us, again, courses = [], at.us, turn.again, turn.index.versions.courses
    for enrolment in turn.running():
        leg = courses[enrolment.journey, enrolment.version].legs.get(enrolment.stage)
        for state in enrolment.steps.open:
            # its `next_at`, since it is open
            next_at = state.due_at if state.status == "waiting" else state.again_at
            if next_at is None or (
                next_at.us > us and not (again and place_of(enrolment, state) in again)
            ):
                continue
            errand = None if leg is None else leg.errands.get(state.step)
            if errand is None:
                _note_lost(turn, enrolment, state, at)
                continue
            attempt = attempt_of(turn, enrolment, errand, state, next_at, at)
            if attempt.place not in tried:
                found.append(attempt)
    return found


def _note_lost(turn: Turn, enrolment: Enrolment, state: StepState, at: Instant) -> None:
    """Say once in a call that a step is due which its journey does not have."""
    place = place_of(enrolment, state)
    if place not in turn.lost:
        turn.lost |= {place}
        stage = turn.index.versions.of(enrolment).stage(enrolment.stage)
        turn.note(
            "unknown",
            at=at,
            source=f"journey:{enrolment.journey}",
            subject=state.step,
            reason="no_stage" if stage is None else "no_step",
        )


def _try(turn: Turn, attempt: Attempt) -> None:
    """Judge one step: is it too late, does its condition hold, may it leave?"""
    if turn.again and attempt.is_early:
        _try_early(turn, attempt)
        return
    errand, restriction = attempt.errand, None
    when = errand.step.when
    if attempt.next_at.us != attempt.at.us:
        restriction = _restriction(turn, attempt.next_at)
    if restriction is not None:
        close(turn, attempt, "skipped", "restricted", (restriction,))
    elif errand.ends and attempt.is_too_late(turn.now):
        close(turn, attempt, "expired", attempt.state.reason or "too_late")
    elif when is not None and not _holds(turn, attempt, when):
        close(turn, attempt, "skipped", "condition")
    elif attempt.enrolment.control and attempt.is_withheld:
        close(turn, attempt, "skipped", "control", (_withheld(attempt),))
    elif attempt.at.us < turn.now.us:
        turn.late |= {attempt.place}
    else:
        send(turn, attempt)


def _try_early(turn: Turn, attempt: Attempt) -> None:
    """Let a step go before the time it was told, if it may; else leave it alone."""
    when = attempt.errand.step.when
    if (
        attempt.is_too_late(turn.now)
        or attempt.is_withheld
        or not (when is None or _holds(turn, attempt, when))
    ):
        turn.again -= {attempt.place}
    elif attempt.at < turn.now:
        turn.late |= {attempt.place}
    else:
        turn.again -= {attempt.place}
        send(turn, attempt)


def _restriction(turn: Turn, due: Instant) -> GateLine | None:
    """What kept a step from being judged when it was due, before this look (K4)."""
    if not turn.is_restricted(due):
        return None
    return turn.index.plan.law.restriction(turn.contact, now=due)


def _holds(turn: Turn, attempt: Attempt, when: Condition) -> bool:
    """Whether the step's own condition holds."""
    enrolment = attempt.enrolment
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
