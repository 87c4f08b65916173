"""Quotas that contacts share: what a touch claims of them, and one that was held back.

Theory of operation
-------------------
1. The engine sees one contact. What several share is counted by the `QuotaStore` of the
   host; a command carries what its touch claims there.
2. Where the store refuses, the host sends nothing and reports `held`. The touch is
   released and its step opens again: it does what it says of being blocked, as if a
   gate had held until `retry_at`; a journey that was complete with it goes on.
3. Another attempt is another touch with an id of its own, so that a report about the
   first which comes twice or late changes nothing.
"""

from __future__ import annotations

from attrs import evolve

from privflow.engine.attempt import Attempt, attempt_of
from privflow.engine.leaving import leave
from privflow.engine.sending import close
from privflow.engine.turn import Turn
from privflow.facts import Properties
from privflow.journeys import Defer, End, Enrolment, Fallback, GateLine, StepState
from privflow.timing import Instant
from privflow.touches import Receipt, Touch


def reopen(turn: Turn, receipt: Receipt, touch: Touch, at: Instant) -> None:
    """Open the step of a touch again that the host held back.

    Nothing is opened where the contact has left the stage, or a recurring step has gone
    on: its time is over.
    """
    for visit in turn.visits_under(touch.journey):
        old = _step_of(visit, touch.id)
        enrolment = None if old is None else _running(turn, visit)
        if old is None or enrolment is None:
            continue
        course = turn.index.versions.courses[enrolment.journey, enrolment.version]
        leg = course.legs.get(enrolment.stage)
        errand = None if leg is None else leg.errands.get(old.step)
        if errand is not None:
            line = GateLine(
                gate="shared",
                channel=touch.channel,
                ruling="hold",
                reason="held",
                until=receipt.retry_at,
            )
            state = evolve(
                old,
                stage="",
                lines=(*old.lines, line),
                held=(*old.held, touch.channel),
            )
            earlier = tuple(s for s in enrolment.earlier if s.touch_id != touch.id)
            turn.keep(evolve(enrolment, earlier=earlier).with_step(state))
            attempt = attempt_of(turn, turn.standing(visit), errand, state, at, at)
            _answer(turn, attempt, receipt)


def _step_of(visit: Enrolment, touch_id: str) -> StepState | None:
    """The state that sent the touch, if nothing was decided about its step since."""
    former = visit.former
    stages = former.of_stage((visit.stage,))
    for state in visit.steps:
        if state.touch_id == touch_id:
            return state
        names = former.of_step((state.step,))
        for past in visit.earlier:
            is_next = past.step in names and past.occurrence + 1 == state.occurrence
            is_here = past.touch_id == touch_id and past.stage in stages
            if is_next and is_here and state.status == "waiting":
                return evolve(past, step=state.step)
    return None


def _running(turn: Turn, visit: Enrolment) -> Enrolment | None:
    """The visit, if it runs, or would have gone on had it not been complete."""
    if not turn.index.versions.is_known(visit):
        return None
    if visit.ended_at is None:
        return visit
    is_last = [v for v in turn.visits(visit.journey) if v.key == visit.key][-1] is visit
    if visit.ended_by != "completed" or not is_last:
        return None
    return evolve(visit, ended_at=None, ended_by="")


def _answer(turn: Turn, attempt: Attempt, receipt: Receipt) -> None:
    """Do what the step says of being blocked (Q6)."""
    match attempt.step.on_blocked:
        case Fallback():
            _defer(turn, attempt, attempt.at)
        case Defer() if receipt.retry_at is not None:
            _defer(turn, attempt, max(receipt.retry_at, attempt.at))
        case policy:
            close(turn, attempt, "skipped", "held")
            if isinstance(policy, End):
                leave(turn, turn.standing(attempt.enrolment), attempt.at, "step")


def _defer(turn: Turn, attempt: Attempt, until: Instant) -> None:
    bounds = (until, attempt.end, attempt.limit)
    again_at = min(bound for bound in bounds if bound is not None)
    opens_at = None if attempt.is_too_late(until) else until
    state = attempt.state.deferred(
        "held",
        at=attempt.at,
        again_at=again_at,
        opens_at=opens_at,
        lines=attempt.state.lines,
    )
    turn.keep(turn.standing(attempt.enrolment).with_step(state))
    turn.note(
        "deferred",
        at=attempt.at,
        source=attempt.source,
        subject=attempt.step.name,
        reason="held",
        facts=Properties({"again_at": again_at, "opens_at": opens_at}),
    )
