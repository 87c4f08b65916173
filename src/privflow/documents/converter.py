"""Strict conversion between values and plain data: nothing is coerced or guessed.

Where a field can hold only one class, its document is the fields alone; where it can
hold one of several, the document says which, in `type`, by a name of the closed table.
Fields that have their default are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Protocol, Union, cast, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from privflow.conditions import Condition
from privflow.documents.problem import expected
from privflow.documents.table import NAMES, TABLE
from privflow.errors import DocumentProblem, UnknownNameError
from privflow.facts import Consents, Properties, Tags, Timeline, Value
from privflow.timing import Instant, Span, TimeOfDay, instant, span, time_of_day
from privflow.touches import Ledger

_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (str, bool, int, float, Decimal, date, Instant, tuple)
}
_SCALARS = {str, bool, int, float, Decimal, date, Instant}
_LISTED: dict[type, str] = {Tags: "history", Consents: "records", Ledger: "records"}
"""Classes that are a list of something and nothing else."""


def make_converter() -> Converter:
    """A converter that knows every class of the table."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind in (str, bool, int):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook(float, _number)
    _register_texts(converter)
    _register_facts(converter)
    converter.register_unstructure_hook_func(_is_value, _value_to_plain)
    converter.register_structure_hook_func(
        _is_value, lambda raw, _: plain_to_value(raw)
    )
    converter.register_unstructure_hook_func(
        _is_choice, lambda value: tagged(converter, value)
    )
    converter.register_structure_hook_func(
        _is_choice, lambda raw, kind: _chosen(converter, raw, kind)
    )
    converter.register_unstructure_hook_factory(
        attrs.has, lambda kind: _fields_out(converter, kind)
    )
    converter.register_structure_hook_factory(
        attrs.has, lambda kind: _fields_in(converter, kind)
    )
    for kind, name in _LISTED.items():
        _register_list(converter, kind, name)
    _register_condition(converter)
    return converter


# ── Values that are text in a document ───────────────────────────────────────


def _register_texts(converter: Converter) -> None:
    readers: tuple[tuple[type, Callable[[str], object], str], ...] = (
        (Instant, instant, "an instant like '2026-10-20T01:30:00Z'"),
        (Span, span, "a span like '30d'"),
        (TimeOfDay, time_of_day, "a time of day like '22:00'"),
        (date, date.fromisoformat, "a date like '2026-11-11'"),
    )
    for kind, read, what in readers:
        converter.register_unstructure_hook(kind, str)
        converter.register_structure_hook(kind, _reader(read, what))
    converter.register_structure_hook_func(
        lambda kind: get_origin(kind) is type or kind is type, _kind_in
    )
    converter.register_unstructure_hook_func(
        lambda kind: get_origin(kind) is type or kind is type,
        lambda kind: kind.__name__,
    )


def _reader(
    read: Callable[[str], object], what: str
) -> Callable[[object, Any], object]:
    def structure(raw: object, _: Any) -> object:  # noqa: ANN401 - cattrs' signature
        if not isinstance(raw, str):
            raise expected(what, raw)
        return read(raw)

    return structure


def _kind_in(raw: object, _: object) -> type:
    if not isinstance(raw, str):
        raise expected("the name of a type", raw)
    if raw not in _KINDS:
        raise UnknownNameError("type", raw, _KINDS)
    return _KINDS[raw]


def _exactly(kind: type) -> Callable[[object, Any], object]:
    def structure(raw: object, _: Any) -> object:  # noqa: ANN401 - cattrs' signature
        if raw.__class__ is not kind:
            raise expected(kind.__name__, raw)
        return raw

    return structure


def _number(raw: object, _: object) -> float:
    """JSON has one kind of number: a whole one is a float where a float is meant."""
    if raw.__class__ not in {int, float}:
        raise expected("a number", raw)
    return float(cast("float", raw))


# ── Facts: values of many types, timelines ───────────────────────────────────


def _is_value(kind: object) -> bool:
    """Whether a type is a union over what facts can hold."""
    parts = {part for part in get_args(kind) if part is not type(None)}
    is_union = get_origin(kind) in {Union, UnionType}
    return is_union and _SCALARS <= {get_origin(part) or part for part in parts}


def _value_to_plain(value: Value | None) -> object:
    match value:
        case tuple():
            return [_value_to_plain(part) for part in value]
        case Decimal():
            return {"decimal": str(value)}
        case Instant():
            return {"instant": str(value)}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


_MARKED: dict[str, Callable[[str], object]] = {
    "decimal": Decimal,
    "instant": instant,
    "date": date.fromisoformat,
}


def plain_to_value(raw: object) -> Value | None:
    """A value of a fact from its document."""
    if isinstance(raw, list):
        return tuple(cast("Any", plain_to_value(part)) for part in raw)
    if isinstance(raw, dict):
        [(mark, text)] = raw.items() if len(raw) == 1 else [("", "")]
        if mark not in _MARKED or not isinstance(text, str):
            raise expected("a value, or one of decimal, instant, date", raw)
        try:
            return cast("Value", _MARKED[mark](text))
        except InvalidOperation:
            raise expected("a decimal like '12.50'", text) from None
    if raw is None or raw.__class__ in {str, bool, int, float}:
        return cast("Value | None", raw)
    raise expected("a value of a fact", raw)


