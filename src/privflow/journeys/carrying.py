"""An enrolment taken over into an edited journey (J6).

Theory of operation
-------------------
1. Stages and steps are the same ones if they have the same name, or had it before: as
   the new version says, or as the visit remembers (`Former`).
2. What was closed stays closed, under every name that it had; that is what keeps a step
   from being executed twice.
3. What is open is due anew, by the new schedule. If that has passed it leaves at once,
   as far as it is still valid.
4. A new step whose time has passed is skipped: nobody gets last month's greetings. One
   that recurs begins with the next occurrence.
5. Steps that are gone are kept with the earlier ones, for `why`. If they come back in a
   later version, or in a later stage, what was decided about them stays decided; what
   the edit alone has closed was not, and one that recurs goes on.
6. Whose stage is gone has nowhere to be, and leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from privflow.journeys.enrolment import Enrolment
from privflow.journeys.journey import Journey
from privflow.journeys.stage import Stage
from privflow.journeys.step import SOPStep
from privflow.journeys.step_state import StepState, waiting
from privflow.timing import Instant, is_due_once

Opened = Callable[[SOPStep], StepState]
"""The state of a step in the stage that the contact is in, as if it were entered now
for the first time."""

Following = Callable[[SOPStep, StepState, Instant], Instant | None]
"""The next occurrence of a step after an instant."""


def carried(
    enrolment: Enrolment,
    new: Journey,
    *,
    at: Instant,
    opened: Opened,
    following: Following,
) -> Enrolment | None:
    """The enrolment in another version of its journey; None where its stage is gone."""
    former = new.remembered(enrolment.former, enrolment.journey)
    stage = new.stage_once(enrolment.stage, former)
    if stage is None:
        return None
    enrolment = evolve(enrolment, former=former)
    steps = tuple(_step(enrolment, step, at, opened, following) for step in stage.steps)
    taken = {name for step in stage.steps for name in former.of_step(step.names)}
    return evolve(
        enrolment,
        journey=new.name,
        version=new.version,
        stage=stage.name,
        steps=steps,
        earlier=tuple(_left_behind(enrolment, stage, taken, at)),
    )


def entered(
    enrolment: Enrolment, stage: Stage, step: SOPStep, opened: Opened
) -> StepState:
    """The state of a step whose stage is entered.

    What was decided in another stage, from which an edit has moved the step here, stays
    decided; where it recurs it goes on with its next occurrence.
    """
    former = enrolment.former
    steps, stages = former.of_step(step.names), former.of_stage(stage.names)
    if enrolment.earlier.names.isdisjoint(steps):
        return opened(step)
    past = [s for s in enrolment.earlier if s.step in steps and s.stage not in stages]
    done = next(filter(_is_decided, reversed(past)), None)
    if done is None:
        return opened(step)
    goes_on = any(state.occurrence > done.occurrence for state in past)
    if not goes_on or is_due_once(step.schedule):
        return evolve(done, step=step.name, stage="")
    fresh = opened(step)
    if fresh.next_at is None:
        return fresh
    return evolve(fresh, occurrence=done.occurrence + 1)


def _is_decided(state: StepState) -> bool:
    return not state.is_open and state.reason != "edited"


def _step(
    enrolment: Enrolment,
    step: SOPStep,
    at: Instant,
    opened: Opened,
    following: Following,
) -> StepState:
    old = _known(enrolment, step)
    if old is None:
        fresh = opened(step)
        is_past = fresh.due_at is not None and fresh.due_at < at
        return _next(step, fresh, at, following) if is_past else fresh
    old = evolve(old, step=step.name, stage="")
    if old.status != "waiting":
        return _resumed(enrolment, step, old, at, following)
    if old.occurrence == 1:
        return opened(step)
    last = _last_occurrence(enrolment, step)
    due_at = following(step, old, last) if last is not None else old.due_at
    return _skipped(old, "edited", at) if due_at is None else evolve(old, due_at=due_at)


def _next(
    step: SOPStep, state: StepState, at: Instant, following: Following
) -> StepState:
    """The step at the first occurrence that is not past; skipped if there is none."""
    before = Instant(at.us - 1)
    due_at = None if is_due_once(step.schedule) else following(step, state, before)
    if due_at is None:
        return _skipped(state, "passed", at)
    return evolve(state, due_at=due_at)


def _resumed(
    enrolment: Enrolment,
    step: SOPStep,
    old: StepState,
    at: Instant,
    following: Following,
) -> StepState:
    """What was decided; the next occurrence where an edit had taken it away."""
    names = enrolment.former.of_step(step.names)
    is_cut_off = any(
        state.occurrence > old.occurrence and state.reason == "edited"
        for state in enrolment.earlier
        if state.step in names
    )
    if not is_cut_off or is_due_once(step.schedule):
        return old
    again = waiting(step.name, at, old.since)
    resumed = _next(step, again, at, following)
    return evolve(resumed, occurrence=old.occurrence + 1) if resumed.is_open else old


def _known(enrolment: Enrolment, step: SOPStep) -> StepState | None:
    """The state of a step in this stage, or a closed one from wherever it was."""
    names = enrolment.former.of_step(step.names)
    here = {state.step: state for state in enrolment.steps}
    for name in names:
        if name in here:
            return here[name]
    for state in reversed(enrolment.earlier):
        if state.step in names and _is_decided(state):
            return state
    return None


def _last_occurrence(enrolment: Enrolment, step: SOPStep) -> Instant | None:
    names = enrolment.former.of_step(step.names)
    past = (s.due_at for s in reversed(enrolment.earlier) if s.step in names)
    return next(past, None)


def _skipped(state: StepState, reason: str, at: Instant) -> StepState:
    if not state.is_open:
        return state
    return state.closed("skipped", at=at, reason=reason)


def _left_behind(
    enrolment: Enrolment, stage: Stage, taken: set[str], at: Instant
) -> Iterator[StepState]:
    """The earlier steps, and those of this stage that the new version has not.

    So are those that it calls otherwise: the name may be given again.
    """
    kept = {state.step for state in enrolment.steps}
    for state in enrolment.earlier:
        if state.step not in taken or state.step in kept:
            yield state
    called = {step.name for step in stage.steps}
    for state in enrolment.steps:
        if state.step not in taken:
            yield _skipped(state, "edited", at).of_stage(stage.name)
        elif state.step not in called and _is_decided(state):
            yield state.of_stage(stage.name)
