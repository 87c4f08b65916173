"""What the values of a term are, as a catalogue has declared them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from privflow.conditions.node import OF_NUMBERS, Measure, Term
from privflow.conditions.term import Attribute, LocalPart, LocalTime, Property
from privflow.facts import Catalog, Kind, value_type
from privflow.timing import Instant

Fields = Mapping[str, Kind] | None
"""The properties of the event at hand, where it is known."""

_FAMILY_OF_KIND: Mapping[type, str] = {
    str: "text",
    bool: "bool",
    int: "number",
    float: "number",
    Decimal: "number",
    date: "date",
    Instant: "instant",
    tuple: "list",
}
_NUMERIC = {"count", "days_with", "distinct", *OF_NUMBERS}
_OF_LOCAL_TIME: Mapping[LocalPart, tuple[int, ...]] = {
    "hour": tuple(range(24)),
    "weekday": tuple(range(1, 8)),
    "day": tuple(range(1, 32)),
    "month": tuple(range(1, 13)),
}


def kind_of(term: Term, catalog: Catalog, fields: Fields) -> Kind | None:
    """What a term is declared as; None where the catalogue does not know."""
    match term:
        case Attribute(name):
            return catalog.attributes.get(name)
        case Property(name):
            return fields.get(name) if fields else None
        case LocalTime(part):
            return _OF_LOCAL_TIME[part]
        case Measure(what, of, name) if what not in _NUMERIC:
            return catalog.events.get(of.name, {}).get(name)
        case _:
            return int


def family_of(kind: Kind) -> str:
    """The family of types that values of a kind are compared within."""
    return _FAMILY_OF_KIND[value_type(kind)]
