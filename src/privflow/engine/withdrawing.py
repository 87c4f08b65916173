"""Tasks of staff that are taken back when what asked for them is over (J7).

Theory of operation
-------------------
1. A visit that ends before its tasks are done takes them back: the goal is reached, the
   contact leaves, the journey is edited away or gone from the plan. A visit that is
   complete has asked for them as its last word, and does not.
2. Whether staff have answered is judged when the call has taken in all its inputs.
3. The step says that its task was taken back, so that this is asked for once.
4. Nothing is released by asking. The place in the quotas is free when the host reports
   `cancelled`; where staff were quicker the touch counts, whichever is heard first.
"""

from __future__ import annotations

from collections.abc import Container
from itertools import product
from typing import Final

from attrs import evolve

from privflow.engine.command import Withdraw
from privflow.engine.course import origin_of
from privflow.engine.release import id_of, staff_of
from privflow.engine.turn import Turn
from privflow.facts import Properties
from privflow.journeys import Enrolment, StepState
from privflow.touches import Touch, TouchRecord

_OPEN: Final = ("reserved", "submitted")
_WITHDRAWN: Final = "withdrawn"


def withdraw(turn: Turn) -> None:
    """Take back the open tasks of the visits that the contact has parted from."""
    for visit in turn.parted:
        touches = _open_tasks(turn, visit)
        for touch in touches:
            _take_back(turn, touch, visit.ended_by or "no_journey")
        if touches and turn.keeps(visit):
            taken = {touch.id for touch in touches}
            turn.keep(_marked(turn.standing(visit), taken))
    turn.parted = ()


def withdraw_all(turn: Turn, reason: str) -> None:
    """Take back every open task, whatever asked for it."""
    gone = {c.touch.id for c in turn.commands if isinstance(c, Withdraw)}
    for record in tuple(turn.ledger):
        if _is_open(turn, record) and record.touch.id not in gone:
            _take_back(turn, record.touch, reason)


def _open_tasks(turn: Turn, visit: Enrolment) -> list[Touch]:
    """What staff have not answered, in the order in which they were given it."""
    since, staffed = visit.entered_at.us, turn.index.staffed
    if not any(t.channel in staffed for t in turn.ledger.decided_since(since)):
        return []
    states = (*visit.earlier, *visit.steps)
    known = {state.touch_id: state.reason for state in states if state.touch_id}
    found = []
    for record in turn.ledger:
        if record.decided_at >= visit.entered_at and _is_open(turn, record):
            touch = record.touch
            if touch.id in known:
                is_ours = known[touch.id] != _WITHDRAWN
            else:
                is_ours = visit.ended_at is not None and _is_past(turn, visit, touch)
            if is_ours:
                found.append(touch)
    return found


def _is_past(turn: Turn, visit: Enrolment, touch: Touch) -> bool:
    """Whether it is of an earlier occurrence of a step that recurs.

    No state of the step names it any more, but its id says where it comes from.
    """
    names = turn.index.heirs.names_of_visit(visit)
    for state in (*visit.earlier, *visit.steps):
        if state.step == touch.step and touch.journey in names:
            origin = origin_of(touch.source, touch.step)
            places = product(
                range(1, visit.stage_visit + 1), range(1, state.occurrence + 1)
            )
            for stage_visit, occurrence in places:
                place = (visit.visit, stage_visit, occurrence)
                if touch.id == id_of(turn, origin, place):
                    return True
    return False


def _is_open(turn: Turn, record: TouchRecord) -> bool:
    is_task = record.touch.channel in turn.index.staffed
    return is_task and record.status_at(turn.now) in _OPEN


def _take_back(turn: Turn, touch: Touch, reason: str) -> None:
    turn.commands.append(Withdraw(touch, staff=staff_of(turn), reason=reason))
    turn.note(
        "withdrawn",
        at=turn.now,
        source=touch.source,
        subject=touch.step or touch.message,
        reason=reason,
        facts=Properties({"touch": touch.id}),
    )


def _marked(visit: Enrolment, taken: Container[str]) -> Enrolment:
    def marked(state: StepState) -> StepState:
        return evolve(state, reason=_WITHDRAWN) if state.touch_id in taken else state

    return evolve(
        visit,
        steps=tuple(map(marked, visit.steps)),
        earlier=tuple(map(marked, visit.earlier)),
    )
