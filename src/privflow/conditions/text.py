"""How conditions read as Python text that parses back (C5)."""

from __future__ import annotations

from datetime import date
from keyword import iskeyword
from typing import assert_never
from unicodedata import normalize

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
    Term,
    Test,
)
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.facts import Value
from privflow.timing import Rolling

_COMPARISONS = {"==", "!=", "<", "<=", ">", ">="}


def node_source(node: Node) -> str:
    """Python text that parses back to an equal condition."""
    match node:
        case And(parts):
            return " & ".join(_grouped(part, Or) for part in parts)
        case Or(parts):
            return " | ".join(_grouped(part) for part in parts)
        case Not(part):
            return f"~{_grouped(part, And, Or)}"
        case Surely(part):
            return f"{_grouped(part, And, Or, Not)}.surely()"
        case _:
            return _clause_source(node)


def _clause_source(node: Clause) -> str:
    match node:
        case Test(term, operator, argument):
            return _test_source(term, operator, argument)
        case Missing(term):
            return f"{term_source(term)}.is_missing()"
        case Tagged():
            return _tagged_source(node)
        case Exists(of):
            return f"{happening_source(of)}.exists()"
        case Held():
            return _held_source(node)
        case Followed():
            return _followed_source(node)
        case InJourney(journey, stage):
            named = f"in_stage({journey!r}, {stage!r})"
            return named if stage else f"in_journey({journey!r})"
        case Member(segment):
            return f"member({segment!r})"
        case _:
            assert_never(node)


def _tagged_source(node: Tagged) -> str:
    known = f", order={list(node.order)!r}" if node.order else ""
    labels = list(node.labels) if node.how.endswith("of") else node.labels[0]
    return f"tag({node.group!r}{known}).{node.how}({labels!r})"


def _followed_source(node: Followed) -> str:
    method = "then" if node.wanted else "not_followed_by"
    arguments = f"{happening_source(node.then)}, within={str(node.within)!r}"
    return f"{happening_source(node.first)}.{method}({arguments})"


def _held_source(node: Held) -> str:
    arguments = repr(node.label)
    if node.length is not None:
        arguments += f", {str(node.length)!r}"
    if node.since is not None:
        arguments += f", {node.since!r}"
    return f"tag({node.group!r}).{node.how}({arguments})"


def _grouped(node: Node, *looser: type) -> str:
    """The source of a part, in parentheses where what is around it binds closer."""
    compares = isinstance(node, Test) and node.operator in _COMPARISONS
    source = node_source(node)
    return f"({source})" if compares or isinstance(node, looser) else source


def _test_source(term: Term, operator: str, argument: Value) -> str:
    left = term_source(term)
    if operator in _COMPARISONS:
        return f"{left} {operator} {value_source(argument)}"
    if operator == "between" and isinstance(argument, tuple):
        low, high = map(value_source, argument)
        return f"{left}.between({low}, {high})"
    return f"{left}.{operator}({value_source(argument)})"


def term_source(term: Term) -> str:
    """Python text of a term."""
    match term:
        case Attribute(name, filled):
            return _named("attr", name) + _filling(filled)
        case Property(name, filled):
            return _named("prop", name) + _filling(filled)
        case Derived(what, of):
            return f"{term_source(of)}.{what}()"
        case Measure(what, of, name):
            argument = repr(name) if name else ""
            return f"{happening_source(of)}.{what}({argument})"
        case LocalTime(part):
            return f"now.{part}"
        case Bucket(salt):
            return f"bucket({salt!r})"
        case _:
            assert_never(term)


def happening_source(of: Happening) -> str:
    """Python text of the events that a clause asks about."""
    text = f"event({of.name!r})"
    if of.where is not None:
        text += f".where({node_source(of.where)})"
    if isinstance(of.window, Rolling):
        text += f".within({str(of.window.span)!r})"
    elif of.window is not None:
        text += f".in_({of.window!r})"
    if of.start is not None or of.end is not None:
        text += f".between({of.start!r}, {of.end!r})"
    return text + (f".since_{of.since}()" if of.since else "")


def _named(namespace: str, name: str) -> str:
    # Python reads identifiers in their NFKC form, which may be another name.
    plain = name.isidentifier() and not iskeyword(name) and not name.startswith("_")
    plain = plain and normalize("NFKC", name) == name
    return f"{namespace}.{name}" if plain else f"{namespace}[{name!r}]"


def _filling(filled: Value | None) -> str:
    return "" if filled is None else f".fill({value_source(filled)})"


def value_source(value: Value) -> str:
    """Python text of a value."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(value_source, value))}]"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)
