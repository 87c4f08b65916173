"""Python source of conditions: what `source` makes functions of.

Theory of operation
-------------------
1. Two forms are emitted for every node, "is YES" and "is NO"; a negation swaps them, so
   that UNKNOWN needs no third value at run time.
2. A clause over a well-typed attribute is a bare comparison. NaN stands for a missing
   number: it answers False to both forms. A value of another type either fails a check
   of its class or raises TypeError, and then `reference` decides the whole condition.
3. Whether so many events lie in the last so much time is asked of the one event that
   must be young enough, unless some are still to come.
4. Names and values never enter the text by themselves: names by repr, values as
   constants of the function's own namespace.
"""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions.comparison import counted, opposed, passed
from privflow.conditions.cost import by_cost
from privflow.conditions.emitter import Emitter
from privflow.conditions.interval import Interval, with_intervals
from privflow.conditions.node import (
    And,
    Exists,
    Followed,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Test,
    inverted,
    unresolved,
)
from privflow.conditions.operator import NEGATED, family
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Property
from privflow.conditions.term_source import source_of


def yes(node: Node, to: Emitter) -> str:
    """Source of an expression that is true exactly where the node is YES."""
    match node:
        case And(parts):
            return all_of(parts, to)
        case Or(parts):
            return _any_of([yes(part, to) for part in by_cost(parts)])
        case Not(part):
            return no(part, to)
        case Test(term, operator, argument):
            return passed(term, operator, argument, to)
        case Missing(term):
            return f"({source_of(term, to)} is None)"
        case Tagged():
            return _tagged(node, to, wanted=True)
        case Exists(of):
            return counted(Measure("count", of), ">=", 1, to)
        case Surely(part):
            return yes(part, to)
        case _:
            return _closed(node, to, wanted=True)


def no(node: Node, to: Emitter) -> str:
    """Source of an expression that is true exactly where the node is NO."""
    match node:
        case And(parts):
            return _any_of([no(part, to) for part in by_cost(parts)])
        case Or(parts):
            return all_of([opposite_of(part) for part in parts], to)
        case Not(part):
            return yes(part, to)
        case Test(term, operator, argument):
            return opposed(term, operator, argument, to)
        case Missing(term):
            return f"({source_of(term, to)} is not None)"
        case Tagged():
            return _tagged(node, to, wanted=False)
        case Exists(of):
            return counted(Measure("count", of), "<", 1, to)
        case Surely(part):
            return f"(not {yes(part, to)})"
        case _:
            return _closed(node, to, wanted=False)


def all_of(parts: Iterable[Node], to: Emitter) -> str:
    """Source of an expression that is true exactly where all of the parts are YES."""
    asked = [one_of(part, to) for part in with_intervals(by_cost(parts))]
    return f"({' and '.join(asked)})"


def one_of(part: Node | Interval, to: Emitter) -> str:
    """Source of an expression for a part of an And."""
    if not isinstance(part, Interval):
        return yes(part, to)
    got = source_of(part.low.term, to, missing=", NAN")
    low, high = to.constant(part.low.argument), to.constant(part.high.argument)
    if not part.no_bool:
        return part.source(got, low, high)
    got, name = to.noted(got)
    return f"({part.source(got, low, high)} and {name}{part.no_bool})"


def _any_of(asked: list[str]) -> str:
    return f"({' or '.join(asked)})"


def opposite_of(node: Node) -> Node:
    """What is YES exactly where a node is NO, as a bare comparison if it can be."""
    match node:
        case Test(Attribute() | Property() as term, operator, argument) if (
            operator in NEGATED and family(argument) == "number"
        ):
            return Test(term, NEGATED[operator], argument)
        case _:
            return inverted(node)


def _closed(
    node: Held | Followed | InJourney | Member, to: Emitter, *, wanted: bool
) -> str:
    """A clause that is YES or NO, once what it needs is known."""
    known, negation = "", "" if wanted else "not "
    match node:
        case Held():
            asked = f"is_held({to.named(node)}, {to.tagged()}, {to.local('us')})"
        case Followed(first, then):
            known = to.known(first)
            start, end = to.bounds(first)
            firsts, thens = to.rows(first), to.rows(then)
            window = f"({start}, {end}), {to.local('us')}"
            asked = f"is_followed({to.named(node)}, {firsts}, {thens}, {window})"
        case InJourney(journey, ""):
            asked = f"{journey!r} in scope.journeys"
        case InJourney(journey, stage):
            asked = f"scope.journeys.get({journey!r}) == {stage!r}"
        case _:
            raise unresolved(node)
    return f"({known}{negation}({asked}))"


def _tagged(node: Tagged, to: Emitter, *, wanted: bool) -> str:
    held = to.held(node.group, node.wanted)
    return held if wanted != (node.how == "none_of") else f"(not {held})"
