"""When to look again: the first instant at which time alone may decide something."""

from __future__ import annotations

from collections.abc import Iterator

from privflow.engine.entry import next_day
from privflow.engine.following import next_tags
from privflow.engine.opening import next_anchors
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
        since, first = after.us, FOREVER
        for us in _instants(turn, after):
            if since < us < first:
                first = us
        turn.wake_at = Instant(first) if first < FOREVER else None
        turn.is_wake_old = False
    return turn.wake_at


def _instants(turn: Turn, after: Instant) -> list[int]:
    index = turn.index
    found: list[int] = []
    for us, _ in turn.ledger.deadlines():
        found.append(us)
    if index.timed:
        scope = turn.scope_of_event(EMPTY)
        for timed in index.timed:
            _, until = timed.judgement(turn, after, scope)
            found.append(until)
    if index.keeps_tags:
        found += next_tags(turn, after)
    if index.started_by_date:
        found += _days(turn, after)
    if index.reminds:
        found += (at.us for task in pending(turn) for at in task.instants())
    for enrolment in turn.running():
        _add_steps(enrolment, found)
        if (enrolment.journey, enrolment.version) in index.anchored:
            found += next_anchors(turn, enrolment, after)
        _add_ways(turn, enrolment, after, found)
    return found


def _days(turn: Turn, after: Instant) -> Iterator[int]:
    """When journeys begin by a date of the contact."""
    for _, around in turn.index.started_by_date:
        day = next_day(turn, around, after.us)
        if day is not None:
            yield day


def _add_steps(enrolment: Enrolment, found: list[int]) -> None:
    """When the open steps want to be looked at."""
    for state in enrolment.steps.open:
        # its `next_at`, since it is open
        next_at = state.due_at if state.status == "waiting" else state.again_at
        if next_at is not None:
            found.append(next_at.us)


def _add_ways(
    turn: Turn, enrolment: Enrolment, after: Instant, found: list[int]
) -> None:
    """When the journey may end, or lead on to another stage."""
    course = turn.index.versions.courses[enrolment.journey, enrolment.version]
    outlook = course.outlook(enrolment.stage, turn.contact.id)
    entered = enrolment.stage_at.us
    for wait in outlook.after:
        opens_at = entered + wait
        found.append(opens_at)
    asked, series = outlook.by_clock, turn.timeline.series
    for name in outlook.awaited:
        if name in series and series[name].newest > after.us:
            asked = outlook.timed  # an event is known that is still to come
            break
    if asked:
        subject, scope = turn.subject(enrolment), turn.scope(enrolment)
        for condition in asked:
            _, until = condition.judgement(subject, after, scope)
            found.append(until)
