"""How a contact goes through journeys: in, from stage to stage, and out."""

from __future__ import annotations

from privflow.conditions import Crossing, Scope
from privflow.engine.turn import Turn
from privflow.facts import EMPTY, Properties
from privflow.journeys import Enrolment, Journey, Stage, StepState, To
from privflow.timing import Instant


def enter(turn: Turn, journey: Journey, at: Instant, event: Properties = EMPTY) -> None:
    """Start a journey at an instant, if re-entry and audience let the contact in."""
    old = turn.enrolment(journey.name)
    source = f"journey:{journey.name}"
    refused = refusal_again(journey, old, at)
    if turn.is_restricted(at):
        refused = "restricted"
    if not refused and journey.audience is not None:
        scope = turn.scope_of_event(event)
        refused = "" if turn.holds(journey.audience, at, scope) else "not_in_audience"
    if refused:
        turn.note("not_entered", at=at, source=source, reason=refused)
        return
    first = journey.stages[0]
    turn.note("entered", at=at, source=source, subject=first.name)
    enrolment = Enrolment(
        journey.name,
        version=journey.version,
        visit=1 if old is None else old.visit + 1,
        entered_at=at,
        stage=first.name,
        stage_at=at,
        steps=_opened(turn, source, first, at),
    )
    turn.keep(enrolment)


def refusal_again(journey: Journey, old: Enrolment | None, at: Instant) -> str:
    """Why the contact may not enter again; empty where they may (J4)."""
    if old is None:
        return ""
    if old.ended_at is None:
        return "already_inside"
    if journey.reentry.cooldown is None:
        return "once_only"
    return "cooling_down" if at < old.ended_at + journey.reentry.cooldown else ""


def _opened(
    turn: Turn, source: str, stage: Stage, at: Instant
) -> tuple[StepState, ...]:
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
            turn.note(
                "skipped", at=at, source=source, subject=step.name, reason="no_date"
            )
        else:
            state = StepState(step.name, due_at=Instant(due_us))
        states.append(state)
    return tuple(states)


def leave(turn: Turn, enrolment: Enrolment, at: Instant, by: str) -> None:
    """End an enrolment; its open steps stay as they are and are never sent."""
    turn.keep(enrolment.left(at=at, by=by))
    turn.note("ended", at=at, source=f"journey:{enrolment.journey}", reason=by)


def settle(turn: Turn, at: Instant) -> None:
    """Judge goals, exits and ways at an instant, until nothing moves any more."""
    for enrolment in turn.running():
        _settle(turn, turn.index.journeys[enrolment.journey], enrolment, at)


def _settle(turn: Turn, journey: Journey, enrolment: Enrolment, at: Instant) -> None:
    path, ending = _walk(turn, journey, enrolment, at)
    for name in path:
        enrolment = _moved(turn, journey, enrolment, name, at)
    if path:
        turn.keep(enrolment)
    if ending:
        leave(turn, enrolment, at, ending)


def _walk(
    turn: Turn, journey: Journey, enrolment: Enrolment, at: Instant
) -> tuple[list[str], str]:
    """The stages that the contact comes through at an instant, and what ends it all.

    Ways that lead round in a circle for ever are not taken: the contact stays where the
    circle begins, so that another look at the same facts changes nothing.
    """
    path: list[str] = []
    stage, since, scope = enrolment.stage, enrolment.stage_at, turn.scope(enrolment)
    while True:
        ending = _ending(turn, journey, at, scope)
        way = (
            None if ending else _open_way(turn, journey.stage(stage), since, at, scope)
        )
        if way is None:
            return path, ending
        if way.stage in path:
            first = path.index(way.stage)
            is_inside = enrolment.stage in path[first:]
            path = [] if is_inside else path[: first + 1]
            stays = enrolment.stage if is_inside else way.stage
            source = f"journey:{journey.name}"
            turn.note("stayed", at=at, source=source, subject=stays, reason="loop")
            return path, ""
        path.append(way.stage)
        stage, since, scope = way.stage, at, turn.scope(enrolment, stage_at=at)


def _ending(turn: Turn, journey: Journey, at: Instant, scope: Scope) -> str:
    if journey.goal is not None and turn.holds(journey.goal, at, scope):
        return "goal"
    if journey.exit_when is not None and turn.holds(journey.exit_when, at, scope):
        return "exit"
    return ""


def _open_way(
    turn: Turn, stage: Stage | None, since: Instant, at: Instant, scope: Scope
) -> To | None:
    for to in stage.then if stage is not None else ():
        if to.after is not None and at < since + to.after:
            continue
        if turn.holds(to.when, at, scope):
            return to
    return None


def _moved(
    turn: Turn, journey: Journey, enrolment: Enrolment, name: str, at: Instant
) -> Enrolment:
    stage = next(stage for stage in journey.stages if stage.name == name)
    source = f"journey:{journey.name}"
    turn.note("moved", at=at, source=source, subject=name)
    steps = _opened(turn, source, stage, at)
    return enrolment.moved(name, at=at, steps=steps)


def complete(turn: Turn, at: Instant) -> None:
    """End what has nothing left to send, and no way that leads on."""
    for enrolment in turn.running():
        stage = turn.index.journeys[enrolment.journey].stage(enrolment.stage)
        ways = stage.then if stage is not None else ()
        if not ways and not any(state.is_open for state in enrolment.steps):
            leave(turn, enrolment, at, "completed")


def cross(turn: Turn, at: Instant) -> None:
    """Judge the segments that journeys wait for, and start those journeys."""
    segments = turn.index.watched
    before = turn.inside or ()
    scope = turn.scope_of_event(EMPTY)
    inside = tuple(s.name for s in segments if s.contains(turn, now=at, scope=scope))
    if inside == turn.inside:
        return
    turn.inside = inside
    for segment in segments:
        was, is_now = segment.name in before, segment.name in inside
        if was != is_now:
            crossing = Crossing(segment.name, into=is_now)
            for journey in turn.index.started_by_crossing.get(crossing, ()):
                enter(turn, journey, at)
