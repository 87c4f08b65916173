"""When to look again: the first instant at which time alone may decide something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
        since = after.us
        found = [us for us in _instants(turn, after) if since < us < FOREVER]
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
        if (enrolment.journey, enrolment.version) in index.anchored:
            found += next_anchors(turn, enrolment, after)
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
    outlook = turn.course(enrolment).outlook(enrolment.stage, turn.contact.id)
    entered = enrolment.stage_at.us
    found = [entered + us for us in outlook.after]
    is_ahead = _is_ahead(turn, outlook.awaited, after.us)
    asked = outlook.timed if is_ahead else outlook.by_clock
    if asked:
        subject, scope = turn.subject(enrolment), turn.scope(enrolment)
        found += [one.judgement(subject, after, scope)[1] for one in asked]
    return found


def _is_ahead(turn: Turn, names: Iterable[str], us: int) -> bool:
    """Whether an event of these names is known that is still to come."""
    series = turn.timeline.series
    for name in names:
        known = series.get(name)
        if known is not None and known.newest > us:
            return True
    return False
