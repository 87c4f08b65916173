"""When to look again: the first instant at which time alone may decide something."""

from __future__ import annotations

from collections.abc import Iterator

from privflow.engine.course import Course, Leg, Way
from privflow.engine.entry import next_day
from privflow.engine.following import next_tags
from privflow.engine.reminding import pending
from privflow.engine.turn import Turn
from privflow.facts import EMPTY, FOREVER
from privflow.journeys import Enrolment
from privflow.timing import Instant


def next_due(turn: Turn) -> Instant | None:
    """The first instant after the one reached at which something may be decided.

    It is worked out anew only after something has been decided. While processing is
    restricted there is none but the end of the restriction, where that is known.
    """
    after = turn.reached
    if after is not None and turn.is_restricted(after):
        law = turn.index.plan.law
        turn.wake_at, turn.is_wake_old = law.next_word(turn.contact, now=after), True
    elif after is not None and turn.is_wake_old:
        found = [us for us in _instants(turn, after) if after.us < us < FOREVER]
        turn.wake_at = Instant(min(found)) if found else None
        turn.is_wake_old = False
    return turn.wake_at


def _instants(turn: Turn, after: Instant) -> Iterator[int]:
    index, scope = turn.index, turn.scope_of_event(EMPTY)
    for segment in index.watched:
        if segment.condition.reads.by_time:
            yield segment.condition.judgement(turn, after, scope)[1]
    yield from (us for us, _ in turn.ledger.deadlines())
    if index.tiered or index.tag_rules:
        yield from next_tags(turn, after)
    if index.started_by_date:
        yield from _days(turn, after)
    if index.reminds:
        yield from (at.us for task in pending(turn) for at in task.instants())
    for enrolment in turn.running():
        yield from _steps(enrolment)
        yield from _ways(turn, enrolment, after)


def _days(turn: Turn, after: Instant) -> Iterator[int]:
    """When journeys begin by a date of the contact."""
    for _, around in turn.index.started_by_date:
        day = next_day(turn, around, after.us)
        if day is not None:
            yield day


def _steps(enrolment: Enrolment) -> Iterator[int]:
    for state in enrolment.steps.open:
        next_at = state.next_at
        if next_at is not None:
            yield next_at.us


def _ways(turn: Turn, enrolment: Enrolment, after: Instant) -> Iterator[int]:
    """When the journey may end, or lead on to another stage."""
    course = turn.course(enrolment)
    leg = course.legs.get(enrolment.stage)
    subject, scope = turn.subject(enrolment), turn.scope(enrolment)
    for condition in course.timed:
        yield condition.judgement(subject, after, scope)[1]
    for way in leg.ways if leg is not None else ():
        if way.to.share is not None and not _takes(turn, course, leg, way):
            continue
        if way.after is not None:
            yield enrolment.stage_at.us + way.after
        if way.timed is not None:
            yield way.timed.judgement(subject, after, scope)[1]


def _takes(turn: Turn, course: Course, leg: Leg | None, way: Way) -> bool:
    stage = None if leg is None else leg.stage
    return stage is None or course.journey.takes(way.to, stage, turn.contact.id)
