"""Conditions compiled to one Python function each.

Theory of operation
-------------------
1. Two forms are emitted for every node, "is YES" and "is NO"; a negation swaps them, so
   that UNKNOWN needs no third value at run time.
2. A clause over a well-typed attribute is a bare comparison. NaN stands for a missing
   number: it answers False to both forms. A value of another type either fails a check
   of its class or raises TypeError, and then `reference` decides the whole condition.
3. Only this file turns text into code. Names and values never enter the text by
   themselves: names by repr, values as constants of the function's own namespace.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Protocol, assert_never, cast

from privflow.conditions.bucket import share_of
from privflow.conditions.local_time import local_part
from privflow.conditions.node import (
    And,
    Attribute,
    Bucket,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Property,
    Tagged,
    Term,
    Test,
)
from privflow.conditions.operator import NEGATED, family, tested
from privflow.conditions.reference import is_satisfied, truth_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.truth import NO, YES
from privflow.conditions.window import count_in, held, measure_in, sum_in
from privflow.facts import EMPTY, Properties, Value
from privflow.timing import Instant, Rolling, Window


class Predicate(Protocol):
    """Whether a condition says YES of a contact at an instant."""

    def __call__(
        self, state: Subject, now: Instant, scope: Scope = NOWHERE, /
    ) -> bool:
        """Judge one contact; the scope matters to conditions of journeys and rules."""


_CLASSES = {"text": "str", "date": "date", "instant": "Instant"}
_PRELUDE = {
    "us": "us = now.us",
    "g": "g = state.contact.attributes.get",
    "p": "p = (EMPTY if scope.event is None else scope.event).get",
    "t": "t = state.contact.tags.rows.get",
    "s": "s = state.timeline.series.get",
    "end": "end = us + 1",
    "entry": "entry = None if scope.entered_at is None else scope.entered_at.us + 1",
    "stage": "stage = None if scope.stage_at is None else scope.stage_at.us + 1",
    "zone": "zone = state.contact.timezone or scope.timezone",
}
_NEEDS = {"end": ("us",)}


class Emitter:
    """The source of one function while it is being written."""

    def __init__(self) -> None:
        self.constants: dict[str, object] = {}
        self.prelude: dict[str, str] = {}
        self._variables = 0

    def constant(self, value: object) -> str:
        """The name under which the function finds a value."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def local(self, name: str) -> str:
        """A local variable of the prelude, computed once per call."""
        for needed in _NEEDS.get(name, ()):
            self.local(needed)
        self.prelude.setdefault(name, _PRELUDE[name])
        return name

    def variable(self) -> str:
        """A fresh name for a value that is looked at twice."""
        self._variables += 1
        return f"v{self._variables}"

    def bounds(self, of: Happening) -> tuple[str, str, str]:
        """Start and end of a window as source, and what must be known first."""
        start, end = self._window(of.window)
        if not of.since:
            return start, end, ""
        anchor = self.local(of.since)
        start = f"max({start}, {anchor})" if of.window else anchor
        return start, end, f"{anchor} is not None and "

    def _window(self, window: Window | None) -> tuple[str, str]:
        if window is None:
            return "0 - (1 << 62)", self.local("end")
        if isinstance(window, Rolling):
            end = self.local("end")
            return f"us - {window.span.us - 1}", end
        pair = f"w{len(self.prelude)}"
        self.local("us")
        self.local("zone")
        bounds = f"{self.constant(window)}.bounds(us, zone)"
        self.prelude[pair] = f"{pair}a, {pair}b = {bounds}"
        return f"{pair}a", f"min({pair}b, {self.local('end')})"


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
        case _:
            assert_never(node)


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
            if operator in NEGATED:
                return _test(term, NEGATED[operator], argument, to)
            return _tested(term, operator, argument, to, "NO")
        case Missing(term):
            return f"({_value(term, to)} is not None)"
        case Tagged():
            return _tagged(node, to, wanted=False)
        case Exists(of):
            return _exists(of, to, "==")
        case _:
            assert_never(node)


def _test(term: Term, operator: str, argument: Value, to: Emitter) -> str:
    kind = family(argument)
    if isinstance(term, Measure):
        return _measured(term, operator, argument, to)
    if isinstance(term, Attribute | Property) and term.filled is None:
        if operator == "is_in" and {family(a) for a in _parts(argument)} == {"text"}:
            return f"{_value(term, to)} in {to.constant(frozenset(_parts(argument)))}"
        if operator in NEGATED:
            template = _comparison(term, operator, kind, to)
            if template:
                return template.format(a=to.constant(argument))
    return _tested(term, operator, argument, to, "YES")


