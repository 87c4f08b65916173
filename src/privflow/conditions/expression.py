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
from decimal import Decimal
from typing import NamedTuple, assert_never

from privflow.conditions.cost import by_cost
from privflow.conditions.emitter import Emitter, literal_set
from privflow.conditions.interval import Interval, lets_in, with_intervals
from privflow.conditions.node import (
    ALWAYS_THERE,
    And,
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
    Term,
    Test,
    inverted,
    unresolved,
)
from privflow.conditions.operator import (
    NEGATED,
    RISING,
    family,
    is_texts,
    least_count,
)
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.conditions.window import length_of
from privflow.facts import Number, Value, is_number

_CLASSES = {
    "text": "is str",
    "number": "in NUMBERS",
    "date": "is date",
    "instant": "is Instant",
}
_ALWAYS_NUMBERS = ALWAYS_THERE | {"mean", "min", "max"}


class _Gap(NamedTuple):
    """Source of a test, before the value and behind it."""

    before: str
    behind: str


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
            return _test(term, operator, argument, to)
        case Missing(term):
            return f"({_value(term, to)} is None)"
        case Tagged():
            return _tagged(node, to, wanted=True)
        case Exists(of):
            return _exists(of, to, ">=")
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
            return _opposite(term, operator, argument, to)
        case Missing(term):
            return f"({_value(term, to)} is not None)"
        case Tagged():
            return _tagged(node, to, wanted=False)
        case Exists(of):
            return _exists(of, to, "<")
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
    got = _value(part.low.term, to, missing=", NAN")
    low, high = to.constant(part.low.argument), to.constant(part.high.argument)
    if not part.lets_a_bool_in:
        return part.source(got, low, high)
    name = to.variable()
    compared = part.source(f"({name} := {got})", low, high)
    return f"({compared} and {name}.__class__ is not bool)"


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
        case Held(group):
            rows = f"{to.local('tags')}.get({group!r}, ())"
            asked = f"is_held({to.named(node)}, {rows}, {to.local('us')})"
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


