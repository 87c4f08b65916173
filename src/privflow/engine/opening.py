"""When the steps of a stage are due: at its entry, and whenever their anchors move."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from privflow.engine.turn import Turn
from privflow.facts import Properties
from privflow.journeys import (
    NO_STEPS,
    Anchor,
    Enrolment,
    JourneyEntry,
    Known,
    Moving,
    Occurrence,
    SOPStep,
    Stage,
    StepState,
    entered,
    waiting,
)
from privflow.timing import Instant


def opened(
    turn: Turn, enrolment: Enrolment, stage: Stage, at: Instant
) -> list[StepState]:
    """The steps of a stage at the moment it is entered."""
    if enrolment.earlier is not NO_STEPS:
        fresh = partial(first_state, turn, enrolment, at=at, stage_at=at)
        return [entered(enrolment, stage, step, fresh) for step in stage.steps]
    states = []
    for step in stage.steps:
        state = first_state(turn, enrolment, step, at, at)
        states.append(state)
    return states


def first_state(
    turn: Turn, enrolment: Enrolment, step: SOPStep, at: Instant, stage_at: Instant
) -> StepState:
    """The state of a step that nothing has been decided about yet.

    Where its time passed before the stage was entered, it waits for the next one.

    Args:
        stage_at: when its stage is entered, or was.
    """
    counted, since, anchor = step.since, None, stage_at
    if counted is not None:
        found = since = _anchor(turn, enrolment, counted, at)
        if found is None:
            return StepState(step.name, due_at=None, reason="no_anchor")
        anchor = found
    entered, tz, attributes = stage_at.us, turn.timezone, turn.contact.attributes
    due, after = step.schedule.due, anchor.us
    us = due(anchor_us=after, after_us=None, tz=tz, attributes=attributes)
    reason = "no_date"
    if us is not None and us < entered:
        reason = "passed"
        us = due(anchor_us=after, after_us=entered - 1, tz=tz, attributes=attributes)
    if us is not None:
        due_at = stage_at if us == entered else Instant(us)
        return waiting(step.name, due_at, since)
    if reason == "passed" and _comes_again(step):
        return StepState(step.name, due_at=None, since=since, reason=reason)
    source = f"journey:{enrolment.journey}"
    turn.note("skipped", at, source, step.name, reason=reason)
    return StepState(
        step.name, due_at=None, since=since, status="skipped", reason=reason
    )


def _anchor(
    turn: Turn, enrolment: Enrolment, since: Anchor, at: Instant
) -> Instant | None:
    return since.found(_known(turn, enrolment, at))


def _known(turn: Turn, enrolment: Enrolment, at: Instant) -> Known:
    timeline = turn.subject(enrolment).timeline
    entered_at = enrolment.entered_at
    return Known(turn.contact, timeline, turn.timezone, entered_at, at)


def _comes_again(step: SOPStep) -> bool:
    """Whether another anchor is to be waited for after one that came too early."""
    return isinstance(step.since, Occurrence) and step.since.pick == "latest"


def reanchor(turn: Turn, at: Instant) -> None:
    """Look for the anchors of open steps again, and time anew what has moved."""
    for enrolment in turn.running():
        if (enrolment.journey, enrolment.version) in turn.index.anchored:
            stage = turn.index.versions.of(enrolment).stage(enrolment.stage)
            _reanchor(turn, enrolment, stage, at)


def next_anchors(turn: Turn, enrolment: Enrolment, after: Instant) -> Iterator[int]:
    """When time alone moves what open steps of a visit count from."""
    stage = turn.index.versions.of(enrolment).stage(enrolment.stage)
    known = _known(turn, enrolment, after)
    for _, since, _ in _movable(enrolment, stage):
        if isinstance(since, Moving):
            at = since.moves_at(known)
            if at is not None:
                yield at.us


def _movable(
    enrolment: Enrolment, stage: Stage | None
) -> Iterator[tuple[SOPStep, Anchor, StepState]]:
    """The open steps whose anchors may move, and those anchors."""
    for state in enrolment.steps.open:
        step = None if stage is None else stage.step(state.step)
        since = None if step is None else step.since
        if step is None or since is None or isinstance(since, JourneyEntry):
            continue
        if state.occurrence == 1:
            yield step, since, state


def _reanchor(
    turn: Turn, enrolment: Enrolment, stage: Stage | None, at: Instant
) -> None:
    for step, since, state in _movable(enrolment, stage):
        if _anchor(turn, enrolment, since, at) != state.since:
            _retime(turn, enrolment, step, at)


def _retime(turn: Turn, enrolment: Enrolment, step: SOPStep, at: Instant) -> None:
    new = first_state(turn, enrolment, step, at, enrolment.stage_at)
    turn.keep(turn.standing(enrolment).with_step(new))
    if new.is_open:
        turn.note(
            "timed",
            at=at,
            source=f"journey:{enrolment.journey}",
            subject=step.name,
            reason=new.reason,
            facts=Properties({"since": new.since, "due_at": new.due_at}),
        )
