"""Judging with a horizon at the speed of compiled code.

Theory of operation
-------------------
1. What time cannot change is asked first, compiled; a NO there lasts for ever and ends
   the matter.
2. A count or a sum over "the last so much time" is read off the kept stretch of its
   series: what leaves the window first, and how many must leave until the answer flips.
3. Everything else goes through `change`, which is slower and means the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import ceil, floor

from privflow.conditions.change import Judged, judged
from privflow.conditions.node import (
    And,
    Exists,
    Happening,
    Measure,
    Node,
    Not,
    Or,
    Surely,
    Test,
)
from privflow.conditions.operator import OPERATORS
from privflow.conditions.reading import reads_of
from privflow.conditions.scope import Facts, Scope, Subject
from privflow.conditions.source import (
    Judge,
    choice_of,
    compiled_judge,
    parts_of,
)
from privflow.conditions.surely import pushed_down
from privflow.conditions.tag_node import Tagged
from privflow.conditions.truth import NO, UNKNOWN, YES, negated
from privflow.facts import FOREVER, Series, Stretch, is_number, minus
from privflow.timing import Instant, Rolling

_ALWAYS_NO = (NO, FOREVER)
_ALWAYS_YES = (YES, FOREVER)
_RISING = {"<": ">=", "<=": ">", ">": ">", ">=": ">="}
"""The comparison that holds from some value on: the same one, or its opposite."""


def judge_of(node: Node, title: str) -> Judge:
    """The function that judges a node; means the same as `change.judged`."""
    parts = parts_of(node)
    lasting = [part for part in parts if not reads_of(part).by_time]
    passing = [_passing(part) for part in parts if reads_of(part).by_time]
    return compiled_judge(lasting, passing, _slowly(node), title)


def _all_of(judges: list[Judge]) -> Judge:
    def judge(state: Subject, now: Instant, scope: Scope) -> Judged:
        truth, until, refused = YES, FOREVER, -FOREVER
        for part in judges:
            said, lasts = part(state, now, scope)
            if said is NO:
                if lasts >= FOREVER:
                    return _ALWAYS_NO
                refused = max(refused, lasts)
            else:
                if said is UNKNOWN:
                    truth = UNKNOWN
                until = min(until, lasts)
        return (truth, until) if refused == -FOREVER else (NO, refused)

    return judge


def _passing(node: Node) -> Judge:
    """A node that time alone may change."""
    match node:
        case Not(part):
            return _flipped(_passing(part))
        case And(parts):
            return _all_of([_passing(part) for part in parts])
        case Or(parts):
            return _flipped(_all_of([_flipped(_passing(part)) for part in parts]))
        case Surely(part) if (inner := pushed_down(part)) is not None:
            return _passing(inner)
        case Tagged():
            return _tagged(node)
        case Exists(of) | Test(Measure(_, of)) if of.window is None:
            return _ever(node, of)
        case Exists(of) if of.is_recent:
            return _counted(of, 1)
        case Test(Measure() as term) if term.of.is_recent:
            return _measured(node, term)
        case _:
            return _slowly(node)


def _measured(node: Test, term: Measure) -> Judge:
    """A number made from the last so much time, against another one."""
    operator, bound = node.operator, node.argument
    if operator not in _RISING or not is_number(bound):
        return _slowly(node)
    rising = _RISING[operator]
    if term.what == "count":
        judge = _counted(term.of, ceil(bound) if rising == ">=" else floor(bound) + 1)
    elif term.what == "sum" and isinstance(bound, int):
        judge = _summed(term, rising, bound)
    else:
        return _slowly(node)
    return judge if rising == operator else _flipped(judge)


def _ever(node: Node, of: Happening) -> Judge:
    """A clause about all events up to now: it lasts, unless some are still to come."""
    name, slow = of.name, _slowly(node)
    lasting = compiled_judge([node], [], slow, of.name)

    def judge(state: Subject, now: Instant, scope: Scope) -> Judged:
        series = state.timeline.series.get(name)
        if series is not None and series.times[series.size - 1] > now.us:
            return slow(state, now, scope)
        return lasting(state, now, scope)

    return judge


def _slowly(node: Node) -> Judge:
    return lambda state, now, scope: judged(node, Facts(state, now.us, scope))


def _flipped(judge: Judge) -> Judge:
    def flipped(state: Subject, now: Instant, scope: Scope) -> Judged:
        truth, until = judge(state, now, scope)
        return negated(truth), until

    return flipped


def _counted(of: Happening, least: int) -> Judge:
    """Whether at least so many events lie in the window."""
    name, length = of.name, _length(of)
    slow = _slowly(Test(Measure("count", of), ">=", least))
    choice = None if of.where is None else choice_of(of.where)

    def judge(state: Subject, now: Instant, scope: Scope) -> Judged:
        series = state.timeline.series.get(name)
        if choice is not None and series is not None:
            series = series.chosen(choice)
        if series is None:
            return _ALWAYS_NO if least > 0 else _ALWAYS_YES
        _, _, count, low, _ = stretch = series.stretch_at(length, now.us)
        if _has_future(series, stretch):
            return slow(state, now, scope)
        if count < least:
            return _ALWAYS_NO
        if least <= 0:
            return _ALWAYS_YES
        return YES, series.times[low + count - least] + length

    return judge


def _summed(term: Measure, operator: str, bound: int) -> Judge:
    """Whether a sum over the window reaches a bound (`>=`), or exceeds it (`>`)."""
    event, name, length = term.of.name, term.property, _length(term.of)
    choice = None if term.of.where is None else choice_of(term.of.where)
    slow = _slowly(Test(term, operator, bound))
    empty = _ALWAYS_YES if OPERATORS[operator].holds(0, bound) else _ALWAYS_NO
    first = bisect_left if operator == ">" else bisect_right

    def judge(state: Subject, now: Instant, scope: Scope) -> Judged:
        series = state.timeline.series.get(event)
        if choice is not None and series is not None:
            series = series.chosen(choice)
        if series is None:
            return empty
        stretch = series.stretch_at(length, now.us)
        sums = series.sums.get(name)
        if sums is None or name in series.falling or _has_future(series, stretch):
            return slow(state, now, scope)
        low, high = stretch[3], stretch[3] + stretch[2]
        gone = first(sums, minus(sums[high], bound), low, high + 1)
        if gone == low:
            return _ALWAYS_NO
        if gone > high:
            return _ALWAYS_YES
        return YES, series.times[gone - 1] + length

    return judge


def _tagged(node: Tagged) -> Judge:
    """Whether one of some labels is held, or none of them."""
    group, wanted, slow = node.group, node.wanted, _slowly(node)
    held = _ALWAYS_NO if node.how == "none_of" else _ALWAYS_YES
    free = _ALWAYS_YES if node.how == "none_of" else _ALWAYS_NO

    def judge(state: Subject, now: Instant, scope: Scope) -> Judged:
        us, found = now.us, free
        for since, until, label in state.contact.tags.rows.get(group, ()):
            if label in wanted and us < until:
                if since > us or found is not free:
                    return slow(state, now, scope)
                found = held if until >= FOREVER else (held[0], until)
        return found

    return judge


def _length(of: Happening) -> int:
    return of.window.span.us if isinstance(of.window, Rolling) else 0


def _has_future(series: Series, stretch: Stretch) -> bool:
    """Whether events are still to come into the window."""
    return stretch[2] + stretch[3] < series.size