def _opposite(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    if operator in NEGATED:
        return _test(term, NEGATED[operator], argument, to)
    if isinstance(term, Attribute | Property):
        quick = _of_known_class(term, operator, argument, to, negation="not ")
        if quick:
            return quick
    return _tested(term, operator, argument, to, "NO")


def _test(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    quick = ""
    match term:
        case Attribute() | Property():
            quick = _of_name(term, operator, argument, to)
        case Measure("count") if operator in NEGATED and is_number(argument):
            return _counted(term, operator, argument, to)
        case Measure(what) if operator in NEGATED and is_number(argument):
            if what in _ALWAYS_NUMBERS:
                quick = _of_measure(term, operator, argument, to)
        case LocalTime() | Bucket() if operator in NEGATED and is_number(argument):
            quick = f"({_value(term, to)} {operator} {to.constant(argument)})"
        case _:
            pass
    return quick or _tested(term, operator, argument, to, "YES")


def _of_name(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A bare comparison with what a name stands for; empty where there is none."""
    if operator == "is_in" and is_texts(argument):
        return f"{_value(term, to)} in {literal_set(argument)}"
    if operator not in NEGATED:
        return _of_known_class(term, operator, argument, to)
    compared = _Gap("", f" {operator} {to.constant(argument)}")
    match family(argument), operator:
        case "bool", _:
            return f"{_value(term, to)} is {argument == (operator == '==')}"
        case "text", "==":
            return f"{_value(term, to)} == {to.constant(argument)}"
        case ("text" | "date" | "instant") as kind, _:
            return _of_class(term, _CLASSES[kind], compared, to)
        case "number", ("<" | "<=" | ">" | ">=" | "=="):
            return _of_any_number(term, operator, argument, to)
        case "number", _:
            return _of_class(term, _CLASSES["number"], compared, to)
        case _:
            return ""


def _of_known_class(
    term: Attribute | Property,
    operator: str,
    argument: Value,
    to: Emitter,
    *,
    negation: str = "",
) -> str:
    """A test of values of one class alone; empty where there is none."""
    match operator:
        case "is_in" if is_texts(argument):
            kind, test = "text", _Gap("", f" in {literal_set(argument)}")
        case "starts_with" | "ends_with":
            method = operator.replace("_", "")
            kind, test = "text", _Gap("", f".{method}({to.constant(argument)})")
        case "between" if isinstance(argument, tuple):
            low, high = map(to.constant, argument)
            kind, test = family(argument[0]), _Gap(f"{low} <= ", f" <= {high}")
        case "before" | "after":
            sign = "<" if operator == "before" else ">"
            kind, test = family(argument), _Gap("", f" {sign} {to.constant(argument)}")
        case _:
            return ""
    return _of_class(term, _CLASSES[kind], test, to, negation=negation)


def _of_class(
    term: Term, classes: str, test: _Gap, to: Emitter, *, negation: str = ""
) -> str:
    """A test of values of one class alone."""
    name = to.variable()
    checked = f"({name} := {_value(term, to)}).__class__ {classes}"
    return f"({checked} and {negation}({test.before}{name}{test.behind}))"


def _of_any_number(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A comparison that NaN fails; but a Decimal raises when it is put in order."""
    if isinstance(argument, Decimal) and operator != "==":
        compared = _Gap("", f" {operator} {to.constant(argument)}")
        return _of_class(term, _CLASSES["number"], compared, to)
    got = _value(term, to, missing="" if operator == "==" else ", NAN")
    if not any(lets_in(operator, bit, argument) for bit in (0, 1)):
        return f"{got} {operator} {to.constant(argument)}"
    name = to.variable()
    test = f"({name} := {got}) {operator} {to.constant(argument)}"
    return f"({test} and {name}.__class__ is not bool)"


def _of_measure(term: Measure, operator: str, argument: Number, to: Emitter) -> str:
    """A bare comparison of a number made from events; some are sometimes missing."""
    known, got = to.known(term.of), _measure(term, to)
    if term.what in ALWAYS_THERE:
        return f"({known}{got} {operator} {to.constant(argument)})"
    name = to.variable()
    compared = f"{name} {operator} {to.constant(argument)}"
    return f"({known}({name} := {got}) is not None and {compared})"


def _counted(term: Measure, operator: str, argument: Number, to: Emitter) -> str:
    """How many events there are, against a number."""
    of, known = term.of, to.known(term.of)
    sibling = to.sibling(of)
    if sibling is None and operator in RISING:
        least, is_wanted = least_count(operator, argument)
        at_least = _has_so_many(of, least, to)
        if at_least:
            return f"({known}{'' if is_wanted else 'not '}{at_least})"
    got = f"{to.stretch(sibling)[1]}[2]" if sibling else _measure(term, to)
    return f"({known}{got} {operator} {to.constant(argument)})"


def _has_so_many(of: Happening, least: int, to: Emitter) -> str:
    """Whether there are at least so many; empty where only counting tells."""
    if of.has_bounds or not (of.window is None or of.is_recent):
        return ""
    if least <= 0:
        return "True"
    rows, us = to.rows(of), to.local("us")
    place = f"{rows}.newest" if least == 1 else f"{rows}.times[{rows}.size - {least}]"
    young = f"{us} < {place} + {length_of(of.window)}"
    enough = [] if least == 1 and of.is_recent else [f"{rows}.size >= {least}"]
    enough += [young] if of.is_recent else []
    start, end = to.bounds(of)
    counted = f"count_in({rows}, {start}, {end}) >= {least}"
    return f"({' and '.join(enough)} if {rows}.newest <= {us} else {counted})"


def _tested(term: Term, operator: str, argument: Value, to: Emitter, truth: str) -> str:
    """The slow and general form: the operator's own function."""
    call = f"tested({operator!r}, {_value(term, to)}, {to.constant(argument)})"
    known = to.known(term.of) if isinstance(term, Measure) else ""
    return f"({known}{call} is {truth})"


def _exists(of: Happening, to: Emitter, operator: str) -> str:
    return _counted(Measure("count", of), operator, 1, to)


def _value(term: Term, to: Emitter, *, missing: str = "") -> str:
    """Source of a term's value.

    Args:
        missing: the default of a name, with its comma; None without one.
    """
    match term:
        case Attribute(name, filled):
            default = missing if filled is None else f", {to.constant(filled)}"
            return f"{to.local('attributes')}.get({name!r}{default})"
        case Property(name, filled):
            default = missing if filled is None else f", {to.constant(filled)}"
            return f"{to.local('p')}.get({name!r}{default})"
        case LocalTime(part):
            return f"local_part({part!r}, {to.local('zone')}, {to.local('us')})"
        case Bucket(salt):
            return f"share_of({salt!r}, state.contact.id)"
        case Derived("length", of):
            return f"derived('length', {_value(of, to)}, '', 0)"
        case Derived(what, of):
            day = f"{to.local('zone')}, {to.local('us')}"
            return f"derived({what!r}, {_value(of, to)}, {day})"
        case Measure():
            return _measure(term, to)
        case _:
            assert_never(term)


def _measure(term: Measure, to: Emitter) -> str:
    if to.is_kept(term):
        return f"{to.stretch(term)[1]}[4]"
    start, end = to.bounds(term.of)
    window = f"{to.rows(term.of)}, {start}, {end}"
    match term.what:
        case "count":
            return f"count_in({window})"
        case "sum":
            return f"sum_in({window}, {term.property!r})"
        case "days_with":
            return f"days_in({window}, {to.local('zone')})"
        case _:
            return f"measure_in({term.what!r}, {term.property!r}, {window})"


def _tagged(node: Tagged, to: Emitter, *, wanted: bool) -> str:
    held = to.held(node.group, node.wanted)
    return held if wanted != (node.how == "none_of") else f"(not {held})"
