"""How a contact goes through journeys: in, from stage to stage, and out."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from privflow.conditions import Condition, Crossing, Facts, until_of
from privflow.engine.turn import Turn
from privflow.facts import EMPTY, FOREVER, Properties
from privflow.journeys import Enrolment, Journey, Stage, StepState, To
from privflow.timing import Instant

_MOST_MOVES = 100
"""Stages entered at one instant before the journal calls it a loop."""


def enter(turn: Turn, journey: Journey, at: Instant, event: Properties = EMPTY) -> None:
    """Start a journey at an instant, if re-entry and audience let the contact in."""
    old = turn.enrolments.get(journey.name)
    source = f"journey:{journey.name}"
    refused = _refusal(turn, journey, old, at, event)
    if refused:
        turn.note("not_entered", at=at, source=source, reason=refused)
        return
    first = journey.stages[0]
    enrolment = Enrolment(
        journey.name,
        version=journey.version,
        visit=1 if old is None else old.visit + 1,
        entered_at=at,
        stage=first.name,
        stage_at=at,
        steps=_opened(turn, first, at),
    )
    turn.enrolments[journey.name] = enrolment
    turn.note("entered", at=at, source=source, subject=first.name)


def _refusal(
    turn: Turn, journey: Journey, old: Enrolment | None, at: Instant, event: Properties
) -> str:
    if old is not None:
        if old.ended_at is None:
            return "already_inside"
        if journey.reentry.cooldown is None:
            return "once_only"
        if at < old.ended_at + journey.reentry.cooldown:
            return "cooling_down"
    if not turn.holds(journey.audience, at, turn.scope(event=event)):
        return "not_in_audience"
    return ""


def _opened(turn: Turn, stage: Stage, at: Instant) -> tuple[StepState, ...]:
    """The steps of a stage at the moment it is entered."""
    states = []
    for step in stage.steps:
        due_us = step.schedule.due(
            anchor_us=at.us,
            after_us=None,
            tz=turn.timezone,
            attributes=turn.contact.attributes,
        )
        if due_us is None:
            state = StepState(
                step.name, due_at=None, status="skipped", reason="no_date"
            )
        else:
            state = StepState(step.name, due_at=Instant(due_us))
        states.append(state)
    return tuple(states)


def leave(turn: Turn, enrolment: Enrolment, at: Instant, by: str) -> None:
    """End an enrolment; its open steps stay as they are and are never sent."""
    turn.enrolments[enrolment.journey] = evolve(enrolment, ended_at=at, ended_by=by)
    turn.note("ended", at=at, source=f"journey:{enrolment.journey}", reason=by)


def settle(turn: Turn, at: Instant) -> None:
    """Judge goals, exits and ways at an instant, until nothing moves any more."""
    for enrolment in turn.running():
        _settle(turn, enrolment, at)


def _settle(turn: Turn, enrolment: Enrolment, at: Instant) -> None:
    journey = turn.index.journeys[enrolment.journey]
    for _ in range(_MOST_MOVES):
        scope = turn.scope(enrolment)
        if journey.goal is not None and turn.holds(journey.goal, at, scope):
            leave(turn, enrolment, at, "goal")
            return
        if journey.exit_when is not None and turn.holds(journey.exit_when, at, scope):
            leave(turn, enrolment, at, "exit")
            return
        stage = journey.stage(enrolment.stage)
        way = None if stage is None else _open_way(turn, stage, enrolment, at)
        if way is None:
            break
        enrolment = _moved(turn, journey, enrolment, way, at)
    else:
        turn.note("moved", at=at, source=f"journey:{journey.name}", reason="loop")
    turn.enrolments[enrolment.journey] = enrolment
    if _is_done(journey, enrolment):
        leave(turn, enrolment, at, "completed")


def _open_way(turn: Turn, stage: Stage, enrolment: Enrolment, at: Instant) -> To | None:
    for to in stage.then:
        if to.after is not None and at < enrolment.stage_at + to.after:
            continue
        if turn.holds(to.when, at, turn.scope(enrolment)):
            return to
    return None


def _moved(
    turn: Turn, journey: Journey, enrolment: Enrolment, to: To, at: Instant
) -> Enrolment:
    stage = next(stage for stage in journey.stages if stage.name == to.stage)
    turn.note("moved", at=at, source=f"journey:{journey.name}", subject=to.stage)
    entered = {step.name for step in stage.steps}
    past = (*enrolment.earlier, *enrolment.steps)
    return evolve(
        enrolment,
        stage=stage.name,
        stage_at=at,
        stage_visit=enrolment.stage_visit + 1,
        steps=_opened(turn, stage, at),
        earlier=tuple(state for state in past if state.step not in entered),
    )


def _is_done(journey: Journey, enrolment: Enrolment) -> bool:
    """Nothing is left to send, and no way leads on."""
    stage = journey.stage(enrolment.stage)
    ways = stage.then if stage is not None else ()
    return not ways and not any(state.is_open for state in enrolment.steps)


def cross(turn: Turn, at: Instant) -> None:
    """Judge the segments that journeys wait for, and start those journeys."""
    before = turn.inside or ()
    scope = turn.scope()
    segments = turn.index.watched
    inside = tuple(s.name for s in segments if s.contains(turn, now=at, scope=scope))
    turn.inside = inside
    for segment in segments:
        was, is_now = segment.name in before, segment.name in inside
        if was != is_now:
            crossing = Crossing(segment.name, into=is_now)
            for journey in turn.index.started_by_crossing.get(crossing, ()):
                enter(turn, journey, at)


# ── When to look again ───────────────────────────────────────────────────────


def next_instant(turn: Turn, after: Instant) -> Instant | None:
    """The first instant after `after` at which time alone may decide something."""
    found = [us for us in _instants(turn, after) if after.us < us < FOREVER]
    return Instant(min(found)) if found else None


def _instants(turn: Turn, after: Instant) -> Iterator[int]:
    for segment in turn.index.watched:
        yield from _changes(turn, segment.condition, after, None)
    for enrolment in turn.running():
        journey = turn.index.journeys[enrolment.journey]
        for state in enrolment.steps:
            if state.next_at is not None:
                yield state.next_at.us
        yield from _changes(turn, journey.goal, after, enrolment)
        yield from _changes(turn, journey.exit_when, after, enrolment)
        stage = journey.stage(enrolment.stage)
        for to in stage.then if stage is not None else ():
            if to.after is not None:
                yield (enrolment.stage_at + to.after).us
            yield from _changes(turn, to.when, after, enrolment)


def _changes(
    turn: Turn, condition: Condition | None, after: Instant, enrolment: Enrolment | None
) -> Iterator[int]:
    if condition is not None and condition.reads.by_time:
        yield until_of(condition, Facts(turn, after.us, turn.scope(enrolment)))
