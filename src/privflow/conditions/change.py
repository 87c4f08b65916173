"""Judging with a horizon: the truth now, and when time alone may change it (C7).

Theory of operation
-------------------
1. Between two *edges* a clause cannot change: an event comes into its window or leaves
   it, a tag begins or ends, the clock shows another hour or day.
2. A clause is asked at each edge in turn until its truth is another one. It is asked
   through sorted columns, so that many edges of a long timeline stay cheap.
3. Around clauses, the bounds are combined without asking again: sound, not exact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from privflow.conditions.derived import derived_edges
from privflow.conditions.local_time import next_changes
from privflow.conditions.node import (
    And,
    Clause,
    Exists,
    Followed,
    Happening,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Test,
    unresolved,
)
from privflow.conditions.operator import tested
from privflow.conditions.reference import anchor_of, end_of, term_value, truth_of
from privflow.conditions.scope import Facts
from privflow.conditions.sequence import spells_of as spells_of_sequence
from privflow.conditions.sliding import Sliding
from privflow.conditions.source import chosen_rows
from privflow.conditions.spell import Spell, spell_at
from privflow.conditions.surely import pushed_down
from privflow.conditions.tag_history import spells_of as spells_of_tag
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Derived, LocalTime
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth, negated
from privflow.facts import FOREVER, Series, Value
from privflow.timing import LAST_US

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
        case Surely(part):
            return _surely(part, facts)
        case _:
            return _judged_clause(node, facts)


def _judged_clause(node: Clause, facts: Facts) -> Judged:
    match node:
        case Held(group):
            rows = facts.subject.contact.tags.of_group(group)
            return _judged_spells(spells_of_tag(node, rows), facts.now_us)
        case Followed():
            return _judged_sequence(node, facts)
        case Exists(of):
            return _judged_events(node, Measure("count", of), facts)
        case Test(Measure() as term):
            return _judged_events(node, term, facts)
        case Member():
            raise unresolved(node)
        case Test() | Missing() | Tagged() | InJourney():
            truth_at = _truth_at(node, facts)
            return _first_change(truth_at, _edges(node, facts), facts.now_us)
        case _:
            assert_never(node)


def _all(parts: list[Judged]) -> Judged:
    """An And: a NO lasts as long as its longest NO; anything else, as its shortest."""
    refusals = [until for truth, until in parts if truth is NO]
    if refusals:
        return NO, max(refusals)
    truths = {truth for truth, _ in parts}
    return YES if truths == {YES} else UNKNOWN, min(until for _, until in parts)


def _surely(part: Node, facts: Facts) -> Judged:
    """As `judged`; the changes between NO and UNKNOWN do not count."""
    inner = pushed_down(part)
    if inner is not None:
        return judged(inner, facts)
    truth, until = judged(part, facts)
    said = closed(truth)
    while until < FOREVER:
        truth, after = judged(part, facts.later(until))
        if closed(truth) is not said:
            break
        until = after
    return said, until


def closed(truth: Truth) -> Truth:
    """NO for the unknown."""
    return YES if truth is YES else NO


def _flipped(judgement: Judged) -> Judged:
    truth, until = judgement
    return negated(truth), until


def _first_change(
    truth_at: Callable[[int], Truth], edges: Iterable[int], now_us: int
) -> Judged:
    """The truth now, and the first of the edges at which it is another one."""
    truth = truth_at(now_us)
    for edge in edges:
        if now_us < edge <= LAST_US and truth_at(edge) is not truth:
            return truth, edge
    return truth, FOREVER


def _truth_at(
    clause: Test | Missing | Tagged | InJourney, facts: Facts
) -> Callable[[int], Truth]:
    return lambda at_us: truth_of(clause, facts.later(at_us))


def _edges(clause: Test | Missing | Tagged | InJourney, facts: Facts) -> Iterable[int]:
    match clause:
        case Test(Derived(what, of), _, argument):
            value = term_value(of, facts)
            return derived_edges(what, value, argument, facts.zone, facts.now_us)
        case Tagged(group):
            return tag_edges(group, facts)
        case Test(LocalTime(part)):
            return next_changes(part, facts.zone, facts.now_us)
        case _:
            return ()


def tag_edges(group: str, facts: Facts) -> list[int]:
    """When a tag of a group begins, and when one ends."""
    rows = facts.subject.contact.tags.of_group(group)
    return sorted({edge for since, until, _ in rows for edge in (since, until)})


def _judged_events(clause: Test | Exists, term: Measure, facts: Facts) -> Judged:
    of = term.of
    anchor = anchor_of(of, facts)
    if anchor is None:
        return UNKNOWN, FOREVER
    series = chosen_rows(facts.subject.timeline.series.get(of.name), of.where)
    sliding = Sliding(term.what, term.property, series, facts.zone)

    def truth_at(at_us: int) -> Truth:
        start, end = anchor, min(at_us + 1, end_of(of))
        if of.window is not None:
            window_start, window_end = of.window.bounds(at_us, facts.zone)
            start, end = max(start, window_start), min(end, window_end)
        return _said(clause, sliding.over(start, end))

    return _first_change(truth_at, event_edges(of, series, facts), facts.now_us)


def _said(clause: Test | Exists, value: Value | None) -> Truth:
    if isinstance(clause, Exists):
        return Truth.of(value != 0)
    return tested(clause.operator, value, clause.argument)


def _judged_sequence(node: Followed, facts: Facts) -> Judged:
    of, window = node.first, node.first.window
    anchor = anchor_of(of, facts)
    if anchor is None:
        return UNKNOWN, FOREVER
    series = facts.subject.timeline.series
    firsts = chosen_rows(series.get(of.name), of.where)
    thens = chosen_rows(series.get(node.then.name), node.then.where)
    start, zone = anchor, facts.zone
    if window is not None:
        start = max(start, window.bounds(facts.now_us, zone)[0])

    def leaves_at(at_us: int) -> int:
        return FOREVER if window is None else window.leaves_at(at_us, zone)

    bounds = start, end_of(of)
    spells = spells_of_sequence(node, firsts, thens, bounds, leaves_at)
    return _judged_spells(spells, facts.now_us)


def _judged_spells(spells: Iterable[Spell], now_us: int) -> Judged:
    said, until = spell_at(spells, now_us)
    return Truth.of(said), until if until <= LAST_US else FOREVER


def event_edges(of: Happening, series: Series, facts: Facts) -> Sequence[int]:
    """When each event of the series comes into the window, and when it leaves."""
    if of.window is None:
        return series.times[: series.size]
    start, _ = of.window.bounds(facts.now_us, facts.zone)
    first = bisect_left(series.times, start, 0, series.size)
    recent = series.times[first : series.size]
    leaving = {of.window.leaves_at(at, facts.zone) for at in recent}
    return sorted(leaving.union(recent))
