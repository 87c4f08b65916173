"""When to look again: the first instant at which time alone may decide something."""

from __future__ import annotations

from collections.abc import Iterator

from privflow.conditions import Condition, Scope, Subject
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
    scope = turn.scope_of_event(EMPTY)
    for segment in turn.index.watched:
        yield from _change(turn, segment.condition, after, scope)
    yield from (us for us, _ in turn.ledger.deadlines())
    for _, around in turn.index.started_by_date:
        day = next_day(turn, around, after.us)
        if day is not None:
            yield day
    yield from next_tags(turn, after)
    for task in pending(turn):
        yield from (at.us for at in task.instants())
    for enrolment in turn.running():
        for state in enrolment.steps:
            if state.next_at is not None:
                yield state.next_at.us
        yield from _ways(turn, enrolment, after)


def _ways(turn: Turn, enrolment: Enrolment, after: Instant) -> Iterator[int]:
    """When the journey may end, or lead on to another stage."""
    journey = turn.definition(enrolment)
    subject, scope = turn.subject(enrolment), turn.scope(enrolment)
    yield from _change(subject, journey.goal, after, scope)
    yield from _change(subject, journey.exit_when, after, scope)
    stage = journey.stage(enrolment.stage)
    if stage is None:
        return
    for to in stage.then:
        if not journey.takes(to, stage, turn.contact.id):
            continue
        if to.after is not None:
            yield (enrolment.stage_at + to.after).us
        yield from _change(subject, to.when, after, scope)


def _change(
    subject: Subject, condition: Condition | None, after: Instant, scope: Scope
) -> Iterator[int]:
    if condition is not None and condition.reads.by_time:
        yield condition.judgement(subject, after, scope)[1]