def _comparison(term: Attribute | Property, operator: str, kind: str, to: Emitter) -> str:
    """A bare comparison with `{a}` for the argument; empty where there is none."""
    value = _value(term, to)
    if kind in _CLASSES and not (kind == "text" and operator == "=="):
        name = to.variable()
        checked = f"({name} := {value}).__class__ is {_CLASSES[kind]}"
        return f"({checked} and {name} {operator} {{a}})"
    if kind == "text":
        return f"{value} == {{a}}"
    if kind != "number":
        return ""
    name = to.variable()
    if operator == "!=":
        return f"(({name} := {value}).__class__ in NUMBERS and {name} != {{a}})"
    default = "" if operator == "==" else ", NAN"
    get = value[:-1] + default + ")"
    return f"(({name} := {get}) {operator} {{a}} and {name}.__class__ is not bool)"


def _tested(term: Term, operator: str, argument: Value, to: Emitter, truth: str) -> str:
    """The slow and general form: the operator's own function."""
    call = f"tested({operator!r}, {_value(term, to)}, {to.constant(argument)})"
    known = to.bounds(term.of)[2] if isinstance(term, Measure) else ""
    return f"({known}{call} is {truth})"


def _measured(term: Measure, operator: str, argument: Value, to: Emitter) -> str:
    plain = term.what in {"count", "sum"} and term.of.where is None
    if plain and operator in NEGATED and family(argument) == "number":
        known = to.bounds(term.of)[2]
        call = f"{_value(term, to)} {operator} {to.constant(argument)}"
        return f"({known}{call})"
    return _tested(term, operator, argument, to, "YES")


def _exists(of: Happening, to: Emitter, compared: str) -> str:
    known = to.bounds(of)[2]
    return f"({known}{_value(Measure('count', of), to)} {compared} 0)"


def _value(term: Term, to: Emitter) -> str:
    """Source of a term's value; None where it is missing."""
    match term:
        case Attribute(name, filled):
            return _got(to.local("g"), name, filled, to)
        case Property(name, filled):
            return _got(to.local("p"), name, filled, to)
        case LocalTime(part):
            to.local("us")
            return f"local_part({part!r}, {to.local('zone')}, us)"
        case Bucket(salt):
            return f"share_of({salt!r}, state.contact.id)"
        case Measure(what, of, name):
            start, end, _ = to.bounds(of)
            series = f"{to.local('s')}({of.name!r})"
            if of.where is None and what == "count":
                return f"count_in({series}, {start}, {end})"
            if of.where is None and what == "sum":
                return f"sum_in({series}, {start}, {end}, {name!r})"
            matches = _matcher(of, to)
            return f"measure_in({what!r}, {name!r}, {series}, {start}, {end}, {matches})"
        case _:
            assert_never(term)


def _got(get: str, name: str, filled: Value | None, to: Emitter) -> str:
    default = "" if filled is None else f", {to.constant(filled)}"
    return f"{get}({name!r}{default})"


def _matcher(of: Happening, to: Emitter) -> str:
    """Source of a function from a row to whether it satisfies the `where` clause."""
    if of.where is None:
        return "None"
    where = of.where

    def matches_with(state: Subject, now: Instant, scope: Scope) -> Callable[[Properties], bool]:
        facts = Facts(state, now.us, scope)
        return lambda row: is_satisfied(where, row, facts)

    return f"{to.constant(matches_with)}(state, now, scope)"


def _tagged(node: Tagged, to: Emitter, *, wanted: bool) -> str:
    to.local("us")
    rows = f"{to.local('t')}({node.group!r}, ())"
    call = f"held({rows}, us, {to.constant(node.wanted)})"
    return call if wanted != (node.how == "none_of") else f"(not {call})"


def _parts(argument: Value) -> tuple[object, ...]:
    return argument if isinstance(argument, tuple) else (argument,)


_GLOBALS: dict[str, object] = {
    "EMPTY": EMPTY,
    "Facts": Facts,
    "Instant": Instant,
    "NAN": float("nan"),
    "NO": NO,
    "NOWHERE": NOWHERE,
    "NUMBERS": frozenset({int, float, Decimal}),
    "YES": YES,
    "count_in": count_in,
    "date": date,
    "held": held,
    "local_part": local_part,
    "measure_in": measure_in,
    "share_of": share_of,
    "sum_in": sum_in,
    "tested": tested,
    "truth_of": truth_of,
}


def compiled(node: Node, name: str) -> Predicate:
    """The function that says whether a node is YES.

    Args:
        name: how tracebacks call it.
    """
    to = Emitter()
    expression = yes(node, to)
    body = [*to.prelude.values(), f"return {expression}"]
    lines = ["def predicate(state, now, scope=NOWHERE, /):", "    try:"]
    lines += [f"        {line}" for line in body]
    lines += ["    except TypeError:"]
    lines += ["        return truth_of(node, Facts(state, now.us, scope)) is YES"]
    text = "\n".join(lines) + "\n"
    filename = f"<condition {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace = dict(_GLOBALS, node=node, **to.constants)
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - our own text, see theory 3
    return cast("Predicate", namespace["predicate"])
