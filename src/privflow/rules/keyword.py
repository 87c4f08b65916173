"""Which texts an event must carry for a condition to be YES at all."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from privflow.conditions import And, Node, Or, Property, Surely, Test
from privflow.facts import Value

How = Literal["contains", "equals", "starts_with", "ends_with"]

_HOWS: dict[str, How] = {
    "contains": "contains",
    "contains_any": "contains",
    "contains_all": "contains",
    "==": "equals",
    "is_in": "equals",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
}
_OF_MANY = frozenset({"contains_any", "contains_all", "is_in"})

_MOST = 10_000
"""A condition with more alternatives is judged always, rather than looked up."""


@frozen(order=True)
class Keyword:
    """A text that a property of the event must contain, be, start or end with."""

    property: str
    how: How
    text: str


Keywords = frozenset[Keyword]


def keywords_of(node: Node | None) -> Keywords | None:
    """Keywords of which at least one is there in every event that fits.

    None where there is no such set: the condition must be judged. Where it is YES, one
    of them is found; the other way round says nothing.
    """
    match node:
        case And(parts):
            known = [found for found in map(keywords_of, parts) if found is not None]
            return min(known, key=_width, default=None)
        case Or(parts):
            return _of_any(parts)
        case Surely(part):
            return keywords_of(part)
        case Test(Property(name, None), operator, argument):
            return _of_test(name, operator, argument)
        case _:
            return None


def _width(keywords: Keywords) -> tuple[int, int]:
    """Few and long keywords are found the least often."""
    return len(keywords), -min(len(keyword.text) for keyword in keywords)


def _of_any(parts: tuple[Node, ...]) -> Keywords | None:
    found: set[Keyword] = set()
    for part in parts:
        keywords = keywords_of(part)
        if keywords is None or len(found) + len(keywords) > _MOST:
            return None
        found |= keywords
    return frozenset(found)


def _of_test(name: str, operator: str, argument: Value) -> Keywords | None:
    how = _HOWS.get(operator)
    is_list = isinstance(argument, tuple)
    if how is None or is_list != (operator in _OF_MANY):
        return None
    texts = argument if isinstance(argument, tuple) else (argument,)
    if operator == "contains_all":
        texts = (max(texts, key=_length),)
    return _keywords(name, how, texts)


def _length(given: Value) -> int:
    return len(given) if isinstance(given, str) else 0


def _keywords(name: str, how: How, texts: tuple[Value, ...]) -> Keywords | None:
    found: set[Keyword] = set()
    for text in texts:
        if not isinstance(text, str) or not text:
            return None
        found.add(Keyword(name, how, text))
    return frozenset(found) or None
