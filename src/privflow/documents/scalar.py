"""Forms of what is one text, number or bool in a document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from math import isfinite

from privflow.documents.form import Form
from privflow.documents.problem import MOST_DIGITS, refuse
from privflow.errors import NaiveTimeError, did_you_mean, shown
from privflow.timing import Instant, Span, TimeOfDay, instant, span, time_of_day

_BOUND: int = 10**MOST_DIGITS


def _text(given: object) -> str:
    if isinstance(given, str):
        return given if given.__class__ is str else str.__str__(given)
    return refuse("text", given)


def name_of(given: object) -> str:
    """The text of a name, which is not empty."""
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


TEXT = Form(_text, _text)
BOOL = Form(_bool, _bool)
WHOLE = Form(_whole, _whole)
NUMBER = Form(_number, _number)


# ── Values that are text in a document ───────────────────────────────────────


def _written_as_text(kind: type, parse: Callable[[str], object], wanted: str) -> Form:
    def write(value: object) -> str:
        return str(value) if value.__class__ is kind else refuse(wanted, value)

    def read(raw: object) -> object:
        return parse(raw) if isinstance(raw, str) else refuse(wanted, raw)

    return Form(write, read)


def plain_date(text: str) -> date:
    """The date of `YYYY-MM-DD`, and of none of the other ways that ISO 8601 has."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    return found if found and str(found) == text else refuse(_DATE, text)


def _plain_instant(text: str) -> Instant:
    """The instant of a text; the hint of the general error does not help here."""
    try:
        return instant(text)
    except NaiveTimeError:
        return refuse("an offset or Z behind it", text, f"write {_INSTANT}")


_DATE = "a date like '2026-11-11'"
_INSTANT = "an instant like '2026-10-20T09:30+08:00' or '2026-10-20T01:30:00Z'"

INSTANT = _written_as_text(Instant, _plain_instant, _INSTANT)
SPAN = _written_as_text(Span, span, "a span like '30d'")
TIME_OF_DAY = _written_as_text(TimeOfDay, time_of_day, "a time of day like '22:00'")
DATE = _written_as_text(date, plain_date, _DATE)


# ── One of a few words ───────────────────────────────────────────────────────


def words_form(words: Iterable[str]) -> Form:
    """A text out of a closed list."""
    known = tuple(words)

    def check(given: object) -> str:
        text = _text(given)
        if text not in known:
            refuse(f"one of {shown(known)}", text, did_you_mean(text, known))
        return text

    return Form(check, check)


def enum_form(kind: type[Enum]) -> Form:
    """A member of an enumeration, by its value."""
    words = words_form(member.value for member in kind)

    def write(value: object) -> str:
        if isinstance(value, kind):
            return str(value.value)
        return refuse(f"a member of {kind.__name__}", value)

    return Form(write, lambda raw: kind(words.read(raw)))


_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (str, bool, int, float, Decimal, date, Instant, tuple)
}
_KIND_NAMES = words_form(_KINDS)

KIND = Form(
    lambda kind: _KIND_NAMES.read(kind.__name__),
    lambda raw: _KINDS[_KIND_NAMES.read(raw)],
)
"""A type that a catalogue declares, by its name."""
