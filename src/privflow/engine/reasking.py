"""Steps that are held back, and asked about again before the time they were told (Q6).

Theory of operation
-------------------
1. A hold says when its gate opens if only time passes. Whatever else may open it lets
   the held steps be asked again at once: another contact record, an event or a report
   that a gate looks at, facts learned outside of the engine, an edit of the journey.
2. Asking early only ever opens. A step that still may not leave keeps its time, or gets
   the time that its gates say now; its own condition and denials count when that comes.
3. Nothing is asked early because somebody looked: an idle look changes no answer of a
   gate, so that the result does not depend on how a host cuts its calls (E6).
4. What the host held back, since a limit that contacts share had no room, is asked
   early after an edit alone: the gates know nothing of that limit.
5. A place stays in `turn.again` until the gates were asked at `now`, or it is found to
   be too late, so that what is late is asked when every input has been taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from privflow.engine.turn import Place, Turn, place_of
from privflow.journeys import Enrolment, StepState
from privflow.timing import Instant

_SHARED = "held"


def ask_again(turn: Turn, at: Instant, gates: Collection[str] | None = None) -> bool:
    """Ask again about the steps that some gates hold back, or any.

    Returns:
        Whether there are any, so that a look is due.
    """
    found = [
        place
        for enrolment in turn.running()
        for place, state in _held(enrolment, at)
        if _waits_for(state, gates)
    ]
    turn.again |= set(found)
    return bool(found)


def ask_all_again(turn: Turn, enrolment: Enrolment, at: Instant) -> None:
    """Ask again about every held step of a visit, shared limits included."""
    turn.again |= {place for place, _ in _held(enrolment, at)}


def _held(enrolment: Enrolment, at: Instant) -> Iterator[tuple[Place, StepState]]:
    for state in enrolment.steps.open:
        if state.status == "deferred":
            again_at = state.again_at
            if again_at is not None and again_at > at:
                yield place_of(enrolment, state), state


def _waits_for(state: StepState, gates: Collection[str] | None) -> bool:
    if gates is None:
        return state.reason != _SHARED
    return any(line.ruling == "hold" and line.gate in gates for line in state.lines)
