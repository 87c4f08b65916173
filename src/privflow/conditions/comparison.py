"""Source of one test: a value against an argument.

What Python's own comparison says is taken where that is what the operator means, once
the class of the value is known; the rest goes through `tested`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from privflow.conditions.emitter import Emitter, literal_set
from privflow.conditions.interval import no_bool
from privflow.conditions.node import ALWAYS_THERE, Happening, Measure, Term, Test
from privflow.conditions.operator import (
    NEGATED,
    RISING,
    family,
    is_texts,
    least_count,
)
from privflow.conditions.term import Attribute, Bucket, LocalTime, Property
from privflow.conditions.term_source import measure_of, source_of
from privflow.conditions.window import length_of
from privflow.facts import FOREVER, Number, Value, is_number

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


def opposed(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    """Source of an expression that is true exactly where a test is NO."""
    if operator in NEGATED:
        return passed(term, NEGATED[operator], argument, to)
    if isinstance(term, Attribute | Property):
        quick = _of_known_class(term, operator, argument, to, negation="not ")
        if quick:
            return quick
    return _tested(term, operator, argument, to, "NO")


def passed(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    """Source of an expression that is true exactly where a test is YES."""
    quick = ""
    match term:
        case Attribute() | Property():
            quick = _of_name(term, operator, argument, to)
        case Measure("count") if operator in NEGATED and is_number(argument):
            return counted(term, operator, argument, to)
        case Measure(what) if operator in NEGATED and is_number(argument):
            if what in _ALWAYS_NUMBERS:
                quick = _of_measure(term, operator, argument, to)
        case LocalTime() | Bucket() if operator in NEGATED and is_number(argument):
            quick = f"({source_of(term, to)} {operator} {to.constant(argument)})"
        case _:
            pass
    return quick or _tested(term, operator, argument, to, "YES")


def _of_name(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A bare comparison with what a name stands for; empty where there is none."""
    if operator == "is_in" and is_texts(argument):
        return f"{source_of(term, to)} in {literal_set(argument)}"
    if operator not in NEGATED:
        return _of_known_class(term, operator, argument, to)
    compared = _Gap("", f" {operator} {to.constant(argument)}")
    match family(argument), operator:
        case "bool", _:
            return f"{source_of(term, to)} is {argument == (operator == '==')}"
        case "text", "==":
            return f"{source_of(term, to)} == {to.constant(argument)}"
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
    got, name = to.noted(source_of(term, to))
    tested = f"{negation}({test.before}{name}{test.behind})"
    return f"({got}.__class__ {classes} and {tested})"


def _of_any_number(
    term: Attribute | Property, operator: str, argument: Value, to: Emitter
) -> str:
    """A comparison that NaN fails; but a Decimal raises when it is put in order."""
    if isinstance(argument, Decimal) and operator != "==":
        compared = _Gap("", f" {operator} {to.constant(argument)}")
        return _of_class(term, _CLASSES["number"], compared, to)
    got = source_of(term, to, missing="" if operator == "==" else ", NAN")
    kept_out = no_bool(Test(term, operator, argument))
    if not kept_out:
        return f"{got} {operator} {to.constant(argument)}"
    got, name = to.noted(got)
    return f"({got} {operator} {to.constant(argument)} and {name}{kept_out})"


def _of_measure(term: Measure, operator: str, argument: Number, to: Emitter) -> str:
    """A bare comparison of a number made from events; some are sometimes missing."""
    known, got = to.known(term.of), measure_of(term, to)
    if term.what in ALWAYS_THERE:
        return f"({known}{got} {operator} {to.constant(argument)})"
    name = to.variable()
    compared = f"{name} {operator} {to.constant(argument)}"
    return f"({known}({name} := {got}) is not None and {compared})"


def counted(term: Measure, operator: str, argument: Number, to: Emitter) -> str:
    """How many events there are, against a number."""
    of, known = term.of, to.known(term.of)
    sibling = to.sibling(of)
    if sibling is None and operator in RISING:
        least, is_wanted = least_count(operator, argument)
        at_least = _has_so_many(of, least, to)
        if at_least:
            return f"({known}{'' if is_wanted else 'not '}{at_least})"
    got = f"{to.stretch(sibling)[1]}[2]" if sibling else measure_of(term, to)
    return f"({known}{got} {operator} {to.constant(argument)})"


def _has_so_many(of: Happening, least: int, to: Emitter) -> str:
    """Whether there are at least so many; empty where only counting tells."""
    is_since = of.window is None and of.start is None and of.end is None
    if not (is_since or of.is_recent):
        return ""
    if least <= 0:
        return "True"
    rows, us = to.rows(of), to.local("us")
    place = f"{rows}.newest" if least == 1 else f"{rows}.times[{rows}.size - {least}]"
    if of.is_recent:
        young = f"{us} < {place} + {length_of(of.window)}"
        start = f"{us} - {length_of(of.window) - 1}"
    else:
        start = to.local(of.since) if of.since else str(1 - FOREVER)
        young = f"{place} >= {start}"
    counted = f"count_in({rows}, {start}, {us} + 1) >= {least}"
    if least == 1:
        return f"({young} and ({rows}.newest <= {us} or {counted}))"
    asked = f"{young} if {rows}.newest <= {us} else {counted}"
    return f"({rows}.size >= {least} and ({asked}))"


def _tested(term: Term, operator: str, argument: Value, to: Emitter, truth: str) -> str:
    """The slow and general form: the operator's own function."""
    call = f"tested({operator!r}, {source_of(term, to)}, {to.constant(argument)})"
    known = to.known(term.of) if isinstance(term, Measure) else ""
    return f"({known}{call} is {truth})"
