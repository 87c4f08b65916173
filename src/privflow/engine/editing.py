"""Contacts taken over into edited journeys (J6)."""

from __future__ import annotations

from attrs import evolve

from privflow.engine.leaving import leave
from privflow.engine.opening import first_state
from privflow.engine.reasking import ask_all_again
from privflow.engine.turn import Turn
from privflow.journeys import Enrolment, Journey, SOPStep, StepState, carried
from privflow.timing import Instant


def follow(turn: Turn, at: Instant) -> None:
    """Take over whoever is in an earlier version of a journey, as far as it may be."""
    for enrolment in turn.open_visits() if turn.has_strangers else ():
        if not turn.index.versions.is_current(enrolment):
            _follow(turn, enrolment, at)
    turn.has_strangers = False
    for enrolment in turn.running() if turn.index.has_safe_points else ():
        if not enrolment.steps.open:
            _cross_over(turn, enrolment, at)


def _follow(turn: Turn, enrolment: Enrolment, at: Instant) -> None:
    heir = turn.index.heirs.of(enrolment)
    if heir is not None and heir.in_flight == "follow":
        take_over(turn, enrolment, heir, at)
    elif not turn.index.versions.is_known(enrolment):
        source = f"journey:{enrolment.journey}"
        reason = "no_journey" if heir is None else "no_version"
        turn.note("unknown", at=at, source=source, reason=reason)
        if heir is None:
            turn.parted = (*turn.parted, enrolment)


def _cross_over(turn: Turn, enrolment: Enrolment, at: Instant) -> None:
    """Take over a visit that is at a safe point, if its journey waited for one."""
    heir = turn.index.heirs.of(enrolment)
    if heir is None or heir is turn.index.versions.of(enrolment):
        return
    if heir.in_flight == "until_safe_point":
        take_over(turn, enrolment, heir, at)


def take_over(turn: Turn, enrolment: Enrolment, heir: Journey, at: Instant) -> None:
    """Let an enrolment go on in another version of its journey."""
    new = followed(turn, enrolment, heir, at)
    if new is None:
        leave(turn, enrolment, at, "edited")
        return
    turn.replace(enrolment, new)
    ask_all_again(turn, new, at)
    turn.note(
        "edited", at=at, source=f"journey:{new.journey}", subject=str(new.version)
    )


def followed(
    turn: Turn, enrolment: Enrolment, heir: Journey, at: Instant
) -> Enrolment | None:
    """What an enrolment becomes in another version; None where its stage is gone."""

    def anew(step: SOPStep) -> StepState:
        return first_state(turn, renamed, step, at, enrolment.stage_at)

    def following(step: SOPStep, state: StepState, after: Instant) -> Instant | None:
        anchor = state.since or enrolment.stage_at
        return step.following(anchor, after, turn.timezone, turn.contact.attributes)

    renamed = evolve(enrolment, journey=heir.name, version=heir.version)
    return carried(enrolment, heir, at=at, opened=anew, following=following)
