"""Reminders of tasks that staff have not confirmed (J7).

Theory of operation
-------------------
1. When a reminder is due follows from the touch and its step alone; none is kept.
2. A call gives the reminders that became due since the call before it, `state.at`, and
   of several for one task the last: a host that slept reminds once (J3).
3. Reminders are those of the version that the visit goes by. Where the plan has that
   no more, since a complete visit follows no edit, they are those of the present one.
4. Whoever confirmed, refused or failed is not reminded; nor is anybody of a task whose
   deadline is over, or that is taken back: its visit ended before it was complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attrs import frozen

from privflow.engine.command import Remind
from privflow.engine.release import staff_of
from privflow.engine.turn import Turn
from privflow.facts import Properties
from privflow.journeys import Enrolment
from privflow.timing import Instant, Span
from privflow.touches import TouchRecord

_OPEN: Final = ("reserved", "submitted")
"""A task that the platform has taken still waits for staff."""


@frozen
class Pending:
    """A task that nobody has answered, and when staff are to be reminded of it."""

    record: TouchRecord
    remind: tuple[Span, ...]

    def instants(self) -> Iterator[Instant]:
        """When, in order."""
        return (self.record.decided_at + wait for wait in self.remind)


def pending(turn: Turn) -> Iterator[Pending]:
    """The tasks of running and of complete visits that staff have not answered."""
    return _pending(turn, (*turn.running(), *turn.complete_visits()))


def _pending(turn: Turn, visits: Iterable[Enrolment]) -> Iterator[Pending]:
    if not turn.index.reminds or turn.is_restricted(turn.now):
        return
    for enrolment in visits:
        journey = turn.index.versions.last_of(enrolment)
        if journey is None:
            continue
        for touch_id, name in _sent(enrolment).items():
            step = journey.step_once(name, enrolment.former)
            record = turn.ledger.find(touch_id) if step is not None else None
            if step is None or step.confirm is None or record is None:
                continue
            is_task = record.touch.channel in turn.index.staffed
            has_deadline = record.touch.confirm_within is not None
            if is_task and has_deadline and record.status_at(turn.now) in _OPEN:
                yield Pending(record, step.confirm.remind)


def _sent(enrolment: Enrolment) -> dict[str, str]:
    """Touches to the names of their steps: to the last of several, after an edit."""
    found: dict[str, str] = {}
    for name, touch_id in (*enrolment.earlier.touches(), *enrolment.steps.touches()):
        found.pop(touch_id, None)
        found[touch_id] = name
    return found


def remind(turn: Turn) -> None:
    """Give the reminders that are due by now, or were when another visit began."""
    for visit, until in turn.outlived:
        _remind(turn, _pending(turn, [visit]), until)
    _remind(turn, pending(turn), turn.now)


def _remind(turn: Turn, tasks: Iterable[Pending], until: Instant) -> None:
    before = turn.state.at
    for task in tasks:
        due = [
            number
            for number, at in enumerate(task.instants(), start=1)
            if at <= until and (before is None or at > before)
        ]
        if due:
            touch = task.record.touch
            command = Remind(touch, staff=staff_of(turn), number=due[-1])
            turn.commands.append(command)
            turn.note(
                "reminded",
                at=turn.now,
                source=touch.source,
                subject=touch.step,
                facts=Properties({"touch": touch.id, "number": due[-1]}),
            )
