"""Which of two enrolments in one journey stays, as if it had been one person always."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.engine.travel import refusal_again
from privflow.facts import Contact, MergeLine
from privflow.journeys import Enrolment, Journey, StepState


@frozen
class Standing:
    """The enrolment that stays, and why."""

    enrolment: Enrolment
    line: MergeLine


def standings(
    older: ContactState, newer: ContactState, contact: Contact, plan: Plan
) -> Iterator[Standing]:
    """What stays, journey by journey.

    Args:
        contact: who they became.
    """
    known = {journey.name: journey for journey in plan.journeys}
    zone = contact.timezone or plan.timezone
    names = (e.journey for state in (older, newer) for e in state.enrolments)
    for name in dict.fromkeys(names):
        mine, theirs = older.enrolment(name), newer.enrolment(name)
        if mine is not None and theirs is not None:
            eyes = _Eyes(known.get(name), contact, zone)
            yield _one_person(mine, theirs, eyes)
        elif mine is not None:
            yield Standing(mine, _line(mine, "older", "only they entered it"))
        elif theirs is not None:
            yield Standing(theirs, _line(theirs, "newer", "only they entered it"))


@frozen
class _Eyes:
    """What decides how steps of a journey go on; None where the plan has it not."""

    journey: Journey | None
    contact: Contact
    zone: str

    def recurs(self, state: StepState, enrolment: Enrolment) -> bool:
        """Whether the step comes again after this occurrence."""
        stage = None if self.journey is None else self.journey.stage(enrolment.stage)
        step = None if stage is None else stage.step(state.step)
        if step is None or state.due_at is None:
            return False
        following = step.schedule.due(
            anchor_us=enrolment.stage_at.us,
            after_us=state.due_at.us,
            tz=self.zone,
            attributes=self.contact.attributes,
        )
        return following is not None


def _one_person(mine: Enrolment, theirs: Enrolment, eyes: _Eyes) -> Standing:
    """Which visit counts, as the re-entry policy has it (J4)."""
    first, second = sorted((mine, theirs), key=lambda e: (e.entered_at, e is theirs))
    refusal = "once_only"
    if eyes.journey is not None:
        refusal = refusal_again(eyes.journey, first, second.entered_at)
    stays, goes = (first, second) if refusal else (second, first)
    rule = "the last visit stays"
    if refusal:
        rule = f"the second visit does not count: {refusal}"
    of = "newer" if stays is theirs else "older"
    merged = evolve(
        stays,
        visit=mine.visit + theirs.visit,
        steps=tuple(_done(state, stays, goes, eyes) for state in stays.steps),
    )
    return Standing(merged, _line(merged, of, rule))


def _line(enrolment: Enrolment, of: str, rule: str) -> MergeLine:
    return MergeLine(what="journey", name=enrolment.journey, of=of, rule=rule)


def _done(
    state: StepState, stays: Enrolment, goes: Enrolment, eyes: _Eyes
) -> StepState:
    """The step as it stands in either; one that recurs goes on as it is."""
    other = goes.step(state.step)
    is_sent = other is not None and other.status == "sent"
    if other is None or not is_sent or not state.is_open:
        return state
    return state if eyes.recurs(state, stays) else other
