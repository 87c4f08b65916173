"""How a contact goes through journeys: from stage to stage, and out."""

from __future__ import annotations

from attrs import evolve

from privflow.conditions import Scope, Subject
from privflow.engine.course import Course
from privflow.engine.leaving import leave
from privflow.engine.opening import opened
from privflow.engine.turn import Turn
from privflow.journeys import Enrolment, Journey, Stage, To
from privflow.timing import Instant

Asking = tuple[Subject, Instant, Scope]
"""Whom the conditions of a journey are asked about, when, and since when."""


def settle(turn: Turn, at: Instant) -> None:
    """Judge goals, exits and ways at an instant.

    All visits are judged before one of them goes anywhere, and end after all have gone:
    what one brings about, another one sees when all are judged again, in whichever
    order they stand (E2).
    """
    going = []
    for visit in turn.running():
        path, by = _walk(turn, visit, at)
        if path or by:
            going.append((visit, path, by))
    ending = []
    for visit, path, by in going:
        moved = _go(turn, visit, path, at)
        if by and moved is not None:
            ending.append((moved, by))
    for visit, by in ending:
        leave(turn, visit, at, by)


def _go(
    turn: Turn, enrolment: Enrolment, path: list[str], at: Instant
) -> Enrolment | None:
    """Go through stages; None where that ends in another version of the journey."""
    if path:
        course = turn.index.versions.courses[enrolment.journey, enrolment.version]
        heir = turn.index.heirs.of(enrolment) or course.journey
        if heir is not course.journey and heir.in_flight == "until_safe_point":
            _cross_over(turn, enrolment, heir, path[0], at)
            return None
        for name in path:
            stage = course.legs[name].stage
            enrolment = _moved(turn, course, enrolment, stage, at)
        turn.keep(enrolment)
    return enrolment


def _cross_over(
    turn: Turn, enrolment: Enrolment, heir: Journey, name: str, at: Instant
) -> None:
    """Go to a stage of the newer version: the safe point has come (J6)."""
    former = heir.remembered(enrolment.former, enrolment.journey)
    stage = heir.stage_once(name, former)
    if stage is None:
        leave(turn, enrolment, at, "edited")
        return
    course = turn.index.versions.courses[heir.name, heir.version]
    turn.note("edited", at, course.source, str(heir.version))
    moving = evolve(
        enrolment.between_stages(),
        journey=heir.name,
        version=heir.version,
        former=former,
    )
    moved = _moved(turn, course, moving, stage, at)
    turn.replace(enrolment, moved)
    turn.is_restless = True


def _walk(turn: Turn, enrolment: Enrolment, at: Instant) -> tuple[list[str], str]:
    """The stages that the contact comes through at an instant, and what ends it all.

    Ways that lead round in a circle for ever are not taken: the contact stays where the
    circle begins, so that another look at the same facts changes nothing. Where going
    round changes the facts themselves, a stage is entered once in a look.
    """
    path, ending = _way_on(turn, enrolment, at)
    for place, name in enumerate(path) if turn.trail else ():
        if (*enrolment.place, name) in turn.trail:
            stays = path[place - 1] if place else enrolment.stage
            _note_loop(turn, enrolment, stays, at)
            return path[:place], ""
    return path, ending


def _way_on(turn: Turn, enrolment: Enrolment, at: Instant) -> tuple[list[str], str]:
    """The same, as if the look had only begun."""
    course = turn.index.versions.courses[enrolment.journey, enrolment.version]
    goal, exit_when = course.journey.goal, course.journey.exit_when
    path: list[str] = []
    stage, since, scope = enrolment.stage, enrolment.stage_at, turn.scope(enrolment)
    subject = turn.subject(enrolment)
    while True:
        if goal is not None and goal.holds(subject, at, scope):
            return path, "goal"
        if exit_when is not None and exit_when.holds(subject, at, scope):
            return path, "exit"
        way = _open_way(course, stage, since, (subject, at, scope))
        if way is None:
            return path, ""
        if way.stage in path:
            return _cut(turn, enrolment, path, way.stage, at), ""
        path.append(way.stage)
        goal, exit_when = course.later_ends
        is_endless = goal is None and exit_when is None
        if is_endless and not course.legs[way.stage].stage.then:
            return path, ""  # nothing is asked there
        stage, since, scope = way.stage, at, turn.scope(enrolment, at)


def _cut(
    turn: Turn, enrolment: Enrolment, path: list[str], again: str, at: Instant
) -> list[str]:
    """A path that would come round to a stage again, up to where its circle begins."""
    first = path.index(again)
    is_inside = enrolment.stage in path[first:]
    _note_loop(turn, enrolment, enrolment.stage if is_inside else again, at)
    return [] if is_inside else path[: first + 1]


def _note_loop(turn: Turn, enrolment: Enrolment, stage: str, at: Instant) -> None:
    """Say once in a look that the contact does not go round and round."""
    place = (*enrolment.place, "")
    if place not in turn.trail:
        turn.trail |= {place}
        source = f"journey:{enrolment.journey}"
        turn.note("stayed", at=at, source=source, subject=stage, reason="loop")


def _open_way(course: Course, name: str, since: Instant, asking: Asking) -> To | None:
    leg = course.legs.get(name)
    if leg is None:
        return None
    subject, at, _ = asking
    for to in leg.stage.then:
        after, when = to.after, to.when
        if after is not None and at.us < since.us + after.us:
            continue
        takes = to.share is None or course.journey.takes(
            to, leg.stage, subject.contact.id
        )
        if takes and (when is None or when.holds(*asking)):
            return to
    return None


def _moved(
    turn: Turn, course: Course, enrolment: Enrolment, stage: Stage, at: Instant
) -> Enrolment:
    name = stage.name
    turn.note("moved", at, course.source, name)
    turn.trail |= {(enrolment.journey, enrolment.visit, name)}
    steps = opened(turn, enrolment, stage, at)
    return enrolment.moved(name, at, steps)


def complete(turn: Turn, at: Instant) -> None:
    """End what has nothing left to send, and no way that leads on."""
    courses = turn.index.versions.courses
    for enrolment in turn.running():
        if not enrolment.steps.open:
            course = courses[enrolment.journey, enrolment.version]
            leg = course.legs.get(enrolment.stage)
            if leg is not None and not leg.stage.then:
                leave(turn, enrolment, at, "completed")
