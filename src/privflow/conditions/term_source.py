"""Source of the value of a term."""

from __future__ import annotations

from typing import assert_never

from privflow.conditions.emitter import Emitter
from privflow.conditions.node import Measure, Term
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property


def source_of(term: Term, to: Emitter, *, missing: str = "") -> str:
    """Source of a term's value.

    Args:
        missing: the default of a name, with its comma; None without one.
    """
    match term:
        case Attribute(name, filled):
            default = missing if filled is None else f", {to.constant(filled)}"
            return to.lookup(f"{to.local('attributes')}.get({name!r}{default})")
        case Property(name, filled):
            default = missing if filled is None else f", {to.constant(filled)}"
            return to.lookup(f"{to.local('p')}.get({name!r}{default})")
        case LocalTime(part):
            return f"local_part({part!r}, {to.local('zone')}, {to.local('us')})"
        case Bucket(salt):
            return f"share_of({salt!r}, {to.local('contact')}.id)"
        case Derived("length", of):
            return f"derived('length', {source_of(of, to)}, '', 0)"
        case Derived(what, of):
            day = f"{to.local('zone')}, {to.local('us')}"
            return f"derived({what!r}, {source_of(of, to)}, {day})"
        case Measure():
            return measure_of(term, to)
        case _:
            assert_never(term)


def measure_of(term: Measure, to: Emitter) -> str:
    """Source of what is made from events: kept where a series keeps it."""
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
