"""The form of every type, found from its annotation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from privflow.conditions import Condition, Verdict
from privflow.documents.choice import choice_form, word_or_form
from privflow.documents.collection import (
    list_form,
    mapping_form,
    optional_form,
    tuple_form,
)
from privflow.documents.form import Form
from privflow.documents.record import record_form, single_form
from privflow.documents.scalar import (
    BOOL,
    DATE,
    INSTANT,
    KIND,
    NUMBER,
    SPAN,
    TEXT,
    TIME_OF_DAY,
    WHOLE,
    enum_form,
    words_form,
)
from privflow.documents.table import CHOICES, NAMES, TABLE
from privflow.documents.timeline import Row, timeline_form
from privflow.documents.value import PROPERTIES, VALUE
from privflow.documents.verdict import Said, verdict_form
from privflow.facts import Consents, Properties, Tags, Timeline
from privflow.timing import Instant, Span, TimeOfDay
from privflow.touches import Ledger

_LEAVES: dict[Any, Form] = {
    str: TEXT,
    bool: BOOL,
    int: WHOLE,
    float: NUMBER,
    date: DATE,
    Instant: INSTANT,
    Span: SPAN,
    TimeOfDay: TIME_OF_DAY,
    Properties: PROPERTIES,
    type: KIND,
}
_SINGLE: dict[type, str] = {
    Condition: "node",
    Consents: "records",
    Ledger: "records",
    Tags: "history",
}
_OF_VALUES = {str, bool, int, float, Decimal, date, Instant}


def form_named(name: str) -> Form:
    """The form of a class of the table."""
    return form_of(TABLE[name])


@cache
def form_of(kind: Any) -> Form:  # noqa: ANN401 - a type, as annotations have it
    """The form of a type.

    Raises:
        TypeError: no document can hold a value of it; a gap in privflow.
    """
    if kind in _LEAVES:
        return _LEAVES[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return _form_of_union(arguments)
    if origin is not None:
        return _form_of_generic(origin, arguments)
    if kind in CHOICES:
        names = {choice: NAMES[choice] for choice in CHOICES[kind]}
        return choice_form(names, form_named)
    return _form_of_class(kind)


def _form_of_union(arguments: tuple[Any, ...]) -> Form:
    kinds = tuple(kind for kind in arguments if kind is not type(None))
    if len(kinds) < len(arguments):
        return optional_form(_form_of_union(kinds))
    if len(kinds) == 1:
        return form_of(kinds[0])
    if _OF_VALUES.issubset(kinds):
        return VALUE
    if NAMES.keys() >= set(kinds):
        return choice_form({kind: NAMES[kind] for kind in kinds}, form_named)
    other, word = kinds
    return word_or_form(form_of(word), form_of(other))


def _form_of_generic(origin: Any, arguments: tuple[Any, ...]) -> Form:  # noqa: ANN401
    if origin is Literal:
        return words_form(arguments)
    if origin is Mapping:
        return mapping_form(form_of(arguments[1]))
    if origin is tuple and arguments[-1] is ...:
        return list_form(form_of(arguments[0]))
    if origin is tuple:
        return tuple_form(*map(form_of, arguments))
    raise TypeError(origin)


def _form_of_class(kind: type) -> Form:
    if kind is Timeline:
        return timeline_form(record_form(Row, form_of, called="a row"))
    if kind is Verdict:
        return verdict_form(record_form(Said, form_of, called="Verdict"))
    if kind in _SINGLE:
        return single_form(kind, _SINGLE[kind], form_of)
    if issubclass(kind, Enum):
        return enum_form(kind)
    return record_form(kind, form_of)
