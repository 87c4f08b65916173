"""Hooks of what facts hold: values of many types.

JSON has no decimals, dates and instants, so that these are marked:
`{"date": "1995-11-03"}`. Text is never taken for one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from math import isfinite
from operator import eq

from cattrs import Converter
from cattrs.dispatch import TargetType

from privflow.documents.problem import place, refuse, within
from privflow.documents.scalar import plain_date, plain_instant
from privflow.errors import PrivflowError
from privflow.facts import Kind, Scalar, Value, value_of
from privflow.timing import Instant

_SCALAR = "text, a number, true, false or a marked object"
_MARKED = "an object with decimal, date or instant alone"
_MARKS = """write {"decimal": "12.50"}, {"date": "1995-11-03"} or {"instant": "…Z"}"""
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")


def _write_scalar(value: object) -> object:
    match value:
        case str() | bool():
            return value
        case int() | float():
            return _in_range(value)
        case Decimal():
            return {"decimal": str(_in_range(value))}
        case Instant():
            return {"instant": str(value)}
        case date():
            return {"date": str(value)}
        case _:
            return refuse("a value of a fact", value)


def _in_range(number: float | Decimal) -> Scalar:
    """The number, if facts can hold it: finite, and not of too many digits."""
    if isinstance(number, float) and not isfinite(number):
        refuse("a finite number", number, "leave it out")
    found = value_of("number", number)
    if found is None or isinstance(found, tuple):
        refuse("a finite number", number, "leave it out")
    return found


def _read_scalar(raw: object, wanted: str) -> Scalar:
    match raw:
        case str() | bool():
            return raw
        case int() | float():
            return _in_range(raw)
        case dict():
            return _marked(raw)
        case _:
            return refuse(wanted, raw, "" if raw is not None else "leave it out")


def _marked(raw: dict[str, object]) -> Scalar:
    mark = next(iter(raw), None)
    read = _READERS.get(mark) if isinstance(mark, str) and len(raw) == 1 else None
    if mark is None or read is None:
        refuse(_MARKED, raw, _MARKS)
    try:
        return read(raw[mark])
    except PrivflowError as problem:
        raise within(place(mark), problem) from None


def _decimal(raw: object) -> Scalar:
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        return _in_range(Decimal(raw))
    return refuse("a decimal like '12.50'", raw)


_READERS: dict[str, Callable[[object], Scalar]] = {
    "decimal": _decimal,
    "instant": plain_instant,
    "date": plain_date,
}


def register_values(converter: Converter) -> None:
    """Register values of facts, parts of their lists, and what declares them."""
    of_list = tuple[Scalar, ...]

    def write(value: object) -> object:
        if isinstance(value, tuple):
            return converter.unstructure(value, of_list)
        return _write_scalar(value)

    def read(raw: object, _: TargetType) -> Value:
        if isinstance(raw, list):
            return converter.structure(raw, of_list)
        return _read_scalar(raw, f"{_SCALAR}, or a list of these")

    def write_kind(kind: object) -> object:
        listed = isinstance(kind, tuple)
        return converter.unstructure(kind, of_list if listed else type)

    def read_kind(raw: object, _: TargetType) -> object:
        return converter.structure(raw, of_list if isinstance(raw, list) else type)

    def read_part(raw: object, _: TargetType) -> Scalar:
        return _read_scalar(raw, _SCALAR)

    for kind, hook_out, hook_in in (
        (Scalar, _write_scalar, read_part),
        (Value, write, read),
        (Kind, write_kind, read_kind),
    ):
        converter.register_unstructure_hook_func(partial(eq, kind), hook_out)
        converter.register_structure_hook_func(partial(eq, kind), hook_in)
