"""Python source of conditions: what `source` makes functions of.

Theory of operation
-------------------
1. Two forms are emitted for every node, "is YES" and "is NO"; a negation swaps them, so
   that UNKNOWN needs no third value at run time.
2. A clause over a well-typed attribute is a bare comparison. NaN stands for a missing
   number: it answers False to both forms. A value of another type either fails a check
   of its class or raises TypeError, and then `reference` decides the whole condition.
3. Names and values never enter the text by themselves: names by repr, values as
   constants of the function's own namespace.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never, cast

from privflow.conditions.emitter import Emitter, literal_set
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
    unresolved,
)
from privflow.conditions.operator import NEGATED, OPERATORS, family
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.facts import Value

_CLASSES = {"text": "str", "date": "date", "instant": "Instant"}


def yes(node: Node, to: Emitter) -> str:
    """Source of an expression that is true exactly where the node is YES."""
    match node:
        case And(parts):
            return "(" + " and ".join(yes(part, to) for part in parts) + ")"
        case Or(parts):
            return "(" + " or ".join(yes(part, to) for part in parts) + ")"
        case Not(part):
            return no(part, to)
        case Test(term, operator, argument):
            return _test(term, operator, argument, to)
        case Missing(term):
            return f"({_value(term, to)} is None)"
        case Tagged():
            return _tagged(node, to, wanted=True)
        case Exists(of):
            return _exists(of, to, ">")
        case Surely(part):
            return yes(part, to)
        case _:
            return _closed(node, to, wanted=True)


def no(node: Node, to: Emitter) -> str:
    """Source of an expression that is true exactly where the node is NO."""
    match node:
        case And(parts):
            return "(" + " or ".join(no(part, to) for part in parts) + ")"
        case Or(parts):
            return "(" + " and ".join(no(part, to) for part in parts) + ")"
        case Not(part):
            return yes(part, to)
        case Test(term, operator, argument):
            return _opposite(term, operator, argument, to)
        case Missing(term):
            return f"({_value(term, to)} is not None)"
        case Tagged():
            return _tagged(node, to, wanted=False)
        case Exists(of):
            return _exists(of, to, "==")
        case Surely(part):
            return f"(not {yes(part, to)})"
        case _:
            return _closed(node, to, wanted=False)


def _closed(
    node: Held | Followed | InJourney | Member, to: Emitter, *, wanted: bool
) -> str:
    """A clause that is YES or NO, once what it needs is known."""
    known, negation = "", "" if wanted else "not "
    match node:
        case Held(group):
            rows = f"{to.local('t')}({group!r}, ())"
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
    return _tested(term, operator, argument, to, "NO")


def _test(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    if isinstance(term, Attribute | Property):
        quick = _of_name(term, operator, argument, to)
    elif operator in NEGATED and family(argument) == "number":
        quick = _of_number(term, operator, argument, to)
    else:
        quick = ""
    return quick or _tested(term, operator, argument, to, "YES")


def _of_name(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A bare comparison with what a name stands for; empty where there is none."""
    if operator == "is_in" and isinstance(argument, tuple):
        if {family(part) for part in argument} == {"text"}:
            texts = frozenset(cast("tuple[str, ...]", argument))
            return f"{_value(term, to)} in {literal_set(texts)}"
        return ""
    if operator not in NEGATED:
        return ""
    match family(argument), operator:
        case "bool", _:
            return f"{_value(term, to)} is {argument == (operator == '==')}"
        case "text", "==":
            return f"{_value(term, to)} == {to.constant(argument)}"
        case ("text" | "date" | "instant") as kind, _:
            return _of_class(term, operator, f"is {_CLASSES[kind]}", argument, to)
        case "number", ("<" | "<=" | ">" | ">=" | "=="):
            return _of_any_number(term, operator, argument, to)
        case "number", _:
            return _of_class(term, operator, "in NUMBERS", argument, to)
        case _:
            return ""


def _of_class(
    term: Term, operator: str, classes: str, argument: Value, to: Emitter
) -> str:
    name = to.variable()
    checked = f"({name} := {_value(term, to)}).__class__ {classes}"
    return f"({checked} and {name} {operator} {to.constant(argument)})"


def _of_any_number(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A comparison that NaN fails; but a Decimal raises when it is put in order."""
    if isinstance(argument, Decimal) and operator != "==":
        return _of_class(term, operator, "in NUMBERS", argument, to)
    got = _value(term, to, missing="" if operator == "==" else ", NAN")
    if not _lets_a_bool_in(operator, argument):
        return f"{got} {operator} {to.constant(argument)}"
    name = to.variable()
    compared = f"({name} := {got}) {operator} {to.constant(argument)}"
    return f"({compared} and {name}.__class__ is not bool)"


def _lets_a_bool_in(operator: str, argument: object) -> bool:
    """Whether Python would say yes of a bool, which is no number here (C3)."""
    compare = OPERATORS[operator].holds
    if operator == "==":
        return argument in {0, 1}
    return compare(0, argument) or compare(1, argument)


def _of_number(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    """A bare comparison with a number that is always there; empty where it is not."""
    if isinstance(term, Derived):
        return ""
    if isinstance(term, Measure) and term.what not in ALWAYS_THERE:
        return ""
    known = to.known(term.of) if isinstance(term, Measure) else ""
    return f"({known}{_value(term, to)} {operator} {to.constant(argument)})"


def _tested(term: Term, operator: str, argument: Value, to: Emitter, truth: str) -> str:
    """The slow and general form: the operator's own function."""
    call = f"tested({operator!r}, {_value(term, to)}, {to.constant(argument)})"
    known = to.known(term.of) if isinstance(term, Measure) else ""
    return f"({known}{call} is {truth})"


def _exists(of: Happening, to: Emitter, compared: str) -> str:
    return f"({to.known(of)}{_value(Measure('count', of), to)} {compared} 0)"


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
            return f"{to.local('p')}({name!r}{default})"
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
    if term.of.is_recent and term.what in {"count", "sum"}:
        series, stretch = to.stretch(term.of)
        if term.what == "count":
            return f"{stretch}[2]"
        kept = to.variable()
        got = f"{kept} if ({kept} := {stretch}[4].get({term.property!r})) is not None"
        return f"({got} else {series}.total_of({stretch}, {term.property!r}))"
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
