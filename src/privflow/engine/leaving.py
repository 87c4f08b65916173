"""How a visit of a journey ends, and what follows from that."""

from __future__ import annotations

from privflow.engine.turn import Turn
from privflow.journeys import AtEnd, Enrolment
from privflow.timing import Instant


def leave(turn: Turn, enrolment: Enrolment, at: Instant, by: str) -> None:
    """End a visit; its open steps stay as they are and are never sent."""
    source = f"journey:{enrolment.journey}"
    left = enrolment.left(at=at, by=by)
    turn.keep(left)
    if by != "completed":
        turn.parted = (*turn.parted, left)
    turn.note("ended", at=at, source=source, reason=by)
    versions = turn.index.versions
    known = versions.is_known(enrolment)
    for then in versions.of(enrolment).at_end if known else ():
        if then.covers(by):
            _follow_up(turn, then, source, at)


def leave_all(turn: Turn, journey: str, at: Instant, by: str) -> None:
    """End every visit of a journey that still runs."""
    for visit in turn.visits(journey):
        if visit.ended_at is None:
            leave(turn, visit, at, by)


def leave_by_hand(turn: Turn, journey: str | None, at: Instant) -> None:
    """End every visit that still runs, of one journey or of all, known or not."""
    heirs = turn.index.heirs
    for visit in turn.open_visits():
        if journey is None or heirs.is_of(visit, heirs.names_of(journey)):
            leave(turn, visit, at, "hand")


def _follow_up(turn: Turn, then: AtEnd, source: str, at: Instant) -> None:
    """Change the tags at once; the hand-over waits for the end of the look."""
    turn.is_restless = True
    for tag in then.remove:
        turn.contact = turn.contact.untagged(tag, at=at)
        turn.note("untagged", at=at, source=source, subject=str(tag))
    for tag in then.add:
        name = str(tag)
        if turn.may_hold(tag, at):
            turn.contact = turn.contact.tagged(tag, at=at, source=source)
            turn.note("tagged", at=at, source=source, subject=name)
        else:
            reason = "no_sensitive_consent"
            turn.note("not_tagged", at=at, source=source, subject=name, reason=reason)
    if then.enrol:
        turn.handed = (*turn.handed, then.enrol)
