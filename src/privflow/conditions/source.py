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

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, assert_never, cast

from privflow.conditions.bucket import share_of
from privflow.conditions.emitter import Emitter, literal_set
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
from privflow.conditions.operator import NEGATED, OPERATORS, family, tested
from privflow.conditions.reference import is_satisfied, truth_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.text import sentence
from privflow.conditions.truth import NO, UNKNOWN, YES, Truth
from privflow.conditions.window import (
    count_in,
    measure_in,
    measure_some_in,
    sum_in,
)
from privflow.facts import EMPTY, FOREVER, Properties, Series, Value
from privflow.timing import Instant, Rolling

Judge = Callable[[Subject, Instant, Scope], tuple[Truth, int]]
"""The truth about a contact, and until when at least, in microseconds."""

_CLASSES = {"text": "str", "date": "date", "instant": "Instant"}


class Predicate(Protocol):
    """Whether a condition says YES of a contact at an instant."""

    def __call__(self, state: Subject, now: Instant, scope: Scope = NOWHERE, /) -> bool:
        """Judge one contact; the scope matters to conditions of journeys and rules."""


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
    if isinstance(term, Measure) and term.what not in {"count", "distinct", "sum"}:
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
        case Measure():
            return _measure(term, to)
        case _:
            assert_never(term)


def _measure(term: Measure, to: Emitter) -> str:
    if isinstance(term.of.window, Rolling) and not term.of.since and not term.of.where:
        series, stretch = to.stretch(term.of.name, term.of.window)
        if term.what == "count":
            return f"{stretch}[2]"
        if term.what == "sum":
            kept = to.variable()
            got = (
                f"{kept} if ({kept} := {stretch}[4].get({term.property!r})) is not None"
            )
            return f"({got} else {series}.total_of({stretch}, {term.property!r}))"
    start, end = to.bounds(term.of)
    window = f"{to.local('s')}({term.of.name!r}), {start}, {end}"
    if term.of.where is not None:
        matches = to.constant(matcher(term.of.where))
        return f"measure_some_in({term.what!r}, {term.property!r}, {window}, {matches})"
    match term.what:
        case "count":
            return f"count_in({window})"
        case "sum":
            return f"sum_in({window}, {term.property!r})"
        case _:
            return f"measure_in({term.what!r}, {term.property!r}, {window})"


def _tagged(node: Tagged, to: Emitter, *, wanted: bool) -> str:
    held = to.held(node.group, node.wanted)
    return held if wanted != (node.how == "none_of") else f"(not {held})"


_GLOBALS: dict[str, object] = {
    "EMPTY": EMPTY,
    "FOREVER": FOREVER,
    "Instant": Instant,
    "NAN": float("nan"),
    "NO": NO,
    "NOWHERE": NOWHERE,
    "NUMBERS": frozenset({int, float, Decimal}),
    "UNKNOWN": UNKNOWN,
    "YES": YES,
    "count_in": count_in,
    "date": date,
    "NOTHING": Series.of(()),
    "local_part": local_part,
    "measure_in": measure_in,
    "measure_some_in": measure_some_in,
    "share_of": share_of,
    "sum_in": sum_in,
    "tested": tested,
}


def compiled(node: Node, title: str) -> Predicate:
    """The function that says whether a node is YES.

    Args:
        title: how tracebacks call it.
    """

    def slowly(state: Subject, now: Instant, scope: Scope) -> bool:
        return truth_of(node, Facts(state, now.us, scope)) is YES

    to = Emitter(slowly)
    head = "def predicate(state, now, scope=NOWHERE, /):"
    again = "slowly(state, now, scope)"
    return cast("Predicate", _built(head, _body(node, to), to, again, title))


def compiled_judge(
    lasting: Sequence[Node], passing: Sequence[Judge], slowly: Judge, title: str
) -> Judge:
    """The function that judges an And: its truth, and until when it lasts.

    Args:
        lasting: the parts that time alone cannot change.
        passing: the judges of the others.
        slowly: what to ask where a value has an unexpected type.
        title: how tracebacks call it.
    """
    to = Emitter(slowly)
    judges = [to.named(judge) for judge in passing]
    head = "def predicate(state, now, scope, /):"
    body = _judge_body(lasting, judges, to)
    return cast("Judge", _built(head, body, to, "slowly(state, now, scope)", title))


def matcher(where: Node) -> Callable[[Properties], bool]:
    """The function that says whether an event's properties satisfy a clause."""

    def slowly(row: Properties) -> bool:
        return is_satisfied(where, row)

    to = Emitter(slowly)
    to.prelude["p"] = "p = row.get"
    head = "def predicate(row, /):"
    built = _built(head, _body(where, to), to, "slowly(row)", sentence(where))
    return cast("Callable[[Properties], bool]", built)


def _body(node: Node, to: Emitter) -> list[str]:
    """The parts of an And one after another, each with what is looked up for it."""
    lines: list[str] = []
    asked: list[str] = []
    for part in parts_of(node):
        expression = yes(part, to)
        fresh = to.taken()
        if fresh and asked:
            lines.append(f"if not ({' and '.join(asked)}): return False")
            asked = []
        lines += fresh
        asked.append(expression)
    return [*lines, f"return {' and '.join(asked)}"]


def _judge_body(
    lasting: Sequence[Node], judges: Sequence[str], to: Emitter
) -> list[str]:
    """Three answers with a horizon: what lasts first, then what time may change."""
    lines = ["answer, until, refused = YES, FOREVER, -FOREVER"]
    for part in lasting:
        is_yes, is_no = yes(part, to), no(part, to)
        lines += to.taken()
        lines += [f"if not ({is_yes}):", f"    if {is_no}: return NO, FOREVER"]
        lines.append("    answer = UNKNOWN")
    for judge in judges:
        lines += [
            f"said, lasts = {judge}(state, now, scope)",
            "if said is NO:",
            "    if lasts >= FOREVER: return NO, FOREVER",
            "    if lasts > refused: refused = lasts",
            "else:",
            "    if said is UNKNOWN: answer = UNKNOWN",
            "    if lasts < until: until = lasts",
        ]
    lines.append("if refused > -FOREVER: return NO, refused")
    return [*lines, "return answer, until"]


def parts_of(node: Node) -> tuple[Node, ...]:
    """The parts of which a node is the And; itself if it is none."""
    return node.parts if isinstance(node, And) else (node,)


def _built(head: str, body: list[str], to: Emitter, again: str, title: str) -> object:
    """The function itself; where a type was not expected, it asks `again`."""
    lines = [head, "    try:", *(f"        {line}" for line in body)]
    lines += ["    except TypeError:", f"        return {again}"]
    text = "\n".join(lines) + "\n"
    readable = "".join(char if char.isprintable() else " " for char in title)
    filename = f"condition: {readable[:60]}"
    namespace = {**_GLOBALS, **to.constants, "__loader__": _Source(text)}
    namespace["__name__"] = __name__
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - our own text, see theory 3
    return namespace["predicate"]


class _Source:
    """What `linecache` asks for the lines of a traceback."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str) -> str:
        """The source of the function, whatever the name."""
        return self._text
