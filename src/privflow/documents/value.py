"""Forms of what facts hold: values of many types, and mappings of them.

JSON has no decimals, dates and instants, so that these are marked:
`{"date": "1995-11-03"}`. Text is never taken for one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import isfinite

from privflow.documents.form import Form
from privflow.documents.problem import Problems, place, refuse, within
from privflow.documents.scalar import DATE, INSTANT, name_of
from privflow.errors import PrivflowError
from privflow.facts import Properties, Scalar, Value, value_of
from privflow.timing import Instant

_SCALAR = "text, a number, true, false or a marked object"
_WANTED = f"{_SCALAR}, or a list of these"
_MARKED = "an object with decimal, date or instant alone"
_MARKS = """write {"decimal": "12.50"}, {"date": "1995-11-03"} or {"instant": "…Z"}"""
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")


# ── Out ──────────────────────────────────────────────────────────────────────


def _write(value: object) -> object:
    if isinstance(value, tuple):
        return [_write_scalar(part) for part in value]
    return _write_scalar(value)


def _write_scalar(value: object) -> object:
    match value:
        case str() | bool():
            return value
        case int() | float():
            return _in_range(value)
        case Decimal():
            return {"decimal": str(_in_range(value))}
        case Instant():
            return {"instant": INSTANT.write(value)}
        case date():
            return {"date": DATE.write(value)}
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


# ── And back ─────────────────────────────────────────────────────────────────


def _read(raw: object) -> Value:
    if not isinstance(raw, list):
        return _read_scalar(raw, _WANTED)
    problems = Problems()
    parts: list[Scalar] = []
    for index, part in enumerate(raw):
        try:
            parts.append(_read_scalar(part, _SCALAR))
        except PrivflowError as problem:
            problems.add(f"[{index}]", problem)
    problems.check("list")
    return tuple(parts)


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
    "instant": INSTANT.read,
    "date": DATE.read,
}

VALUE = Form(_write, _read)


# ── Mappings of them ─────────────────────────────────────────────────────────


def _write_properties(given: object) -> dict[str, object]:
    if not isinstance(given, Properties):
        refuse("properties", given)
    return {name: _write(given[name]) for name in sorted(given)}


def _read_properties(raw: object) -> Properties:
    if not isinstance(raw, dict):
        refuse("an object of names and values", raw)
    problems = Problems()
    found: dict[str, Value] = {}
    for name, part in raw.items():
        try:
            found[name_of(name)] = _read(part)
        except PrivflowError as problem:
            problems.add(place(name), problem)
    problems.check("Properties")
    return Properties.of_clean(found)


PROPERTIES = Form(_write_properties, _read_properties)
