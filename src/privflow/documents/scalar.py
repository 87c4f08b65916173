"""Hooks of what is one text, number or bool in a document; nothing is coerced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import NewType

from cattrs import Converter
from cattrs.dispatch import StructureHook, UnstructureHook

from privflow.documents.problem import MOST_DIGITS, refuse
from privflow.errors import NaiveTimeError, did_you_mean, shown
from privflow.timing import Instant, Span, TimeOfDay, instant, span, time_of_day

_BOUND: int = 10**MOST_DIGITS

Name = NewType("Name", str)
"""Text that names something: not empty."""


def _text(given: object) -> str:
    if isinstance(given, str):
        return given if given.__class__ is str else str.__str__(given)
    return refuse("text", given)


def name_of(given: object) -> str:
    """The text of a name."""
    return _text(given) or refuse("a name", given)


def _bool(given: object) -> bool:
    if isinstance(given, bool):
        return given
    return refuse("true or false", given)


def _whole(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        refuse("a whole number", given, _unquoted(given))
    if abs(given) >= _BOUND:
        refuse(f"a number of at most {MOST_DIGITS} digits", given)
    return int(given)


def _number(given: object) -> float:
    """JSON has one kind of number: a whole one is a float where a float is meant."""
    if isinstance(given, int) and not isinstance(given, bool):
        return float(_whole(given))
    if not isinstance(given, float):
        refuse("a number", given, _unquoted(given))
    return float(given) if isfinite(given) else refuse("a finite number", given)


def _unquoted(given: object) -> str:
    """A hint for a number that is text; empty for anything else."""
    if isinstance(given, str) and given.isascii() and given.isdigit():
        return f"write it without quotes: {given[:20]}"
    return ""


def word(given: object, known: Iterable[str]) -> str:
    """A text out of a closed list."""
    text, words = _text(given), tuple(known)
    if text not in words:
        refuse(f"one of {shown(words)}", text, did_you_mean(text, words))
    return text


# ── Values that are text in a document ───────────────────────────────────────


def plain_date(raw: object) -> date:
    """The date of `YYYY-MM-DD`, and of none of the other ways that ISO 8601 has."""
    try:
        found = date.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        found = None
    return found if found and str(found) == raw else refuse(_DATE, raw)


def plain_instant(raw: object) -> Instant:
    """The instant of a text; the hint of the general error does not help here."""
    text = raw if isinstance(raw, str) else refuse(_INSTANT, raw)
    try:
        return instant(text)
    except NaiveTimeError:
        return refuse("an offset or Z behind it", text, f"write {_INSTANT}")


_DATE = "a date like '2026-11-11'"
_INSTANT = "an instant like '2026-10-20T09:30+08:00' or '2026-10-20T01:30:00Z'"
_TEXTS: dict[type, tuple[Callable[[str], object], str]] = {
    Instant: (plain_instant, _INSTANT),
    Span: (span, "a span like '30d'"),
    TimeOfDay: (time_of_day, "a time of day like '22:00'"),
    date: (plain_date, _DATE),
}
_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (str, bool, int, float, Decimal, date, Instant, tuple)
}


def _writer(kind: type) -> UnstructureHook:
    _, wanted = _TEXTS[kind]
    return lambda value: (
        str(value) if value.__class__ is kind else refuse(wanted, value)
    )


def _reader(kind: type) -> StructureHook:
    parse, wanted = _TEXTS[kind]
    return lambda raw, _: parse(raw) if isinstance(raw, str) else refuse(wanted, raw)


def _checker(check: Callable[[object], object]) -> StructureHook:
    return lambda raw, _: check(raw)


def _read_text(raw: object, _: object) -> str:
    return raw if raw.__class__ is str else _text(raw)


def register_scalars(converter: Converter) -> None:
    """Register text, bool, numbers, times, and a type that a catalogue declares."""
    for kind, check in ((str, _text), (bool, _bool), (int, _whole), (float, _number)):
        converter.register_unstructure_hook(kind, check)
        converter.register_structure_hook(kind, _checker(check))
    converter.register_structure_hook(str, _read_text)
    for timed in _TEXTS:
        converter.register_unstructure_hook(timed, _writer(timed))
        converter.register_structure_hook(timed, _reader(timed))
    converter.register_structure_hook(Name, _checker(name_of))
    converter.register_unstructure_hook(type, lambda kind: word(kind.__name__, _KINDS))
    converter.register_structure_hook(type, lambda raw, _: _KINDS[word(raw, _KINDS)])
