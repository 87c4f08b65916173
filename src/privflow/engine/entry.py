"""How a contact comes into a journey: by an event, a segment, a day, or by hand."""

from __future__ import annotations

from privflow.engine.leaving import leave
from privflow.engine.opening import opened
from privflow.engine.turn import Turn
from privflow.facts import EMPTY, Properties
from privflow.journeys import Enrolment, Journey, begun
from privflow.timing import Around, Instant


def enter(
    turn: Turn,
    journey: Journey,
    at: Instant,
    event: Properties = EMPTY,
    *,
    key: str = "",
) -> None:
    """Start a journey at an instant, if re-entry and audience let the contact in.

    Args:
        event: properties of the event behind it; the key of the visit is one of them.
        key: that key, where no event brings it.
    """
    if journey.reentry.key:
        key = _key_of(journey, event) or key
    visits, same, refused = turn.visits(journey.name), None, ""
    if visits:
        same = same_visit(journey, visits, key)
        refused = refusal(journey, visits, same, at)
    if turn.is_restricted(at):
        refused = "restricted"
    if not refused and journey.audience is not None:
        scope = turn.scope_of_event(event)
        refused = "" if turn.holds(journey.audience, at, scope) else "not_in_audience"
    if not refused and journey.reentry.key and not key:
        refused = "no_key"
    if refused:
        turn.note("not_entered", at, f"journey:{journey.name}", reason=refused)
    elif same is not None and journey.reentry.repeated == "refresh":
        _refresh(turn, journey, same, at)
    else:
        if same is not None:
            leave(turn, same, at, "restarted")
            visits = turn.visits(journey.name)
        _begin(turn, journey, visits, key, at)


def _key_of(journey: Journey, event: Properties) -> str:
    value = event.get(journey.reentry.key)
    return "" if value is None else str(value)


def same_visit(journey: Journey, visits: list[Enrolment], key: str) -> Enrolment | None:
    """The running visit that a repeated trigger is about."""
    if not visits or (not key and journey.reentry.at_most > 1):
        return None
    return next((v for v in visits if v.ended_at is None and v.key == key), None)


def refusal(
    journey: Journey, visits: list[Enrolment], same: Enrolment | None, at: Instant
) -> str:
    """Why the contact may not enter; empty where they may (J4)."""
    if not visits:
        return ""
    if same is not None:
        return "already_inside" if journey.reentry.repeated == "ignore" else ""
    reentry, ended = journey.reentry, visits[-1].ended_at
    if reentry.again == "every_time":
        running = sum(visit.ended_at is None for visit in visits)
        return "too_many" if running >= reentry.at_most else ""
    if ended is None:
        return "already_inside"
    if reentry.again == "once":
        return "once_only"
    is_cool = reentry.cooldown is None or at >= ended + reentry.cooldown
    return "" if is_cool else "cooling_down"


def _begin(
    turn: Turn, journey: Journey, visits: list[Enrolment], key: str, at: Instant
) -> None:
    last = visits[-1] if visits else None
    name, first = journey.name, journey.stages[0]
    is_control = journey.is_control(turn.contact.id) and (last is None or last.control)
    reason = "control" if is_control else ""
    turn.note("entered", at, f"journey:{name}", first.name, reason)
    visit = 1 if last is None else last.visit + 1
    entered = begun(
        name,
        journey.version,
        visit,
        at,
        first.name,
        at,
        key,
        is_control,
        journey.former,
    )
    turn.forget_before(visits, at)
    turn.keep(entered.opening(opened(turn, entered, first, at)))


def _refresh(turn: Turn, journey: Journey, old: Enrolment, at: Instant) -> None:
    """Let the contact enter the stage anew in which they are."""
    versions = turn.index.versions
    stage = versions.of(old).stage(old.stage) if versions.is_known(old) else None
    if stage is not None:
        turn.note("refreshed", at, f"journey:{journey.name}", stage.name)
        turn.keep(old.refreshed(at=at, steps=opened(turn, old, stage, at)))


# ── By a segment, by a day ───────────────────────────────────────────────────


def inside(turn: Turn, at: Instant) -> tuple[str, ...]:
    """The segments that journeys wait for and the contact belongs to."""
    scope = turn.scope_of_event(EMPTY)
    watched = turn.index.watched
    return tuple([s.name for s in watched if s.condition.holds(turn, at, scope)])


def cross(turn: Turn, at: Instant) -> None:
    """Judge the segments that journeys wait for, and start those journeys.

    A journey that this contact meets for the first time takes in whoever belongs to its
    segment already.
    """
    index = turn.index
    if not index.started_by_crossing:
        turn.inside = turn.offered = ()
        return
    before, met, now = turn.inside or (), turn.offered, inside(turn, at)
    turn.inside, turn.offered = now, index.offered
    if before == now and met == index.offered:
        return
    for journey, crossing in index.started_by_crossing:
        name = crossing.segment
        is_new = crossing.into and not _has_met(turn, journey, met)
        was_in, is_in = name in before and not is_new, name in now
        if is_in == crossing.into and is_in != was_in:
            _cross(turn, journey, at, is_current=is_new and name in turn.baseline)


def _has_met(turn: Turn, journey: Journey, met: tuple[str, ...]) -> bool:
    """Whether a journey has been offered, under a name that it or a visit knows."""
    names = set(journey.names)
    for visit in turn.visits(journey.name):
        names.update((visit.journey, *visit.former.journey))
    return not names.isdisjoint(met)


def _cross(turn: Turn, journey: Journey, at: Instant, *, is_current: bool) -> None:
    """Start a journey by a segment, if it takes in such members (J1a).

    Once in a look: where being in a journey decides who belongs to the segment, one
    could come and go for ever.
    """
    kind, place = "current" if is_current else "future", (journey.name, 0, "")
    if place in turn.trail:
        turn.note("not_entered", at, f"journey:{journey.name}", reason="loop")
        return
    turn.trail |= {place}
    if journey.members in {"all", kind}:
        enter(turn, journey, at)
    else:
        reason = f"{kind}_member"
        turn.note("not_entered", at, f"journey:{journey.name}", reason=reason)


def greet(turn: Turn, at: Instant) -> None:
    """Start the journeys whose day has come, at its instant and once."""
    for journey, around in turn.index.started_by_date:
        if next_day(turn, around, at.us - 1) == at.us:
            last = turn.enrolment(journey.name)
            if last is None or last.entered_at != at:
                enter(turn, journey, at)


def next_day(turn: Turn, around: Around, after_us: int) -> int | None:
    """The first day of a date-started journey after an instant."""
    return around.due(
        anchor_us=after_us + 1,
        after_us=None,
        tz=turn.timezone,
        attributes=turn.contact.attributes,
    )


# ── By hand-over ─────────────────────────────────────────────────────────────


def hand_over(turn: Turn, at: Instant) -> None:
    """Start the journeys that those which ended lead on to; each once an instant."""
    waiting, turn.handed = turn.handed, ()
    for name in waiting:
        last = turn.enrolment(name)
        journey = turn.index.journeys[name]
        if last is not None and last.entered_at == at:
            turn.note("not_entered", at, f"journey:{journey.name}", reason="loop")
        else:
            enter(turn, journey, at)
