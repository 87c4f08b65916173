"""A look at an instant: who comes in, where everybody goes, what may leave.

`engine` says when one is due; this is what happens in it.
"""

from __future__ import annotations

from privflow.engine.editing import follow
from privflow.engine.entry import cross, greet, hand_over
from privflow.engine.firing import answer
from privflow.engine.following import keep_tags
from privflow.engine.intake import note_lapses
from privflow.engine.opening import reanchor
from privflow.engine.travel import complete, settle
from privflow.engine.trying import attempt_due
from privflow.engine.turn import NO_TRAIL, Turn
from privflow.engine.wake import next_due
from privflow.timing import Instant

Whereabouts = dict[str, str] | None
"""Running journeys and their stages; None where no condition moves people by them."""


def live_until(turn: Turn, end: Instant) -> None:
    """Decide everything due up to an instant, each thing at its own."""
    while (at := next_due(turn)) is not None and at.us <= end.us:
        note_lapses(turn, at)
        look(turn, at)
    if turn.has_everything and (turn.late or turn.answers):
        look(turn, end)
    turn.reached = end


def look(turn: Turn, at: Instant) -> None:
    """Judge everything at an instant, and let out what may leave."""
    turn.reached = at
    turn.has_looked = at.us == turn.now.us
    if turn.is_restricted(at):
        _stand_still(turn)
        return
    turn.is_unseen, turn.is_wake_old = False, True
    turn.trail = NO_TRAIL
    if turn.has_strangers or turn.index.has_safe_points:
        follow(turn, at)
    is_calm = False
    while not is_calm:
        before = _come_to_rest(turn, at)
        if turn.index.anchored:
            reanchor(turn, at)
        if turn.answers and turn.has_looked:
            answer(turn)
        attempt_due(turn, at)
        complete(turn, at)
        is_calm = not turn.is_restless and (
            before is None or before == turn.whereabouts()
        )


def _stand_still(turn: Turn) -> None:
    """Decide nothing while processing is restricted, and forget nothing (K4)."""
    turn.is_unseen = turn.is_wake_old = True
    if turn.has_everything:
        answer(turn)


def _come_to_rest(turn: Turn, at: Instant) -> Whereabouts:
    """Judge who comes in and where everybody goes, until nobody moves any more.

    It comes to an end: in one look a visit enters a stage once, and a journey begins
    once by a segment, a day, or a hand-over.

    Returns:
        Where everybody is, if a condition that moves people asks for that.
    """
    index = turn.index
    while True:
        turn.is_restless = False
        before = turn.whereabouts() if index.moves_by_journeys else None
        if index.keeps_tags:
            keep_tags(turn, at)
        cross(turn, at)
        if index.started_by_date:
            greet(turn, at)
        if turn.handed:
            hand_over(turn, at)
        settle(turn, at)
        if not turn.is_restless and (before is None or before == turn.whereabouts()):
            return before
