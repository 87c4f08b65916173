"""Judging with a horizon at the speed of compiled code.

Theory of operation
-------------------
1. One function answers with the truth and with how long time alone leaves it so: as a
   pair, or as a `Verdict` whose slots it fills itself, since a second call would take
   as long as a simple condition. It is written as an And whose parts are asked one
   after another, the cheap ones first. A part that *stops* the And (NO) for ever ends
   the matter. An Or is the same with YES.
2. What time cannot change is a bare expression, as in `expression`.
3. Some clauses that time does change are written out: a tag that is held until its
   end; a count or a sum over "the last so much time", where the event whose leaving
   flips the answer is found at one place; a count in this day, week or month.
4. Any other value made of "the last so much time" is looked at while its events leave
   one by one: `leaving`.
5. Every other clause goes through `change`, which is slower and means the same; so do
   those above where events are still to come, or floats must be added up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from privflow.conditions.change import judged
from privflow.conditions.cost import by_cost
from privflow.conditions.emitter import Emitter, literal_set
from privflow.conditions.expression import no, yes
from privflow.conditions.leaving import Leaving
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
from privflow.conditions.operator import RISING, least_count
from privflow.conditions.reading import reads_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.sentence import sentence
from privflow.conditions.source import Judge, built
from privflow.conditions.surely import is_decided, pushed_down
from privflow.conditions.tag_node import Tagged
from privflow.conditions.truth import NO, YES, Truth, negated
from privflow.conditions.verdict import Verdict
from privflow.conditions.window import length_of
from privflow.conditions.wording import Language, language_of
from privflow.facts import is_number
from privflow.timing import Aligned, Calendar, Instant, Rolling

_Ends = Callable[[str, str], str]
"""The line that ends the function, from the source of a truth and its horizon, which is
empty where the truth lasts for ever."""
_AGAIN = "slowly(state, now, scope)"


class Judging(Protocol):
    """How `Condition.judge` is called."""

    def __call__(
        self,
        state: Subject,
        *,
        now: Instant,
        scope: Scope = NOWHERE,
        language: Language = "en",
    ) -> Verdict:
        """Judge one contact at an instant.

        Args:
            language: of the reasons: `"en"` or `"zh"`.
        """


def judge_of(node: Node, title: str) -> Judge:
    """The function that judges a node; means the same as `change.judged`."""
    to = Emitter(_slowly(node), node)
    head = "def judge(state, now, scope, /):"
    body = _body(node, to, _pair)
    again = f"return {_AGAIN}"
    return cast("Judge", built(head, [*to.first(), *body], to, again, title))


def verdict_of(node: Node, title: str) -> Judging:
    """The same, for users: what it says as a `Verdict`, whose reasons wait."""
    to = Emitter(_slowly(node), node)
    head = "def judge(state, *, now, scope=NOWHERE, language='en'):"
    checked = f"{to.named(language_of)}(language)"
    judging = _body(node, to, _filled)
    body = [
        f"verdict = {to.named(Verdict)}()",
        *(f"verdict._{name} = {name}" for name in ("state", "now", "scope")),
        f"verdict._node = {to.named(node)}",
        f"if language != 'en': verdict._language = {checked}",
        *to.first(),
        *judging,
    ]
    again = f"verdict._value, verdict._until = {_AGAIN}; return verdict"
    return cast("Judging", built(head, body, to, again, title))


def _pair(truth: str, until: str) -> str:
    if truth in {YES.name, NO.name} and not until:
        return f"return ALWAYS_{truth}"
    return f"return {truth}, {until or 'FOREVER'}"


def _filled(truth: str, until: str) -> str:
    horizon = f"verdict._until = {until}; " if until else ""
    return f"verdict._value = {truth}; {horizon}return verdict"


def _slowly(node: Node) -> Judge:
    return lambda state, now, scope: judged(node, Facts.at(state, now, scope))


def _peeled(node: Node) -> tuple[Node, bool]:
    """What a node is the same as, or the opposite of, and which of the two."""
    match node:
        case Not(part):
            inner, same = _peeled(part)
            return inner, not same
        case Surely(part) if (pushed := pushed_down(part)) is not None:
            return _peeled(pushed)
        case _:
            return node, True


def _body(whole: Node, to: Emitter, ends: _Ends) -> list[str]:
    """The lines that judge a node."""
    node, same = _peeled(whole)
    stop = YES if isinstance(node, Or) else NO
    parts = node.parts if isinstance(node, And | Or) else (node,)
    lasting = [part for part in parts if not reads_of(part).by_time]
    passing = [part for part in parts if reads_of(part).by_time]
    says = {truth: (truth if same else negated(truth)).name for truth in Truth}
    lines = [f"answer = {says[negated(stop)]}"]
    if passing:
        lines.append("until, stopped = FOREVER, -FOREVER")
    for part in by_cost(lasting):
        # Asked whether it is YES, and then whether it is NO.
        to.fetches = isinstance(part, Test)
        lines += _lasting(part, stop, ends(says[stop], ""), to)
    to.fetches = False
    for part in by_cost(passing):
        lines += _passing(part, stop, ends(says[stop], ""), to)
    if not passing:
        return [*lines, ends("answer", "")]
    lines.append(f"if stopped > -FOREVER: {ends(says[stop], 'stopped')}")
    return [*lines, ends("answer", "until")]


def _lasting(part: Node, stop: Truth, ending: str, to: Emitter) -> list[str]:
    """The lines for a part that time alone cannot change."""
    goes, stops = (yes, no) if stop is NO else (no, yes)
    going = goes(part, to)
    if _is_never_unknown(part):
        return [*to.taken(), f"if not {going}: {ending}"]
    stopping = stops(part, to)
    return [
        *to.taken(),
        f"if not ({going}):",
        f"    if {stopping}: {ending}",
        "    answer = UNKNOWN",
    ]


def _is_never_unknown(node: Node) -> bool:
    inner = node.part if isinstance(node, Not) else node
    return isinstance(inner, Surely) or is_decided(inner)


def _passing(part: Node, stop: Truth, ending: str, to: Emitter) -> list[str]:
    """The lines for a part that time alone may change."""
    inner, same = _peeled(part)
    lines = _said(inner, to)
    unknown = (
        [] if _is_never_unknown(inner) else ["    if said is UNKNOWN: answer = said"]
    )
    return [
        *to.taken(),
        *lines,
        f"if said is not {(stop if same else negated(stop)).name}:",
        *unknown,
        "    if lasts < until: until = lasts",
        f"elif lasts >= FOREVER: {ending}",
        "elif lasts > stopped: stopped = lasts",
    ]


def _said(node: Node, to: Emitter) -> list[str]:
    """The lines that find what a clause says, and how long this lasts."""
    match node:
        case And() | Or():
            return [_ask(judge_of(node, sentence(node)), to)]
        case Tagged():
            return _tagged(node, to)
        case Exists(of) | Test(Measure(_, of)) if of.window is None:
            return _ever(node, of, to)
        case Exists(of) if not of.has_bounds:
            return _counted(node, of, 1, YES, to)
        case Test(Measure("count", of), operator, bound) if (
            operator in RISING and is_number(bound) and not of.has_bounds
        ):
            least, is_wanted = least_count(operator, bound)
            return _counted(node, of, least, YES if is_wanted else NO, to)
        case Test(Measure("sum") as term, operator, int()) if (
            operator in RISING and to.is_kept(term)
        ):
            return _summed(node, term, to)
        case Test(Measure() as term) if to.is_kept(term):
            return _left(node, term, to)
        case _:
            return [_slow(node, to)]


def _ask(judge: Judge, to: Emitter) -> str:
    return f"said, lasts = {to.named(judge)}(state, now, scope)"


def _slow(node: Node, to: Emitter) -> str:
    return _ask(_slowly(node), to)


def _ever(node: Node, of: Happening, to: Emitter) -> list[str]:
    """All events up to now: what they say lasts, unless some are still to come."""
    is_yes, is_no, rows = yes(node, to), no(node, to), to.rows(of)
    said = f"YES if {is_yes} else NO if {is_no} else UNKNOWN"
    return [
        f"if {rows}.newest > {to.local('us')}: {_slow(node, to)}",
        f"else: said, lasts = {said}, FOREVER",
    ]


def _counted(
    node: Node, of: Happening, least: int, reached: Truth, to: Emitter
) -> list[str]:
    """Whether so many events lie in a window that ends for all of them, or for each."""
    if least <= 0:
        return [f"said, lasts = {reached.name}, FOREVER"]
    if not isinstance(of.window, Rolling | Calendar | Aligned):
        return [_slow(node, to)]
    rows, us = to.rows(of), to.local("us")
    decisive = f"{rows}.times[{rows}.size - {least}]"
    if isinstance(of.window, Rolling):
        is_inside = f"{us} < (lasts := {decisive} + {of.window.span.us})"
    else:
        start, end = to.edges(of.window)
        is_inside = f"{decisive} >= {start} and (lasts := {end})"
    return [
        f"if {rows}.newest > {us}: {_slow(node, to)}",
        f"elif {rows}.size >= {least} and {is_inside}: said = {reached.name}",
        f"else: said, lasts = {negated(reached).name}, FOREVER",
    ]


def _summed(node: Test, term: Measure, to: Emitter) -> list[str]:
    """Whether a sum over the last so much time reaches a bound."""
    rows, stretch = to.stretch(term)
    rising = RISING[node.operator]
    reached = YES if rising == node.operator else NO
    bisect = "bisect_right" if rising == ">=" else "bisect_left"
    asked = f"{rows}, {stretch}, {term.property!r}, {to.constant(node.argument)}"
    leaving = f"{rows}.times[{stretch}[3] + gone - 1] + {length_of(term.of.window)}"
    return [
        f"gone = falls_below({asked}, {bisect})",
        f"if gone < 0 or {rows}.newest > {to.local('us')}: {_slow(node, to)}",
        f"elif gone == 0: said, lasts = {negated(reached).name}, FOREVER",
        f"elif gone > {stretch}[2]: said, lasts = {reached.name}, FOREVER",
        f"else: said, lasts = {reached.name}, {leaving}",
    ]


def _left(node: Test, term: Measure, to: Emitter) -> list[str]:
    """Any other value made of the last so much time, while the events leave."""
    rows, stretch = to.stretch(term)
    test = Leaving(term, node.operator, node.argument)
    quick = f"{to.named(test.judged)}({rows}, {stretch})"
    return [
        f"known = {quick} if {rows}.newest <= {to.local('us')} else None",
        f"if known is None: {_slow(node, to)}",
        "else: said, lasts = known",
    ]


def _tagged(node: Tagged, to: Emitter) -> list[str]:
    """Whether one of some labels is held until its end, or none of them ever again."""
    held = NO if node.how == "none_of" else YES
    lasts = f"label in {literal_set(node.wanted)} and {to.local('us')} < ends"
    taken = f"said, lasts = {held.name}, ends"
    return [
        f"said, lasts = {negated(held).name}, FOREVER",
        to.newest(node.group, "ends"),
        f"if {lasts}:",
        f"    if since <= us: {taken}",
        f"    else: {_slow(node, to)}",
        "for since, ends, label in older:",
        f"    if {lasts}:",
        f"        if said is {held.name} or since > us:",
        f"            {_slow(node, to)}",
        "            break",
        f"        {taken}",
    ]
