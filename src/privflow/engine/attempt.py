"""One step that is due, and how long it may still leave."""

from __future__ import annotations

from attrs import define

from privflow.engine.course import Errand
from privflow.engine.turn import Place, Turn, place_of
from privflow.facts import EMPTY, FOREVER, Properties, maker
from privflow.journeys import (
    Defer,
    Enrolment,
    Journey,
    SOPStep,
    StepState,
)
from privflow.timing import Instant


@define(eq=False, weakref_slot=False)
class Attempt:
    """One step that is due.

    Args:
        next_at: when the step was to be tried.
        at: the instant that is lived through.
        place: what no two attempts of one instant share.
        end: from when on it may not leave: its validity, or its next occurrence.
        limit: the last instant at which it may, where it does not wait longer.
    """

    enrolment: Enrolment
    errand: Errand
    state: StepState
    next_at: Instant
    at: Instant
    place: Place
    following: Instant | None
    end: Instant | None
    limit: Instant | None

    @property
    def journey(self) -> Journey:
        """The journey that it is part of, in its version."""
        return self.errand.course.journey

    @property
    def step(self) -> SOPStep:
        """The step of the journey."""
        return self.errand.step

    @property
    def source(self) -> str:
        """How the journal calls where it comes from."""
        return self.errand.course.source

    @property
    def key(self) -> Properties:
        """Which visit it is, for the host's template: `{"order_id": "o-1"}`."""
        name, value = self.errand.course.journey.reentry.key, self.enrolment.key
        return Properties.of_clean({name: value}) if name and value else EMPTY

    @property
    def is_withheld(self) -> bool:
        """Whether the contact is there to compare with: the journey sells to others."""
        return self.enrolment.control and self.step.message.kind == "marketing"

    @property
    def is_early(self) -> bool:
        """Whether it is asked about before the time that it was told."""
        return self.next_at.us > self.at.us

    def is_too_late(self, now: Instant) -> bool:
        """Whether its time is over."""
        end, limit = self.end, self.limit
        ended = end is not None and now.us >= end.us
        return ended or (limit is not None and now.us > limit.us)

    def order(self) -> tuple[object, ...]:
        """Kind, priority, deadline, waiting time, then names (E2)."""
        due = self.state.due_at
        bounds = [bound.us for bound in (self.end, self.limit) if bound is not None]
        return (
            self.errand.order,
            min(bounds, default=FOREVER),
            0 if due is None else due.us,
            self.journey.name,
            self.step.name,
        )


_attempt = maker(Attempt)


def attempt_of(
    turn: Turn,
    enrolment: Enrolment,
    errand: Errand,
    state: StepState,
    next_at: Instant,
    at: Instant,
) -> Attempt:
    """The attempt at a step, as it stands at an instant.

    Args:
        next_at: when the step was to be tried.
    """
    following = limit = None
    if errand.recurs:
        following = _next_occurrence(turn, enrolment, errand.step, state)
    end = following
    if errand.is_bounded:
        end, limit = _bounds(errand.step, state, following)
    place = place_of(enrolment, state)
    return _attempt(enrolment, errand, state, next_at, at, place, following, end, limit)


def _next_occurrence(
    turn: Turn, enrolment: Enrolment, step: SOPStep, state: StepState
) -> Instant | None:
    if state.due_at is None:
        return None
    anchor = state.since or enrolment.stage_at
    attributes = turn.contact.attributes
    return step.following(anchor, state.due_at, turn.timezone, attributes)


def _bounds(
    step: SOPStep, state: StepState, following: Instant | None
) -> tuple[Instant | None, Instant | None]:
    """From when on a step may not leave, and the last instant at which it may."""
    due, end, limit = state.due_at, following, None
    if due is not None and step.valid_for is not None:
        own = due + step.valid_for
        end = own if end is None else min(own, end)
    policy = step.on_blocked
    if due is not None and isinstance(policy, Defer) and policy.until_at_most:
        limit = due + policy.until_at_most
    return end, limit
