"""Conditions as an operator of the brand reads them, in English or Chinese (C5)."""

from __future__ import annotations

from functools import partial
from typing import assert_never

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
from privflow.conditions.operator import OPERATORS
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.conditions.wording import Language, said, span_words, window_words
from privflow.facts import Value

_MOST_LISTED = 20
_MOST_SIGNS = 200
_JOINER = "\u200d"
"""Part of many emoji, which names are full of: it is seen in what it joins."""


def sentence(node: Node, language: Language = "en") -> str:
    """The condition in words."""
    say = partial(said, language)
    match node:
        case And(parts):
            return say("and").join(_bracketed(part, Or, language) for part in parts)
        case Or(parts):
            return say("or").join(_bracketed(part, And, language) for part in parts)
        case Not(Exists(of)):
            return say("no", happening_sentence(of, language))
        case Not(part):
            return say("not", sentence(part, language))
        case Surely(part):
            return say("surely", sentence(part, language))
        case _:
            return _clause_sentence(node, language)


def _clause_sentence(node: Clause, language: Language) -> str:
    say = partial(said, language)
    match node:
        case Test(term, operator, argument):
            return _test_sentence(term, operator, argument, language)
        case Missing(term):
            return say("missing", term_sentence(term, language))
        case Tagged(group, how, labels, _):
            return say(how, group, say("or").join(labels))
        case Exists(of):
            return say("some", happening_sentence(of, language))
        case Held(group, label, how, length, since):
            bound = since if length is None else span_words(language, length)
            return say(how, group, label, bound)
        case Followed(first, then, within, wanted):
            both = [happening_sentence(of, language) for of in (first, then)]
            key = "then" if wanted else "not_followed_by"
            return say(key, *both, span_words(language, within))
        case InJourney(journey, stage):
            return say("in_stage" if stage else "in_journey", journey, stage)
        case Member(segment):
            return say("member", segment)
        case _:
            assert_never(node)


def _test_sentence(
    term: Term, operator: str, argument: Value, language: Language
) -> str:
    row = OPERATORS[operator]
    template = row.sentence if language == "en" else row.chinese
    return template.format(term_sentence(term, language), value_sentence(argument))


def _bracketed(node: Node, other: type, language: Language) -> str:
    text = sentence(node, language)
    return f"({text})" if isinstance(node, other) else text


def term_sentence(term: Term, language: Language = "en") -> str:
    """A term in words."""
    say = partial(said, language)
    match term:
        case Attribute(name, filled) | Property(name, filled):
            if filled is None:
                return name
            return say("filled", name, value_sentence(filled))
        case Derived(what, of):
            return say(what, term_sentence(of, language))
        case Measure("count" | "days_with" as what, of, _):
            return say(what, happening_sentence(of, language))
        case Measure(what, of, name):
            return say("measure", say(what), name, happening_sentence(of, language))
        case LocalTime(part):
            return say("local", say(part))
        case Bucket(salt):
            return say("bucket", salt)
        case _:
            assert_never(term)


def happening_sentence(of: Happening, language: Language = "en") -> str:
    """The events that are meant, in words."""
    say = partial(said, language)
    text = of.name
    if of.where is not None:
        text = say("where", text, sentence(of.where, language))
    if of.window is not None:
        text = say("in", text, window_words(language, of.window))
    if of.start is not None:
        text = say("from", text, of.start)
    if of.end is not None:
        text = say("before", text, of.end)
    return say(f"since_{of.since}", text) if of.since else text


def value_sentence(value: Value) -> str:
    """A value as people read it: of a long list or text the beginning."""
    if isinstance(value, str):
        return beginning(value) if _is_plain(value) else beginning(repr(value))
    if not isinstance(value, tuple):
        return beginning(str(value))
    listed = ", ".join(map(value_sentence, value[:_MOST_LISTED]))
    return listed if len(value) <= _MOST_LISTED else f"{listed}, … ({len(value)})"


def _is_plain(text: str) -> bool:
    """Whether all of a text can be seen: "上海 " looks like "上海", and is another."""
    seen = text.replace(_JOINER, "")
    return bool(text) and text == text.strip() and seen.isprintable()


def beginning(text: str) -> str:
    """The text, cut where nobody reads on."""
    return text if len(text) <= _MOST_SIGNS else f"{text[:_MOST_SIGNS]}…"
