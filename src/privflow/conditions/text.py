"""How conditions read: as Python that parses back (C5), and as a sentence."""

from __future__ import annotations

from datetime import date
from keyword import iskeyword
from typing import assert_never
from unicodedata import normalize

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
from privflow.conditions.operator import OPERATORS
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
        case Test(term, operator, argument):
            return _test_source(term, operator, argument)
        case Missing(term):
            return f"{term_source(term)}.is_missing()"
        case Tagged(group, how, labels, order):
            known = f", order={list(order)!r}" if order else ""
            listed = list(labels) if how.endswith("of") else labels[0]
            return f"tag({group!r}{known}).{how}({listed!r})"
        case Exists(of):
            return f"{happening_source(of)}.exists()"
        case _:
            assert_never(node)


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


# ── For people ───────────────────────────────────────────────────────────────


def sentence(node: Node) -> str:
    """The condition as an operator of the brand reads it."""
    match node:
        case And(parts):
            return " and ".join(_bracketed(part, Or) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part, And) for part in parts)
        case Not(Exists(of)):
            return f"no {_happening_sentence(of)}"
        case Not(part):
            return f"not ({sentence(part)})"
        case Test(term, operator, argument):
            template = OPERATORS[operator].sentence
            return template.format(term_sentence(term), value_sentence(argument))
        case Missing(term):
            return f"{term_sentence(term)} is not known"
        case Tagged(group, how, labels, _):
            return f"{group} {_TAG_WORDS[how]} {' or '.join(labels)}"
        case Exists(of):
            return f"some {_happening_sentence(of)}"
        case _:
            assert_never(node)


_TAG_WORDS = {
    "has": "is",
    "at_least": "is at least",
    "at_most": "is at most",
    "any_of": "is one of",
    "none_of": "is none of",
}


def _bracketed(node: Node, other: type) -> str:
    return f"({sentence(node)})" if isinstance(node, other) else sentence(node)


def term_sentence(term: Term) -> str:
    """A term as an operator of the brand reads it."""
    match term:
        case Attribute(name, filled) | Property(name, filled):
            stand_in = "" if filled is None else f" (or {value_sentence(filled)})"
            return f"{name}{stand_in}"
        case Measure("count", of, _):
            return f"number of {_happening_sentence(of)}"
        case Measure(what, of, name):
            return f"{what} of {name} over {_happening_sentence(of)}"
        case LocalTime(part):
            return f"the local {part}"
        case Bucket(salt):
            return f"bucket {salt}"
        case _:
            assert_never(term)


def _happening_sentence(of: Happening) -> str:
    text = of.name
    if of.where is not None:
        text += f" where {sentence(of.where)}"
    if of.window is not None:
        text += f" in {of.window}"
    since = {"": "", "entry": " since entry", "stage": " since the stage began"}
    return text + since[of.since]


def value_sentence(value: Value) -> str:
    """A value as people read it."""
    if isinstance(value, tuple):
        return ", ".join(map(value_sentence, value))
    return str(value)
