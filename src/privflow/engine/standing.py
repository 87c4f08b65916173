"""Which of two enrolments in one journey stays, as if it had been one person always."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve, frozen

from privflow.engine.entry import refusal_again
from privflow.engine.plan import Plan
from privflow.engine.state import ContactState
from privflow.facts import MergeLine
from privflow.journeys import Enrolment, Journey, StepState


@frozen
class Standing:
    """The enrolment that stays, and why."""

    enrolment: Enrolment
    line: MergeLine


def standings(
    older: ContactState, newer: ContactState, plan: Plan
) -> Iterator[Standing]:
    """What stays, journey by journey, and key by key where a journey has keys."""
    taken: set[tuple[str, int]] = set()
    for standing in _by_key(older, newer, plan):
        visit = standing.enrolment.visit
        while (standing.enrolment.journey, visit) in taken:
            visit += 1
        taken.add((standing.enrolment.journey, visit))
        yield evolve(standing, enrolment=evolve(standing.enrolment, visit=visit))


def _by_key(older: ContactState, newer: ContactState, plan: Plan) -> Iterator[Standing]:
    known = {journey.name: journey for journey in plan.journeys}
    both = (*older.enrolments, *newer.enrolments)
    for extra in beside(older):
        line = _line(extra, "older", "one of several at once")
        yield Standing(extra, evolve(line, name=f"{line.name} visit {extra.visit}"))
    for name, key in dict.fromkeys((e.journey, e.key) for e in both):
        mine, theirs = older.enrolment(name, key=key), newer.enrolment(name, key=key)
        if mine is not None and theirs is not None:
            yield _one_person(mine, theirs, known.get(name))
        elif mine is not None:
            yield Standing(mine, _line(mine, "older", "only they entered it"))
        elif theirs is not None:
            yield Standing(theirs, _line(theirs, "newer", "only they entered it"))


def beside(state: ContactState) -> Iterator[Enrolment]:
    """The visits that run at once with a later one of the same journey and key.

    Where nothing tells them apart, those of the older contact alone stay in a merge.
    """
    for visit in state.enrolments:
        if state.enrolment(visit.journey, key=visit.key) != visit:
            yield visit


def _one_person(
    mine: Enrolment, theirs: Enrolment, journey: Journey | None
) -> Standing:
    """Which visit counts, as the re-entry policy has it (J4)."""
    first, second = sorted((mine, theirs), key=lambda e: (e.entered_at, e is theirs))
    refusal = "once_only"
    if journey is not None:
        refusal = refusal_again(journey, first, second.entered_at)
    stays, goes = (first, second) if refusal else (second, first)
    rule = "the last visit stays"
    if refusal:
        rule = f"the second visit does not count: {refusal}"
    of = "newer" if stays is theirs else "older"
    merged = evolve(
        stays,
        visit=mine.visit + theirs.visit,
        steps=tuple(_done(state, goes) for state in stays.steps),
    )
    return Standing(merged, _line(merged, of, rule))


def _line(enrolment: Enrolment, of: str, rule: str) -> MergeLine:
    return MergeLine(what="journey", name=named(enrolment), of=of, rule=rule)


def named(enrolment: Enrolment) -> str:
    """How a merge calls a visit: by its journey, and by its key if it has one."""
    return f"{enrolment.journey} {enrolment.key}".strip()


def _done(state: StepState, goes: Enrolment) -> StepState:
    """The step as it stands in either: what was sent in one is not sent in the other.

    A step that recurs is open in both, for its next occurrence, and stays as it is.
    """
    other = goes.step(state.step)
    is_sent = other is not None and other.status == "sent"
    return other if other is not None and is_sent and state.is_open else state
