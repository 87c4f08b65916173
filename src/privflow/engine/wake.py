"""When to look again: the first instant at which time alone may decide something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def _instants(turn: Turn, after: Instant) -> list[int]:
    index = turn.index
    found = [us for us, _ in turn.ledger.deadlines()]
    if index.timed:
        scope = turn.scope_of_event(EMPTY)
        found += [timed.judgement(turn, after, scope)[1] for timed in index.timed]
    if index.tiered or index.tag_rules:
        found += next_tags(turn, after)
    if index.started_by_date:
        found += _days(turn, after)
    if index.reminds:
        found += (at.us for task in pending(turn) for at in task.instants())
    for enrolment in turn.running():
        found += _steps(enrolment)
        found += _ways(turn, enrolment, after)
    return found


def _days(turn: Turn, after: Instant) -> Iterator[int]:
    """When journeys begin by a date of the contact."""
    for _, around in turn.index.started_by_date:
        day = next_day(turn, around, after.us)
        if day is not None:
            yield day


def _steps(enrolment: Enrolment) -> list[int]:
    waiting = enrolment.steps.open
    return [at.us for step in waiting if (at := step.next_at) is not None]


def _ways(turn: Turn, enrolment: Enrolment, after: Instant) -> list[int]:
    """When the journey may end, or lead on to another stage."""
    course, found = turn.course(enrolment), []
    is_ahead = _is_ahead(turn, course.awaited, after.us)
    asked = [timed for timed in course.timed if is_ahead or timed.by_clock]
    leg = course.legs.get(enrolment.stage)
    for way in () if leg is None else _open_to(turn, course, leg):
        if way.after is not None:
            found.append(enrolment.stage_at.us + way.after)
        if way.timed is not None and (is_ahead or way.timed.by_clock):
            asked.append(way.timed)
    if asked:
        subject, scope = turn.subject(enrolment), turn.scope(enrolment)
        found += [one.condition.judgement(subject, after, scope)[1] for one in asked]
    return found


def _is_ahead(turn: Turn, names: Iterable[str], us: int) -> bool:
    """Whether an event of these names is known that is still to come."""
    series = turn.timeline.series
    for name in names:
        known = series.get(name)
        if known is not None and known.newest > us:
            return True
    return False


def _open_to(turn: Turn, course: Course, leg: Leg) -> Iterable[Way]:
    """The ways of a stage that are not for another share of contacts."""
    if not leg.is_split:
        return leg.ways
    takes, contact_id = course.journey.takes, turn.contact.id
    return [way for way in leg.ways if takes(way.to, leg.stage, contact_id)]