def _register_facts(converter: Converter) -> None:
    converter.register_unstructure_hook(Properties, _properties_out)
    converter.register_structure_hook(Properties, lambda raw, _: _properties_in(raw))
    converter.register_unstructure_hook(Timeline, _timeline_out)
    converter.register_structure_hook(Timeline, lambda raw, _: _timeline_in(raw))


def _properties_out(given: Properties) -> dict[str, object]:
    return {name: _value_to_plain(given[name]) for name in sorted(given)}


def _properties_in(raw: object) -> Properties:
    if not isinstance(raw, Mapping):
        raise expected("an object of names and values", raw)
    return Properties({name: plain_to_value(value) for name, value in raw.items()})


def _timeline_out(timeline: Timeline) -> dict[str, list[dict[str, object]]]:
    return {
        name: [
            {"at": str(at), "key": key, "properties": _properties_out(fields)}
            for at, key, fields in timeline.rows(name)
        ]
        for name in sorted(timeline.series)
    }


def _timeline_in(raw: object) -> Timeline:
    if not isinstance(raw, Mapping):
        raise expected("an object of event names and rows", raw)
    timeline = Timeline()
    for name, rows in raw.items():
        if not isinstance(name, str) or not isinstance(rows, list):
            raise expected("a list of rows for each event name", rows)
        for place, row in enumerate(rows):
            try:
                timeline = _with_row(timeline, name, row)
            except DocumentProblem as problem:
                raise problem.at(f"$[{name!r}][{place}]") from None
    return timeline


def _with_row(timeline: Timeline, name: str, row: object) -> Timeline:
    if not isinstance(row, Mapping) or set(row) != {"at", "key", "properties"}:
        raise expected("a row with at, key and properties", row)
    at, key = row["at"], row["key"]
    if not isinstance(at, str) or not isinstance(key, str):
        raise expected("text for at and key", row)
    return timeline.with_row(name, instant(at), key, _properties_in(row["properties"]))


# ── Classes ──────────────────────────────────────────────────────────────────


def _fields_out(converter: Converter, kind: type) -> Callable[[Any], dict[str, Any]]:
    hidden = {f.name: override(omit=True) for f in attrs.fields(kind) if not f.init}
    return make_dict_unstructure_fn(
        kind, converter, _cattrs_omit_if_default=True, **hidden
    )


def _fields_in(converter: Converter, kind: type) -> Callable[[Any, Any], Any]:
    structure = make_dict_structure_fn(
        kind,
        converter,
        _cattrs_forbid_extra_keys=True,
        _cattrs_detailed_validation=True,
    )

    def checked(raw: object, _: object) -> object:
        if not isinstance(raw, Mapping):
            raise expected(f"the fields of {kind.__name__}", raw)
        return structure(raw, kind)

    return checked


def _register_list(converter: Converter, kind: type, name: str) -> None:
    of = next(f.type for f in attrs.fields(attrs.resolve_types(kind)) if f.name == name)

    def structure(raw: object, _: object) -> object:
        if not isinstance(raw, list):
            raise expected("a list", raw)
        return kind(converter.structure(raw, cast("Any", of)))

    converter.register_unstructure_hook(
        kind, lambda value: converter.unstructure(getattr(value, name), of)
    )
    converter.register_structure_hook(kind, structure)


def _register_condition(converter: Converter) -> None:
    """A condition is its node."""
    node = attrs.fields(attrs.resolve_types(Condition)).node.type
    converter.register_unstructure_hook(
        Condition, lambda condition: converter.unstructure(condition.node, node)
    )
    converter.register_structure_hook(
        Condition, lambda raw, _: Condition(converter.structure(raw, cast("Any", node)))
    )


# ── One of several classes ───────────────────────────────────────────────────


def _is_choice(kind: object) -> bool:
    """Whether a field of this type can hold one of several classes of the table."""
    if getattr(kind, "_is_protocol", False) and kind is not Protocol:
        return True
    if get_origin(kind) not in {Union, UnionType}:
        return False
    parts = [part for part in get_args(kind) if part is not type(None)]
    return len(parts) > 1 and all(part in NAMES for part in parts)


def tagged(converter: Converter, value: object) -> object:
    """The document of a value, with the name of its class."""
    if value is None:
        return None
    name = NAMES.get(type(value))
    if name is None:
        problem = f"{type(value).__name__} is no class that a document can hold"
        raise DocumentProblem(
            problem, "keep it in code, or build it from those of privflow"
        )
    plain = converter.unstructure(value, type(value))
    fields = plain if isinstance(plain, dict) else {"value": plain}
    return {"type": name, **fields}


def _chosen(converter: Converter, raw: object, kind: object) -> object:
    if raw is None and type(None) in get_args(kind):
        return None
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise expected("an object with a type", raw)
    allowed = {NAMES[part] for part in get_args(kind) if part in NAMES} or set(TABLE)
    name = raw["type"]
    if name not in allowed:
        raise UnknownNameError("type", name, sorted(allowed)).at("$.type")
    fields = {key: value for key, value in raw.items() if key != "type"}
    return converter.structure(fields, TABLE[name])
