"""Forms of classes: an object with the fields that differ from their default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

import attrs

from privflow.documents.form import Form
from privflow.documents.problem import Problems, place, refuse, within
from privflow.errors import DefinitionError, PrivflowError, did_you_mean

FormOf = Callable[[Any], Form]
_REQUIRED = object()


@attrs.frozen
class _Field:
    """One field of a class; `default` is `_REQUIRED` where there is none."""

    name: str
    form: Form
    default: object


def _fields_of(kind: type, form_of: FormOf) -> tuple[_Field, ...]:
    kinds = get_type_hints(kind)
    return tuple(
        _Field(field.name, form_of(kinds[field.name]), _default_of(field))
        for field in attrs.fields(kind)
        if field.init
    )


def _default_of(field: attrs.Attribute[Any]) -> object:
    """The default as the field holds it: made, and converted."""
    if field.default is attrs.NOTHING:
        return _REQUIRED
    make = getattr(field.default, "factory", None)
    default = field.default if make is None else make()
    convert: Any = field.converter
    return default if convert is None else convert(default)


def record_form(kind: type, form_of: FormOf, *, called: str = "") -> Form:
    """A class of many fields.

    Args:
        form_of: the form of a field's type.
        called: what messages call the class, if not by its own name.
    """
    what = called or kind.__name__
    fields = _fields_of(kind, form_of)
    by_name = {field.name: field for field in fields}

    def write(value: object) -> dict[str, object]:
        if value.__class__ is not kind:
            refuse(f"a {what}", value)
        return dict(_written(value, fields))

    def read(raw: object) -> object:
        if not isinstance(raw, dict):
            refuse(f"an object with the fields of {what}", raw)
        values = _read(what, raw, by_name)
        try:
            return kind(**values)
        except DefinitionError as problem:
            raise _located(problem, what, by_name) from None

    return Form(write, read)


def _located(
    problem: DefinitionError, kind: str, fields: Mapping[str, _Field]
) -> DefinitionError:
    """What a class says against its fields, at the field that it names."""
    of, _, name = problem.what.rpartition(".")
    is_named = name in fields and of in {"", kind}
    return problem.at(place(name)) if is_named and not problem.path else problem


def _written(value: object, fields: tuple[_Field, ...]) -> list[tuple[str, object]]:
    plain = []
    for field in fields:
        part = getattr(value, field.name)
        if part == field.default:
            continue
        try:
            plain.append((field.name, field.form.write(part)))
        except PrivflowError as problem:
            raise within(place(field.name), problem) from None
    return plain


def _read(
    what: str, raw: dict[str, object], fields: Mapping[str, _Field]
) -> dict[str, object]:
    problems = Problems()
    values = {}
    for name, part in raw.items():
        field = fields.get(name)
        if field is None:
            remedy = did_you_mean(str(name), tuple(fields))
            problems.add_text(place(name), f"{what} has no such field", remedy)
            continue
        try:
            values[name] = field.form.read(part)
        except PrivflowError as problem:
            problems.add(place(name), problem)
    for name, field in fields.items():
        if field.default is _REQUIRED and name not in raw:
            problems.add_text(place(name), "is missing", f"{what} needs it: add it")
    problems.check(what)
    return values


def single_form(kind: type, name: str, form_of: FormOf) -> Form:
    """A class that is one field and nothing else: what the field holds."""
    [of] = [field.form for field in _fields_of(kind, form_of) if field.name == name]

    def write(value: object) -> object:
        if value.__class__ is not kind:
            refuse(f"a {kind.__name__}", value)
        return of.write(getattr(value, name))

    return Form(write, lambda raw: kind(of.read(raw)))
