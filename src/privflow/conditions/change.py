"""Judging with a horizon: the truth now, and when time alone may change it (C7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from privflow.conditions.local_time import next_changes
from privflow.conditions.node import (
    And,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Tagged,
    Test,
)
from privflow.conditions.reference import truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.truth import NO, YES, Truth, negated
from privflow.facts import FOREVER

Judged = tuple[Truth, int]


def judged(node: Node, facts: Facts) -> Judged:
    """The truth of a node, and the first instant at which time alone may change it.

    Sound for every node: before that instant nothing changes without new facts.
    Exact for a single clause. Microseconds; `FOREVER` where nothing ever changes.
    """
    match node:
        case And(parts):
            return _all([judged(part, facts) for part in parts])
        case Or(parts):
            flipped = [_flipped(judged(part, facts)) for part in parts]
            return _flipped(_all(flipped))
        case Not(part):
            return _flipped(judged(part, facts))
        case Test() | Missing() | Tagged() | Exists():
            truth = truth_of(node, facts)
            return truth, _first_change(node, truth, facts)
        case _:
            assert_never(node)


def _all(parts: list[Judged]) -> Judged:
    """An And: a NO lasts as long as its most lasting NO; anything else, the shortest."""
    refusals = [until for truth, until in parts if truth is NO]
    if refusals:
        return NO, max(refusals)
    truths = {truth for truth, _ in parts}
    truth = YES if truths == {YES} else Truth.UNKNOWN
    return truth, min(until for _, until in parts)


def _flipped(judgement: Judged) -> Judged:
    truth, until = judgement
    return negated(truth), until


def _first_change(
    clause: Test | Missing | Tagged | Exists, truth: Truth, facts: Facts
) -> int:
    """The first of the instants that matter at which the clause has another truth."""
    for instant_us in sorted(set(_instants(clause, facts))):
        if not facts.now_us < instant_us < FOREVER:
            continue
        if truth_of(clause, facts.later(instant_us)) is not truth:
            return instant_us
    return FOREVER


def _instants(clause: Test | Missing | Tagged | Exists, facts: Facts) -> Iterable[int]:
    match clause:
        case Tagged(group):
            rows = facts.subject.contact.tags.rows.get(group, ())
            return [edge for since, until, _ in rows for edge in (since, until)]
        case Exists(of) | Test(Measure(_, of, _), _, _):
            return _edges(of, facts)
        case Test(LocalTime(part), _, _):
            return next_changes(part, facts.zone, facts.now_us)
        case _:
            return ()


def _edges(of: Happening, facts: Facts) -> Iterable[int]:
    """When each event of the series comes into the window, and when it leaves."""
    series = facts.subject.timeline.series.get(of.name)
    times = series.times[: series.size] if series else []
    window = of.window
    if window is None:
        return times
    start, _ = window.bounds(facts.now_us, facts.zone)
    recent = [at for at in times if at >= start]
    return [*recent, *(window.leaves_at(at, facts.zone) for at in recent)]
