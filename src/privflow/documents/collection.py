"""Forms of what holds other values: lists, tuples, mappings, and what may be absent."""

from __future__ import annotations

from collections.abc import Mapping

from privflow.documents.form import Form
from privflow.documents.problem import Problems, place, refuse, within
from privflow.documents.scalar import name_of
from privflow.errors import PrivflowError


def list_form(of: Form) -> Form:
    """A tuple of any length, all of one type; a list in the document."""

    def write(values: object) -> list[object]:
        if not isinstance(values, tuple):
            refuse("a tuple", values)
        return _written([(of, value) for value in values])

    def read(raw: object) -> tuple[object, ...]:
        if not isinstance(raw, list):
            refuse("a list", raw)
        return _read([(of, part) for part in raw])

    return Form(write, read)


def tuple_form(*forms: Form) -> Form:
    """A tuple of so many values, each of its own type; a list in the document."""
    wanted = f"a list of {len(forms)}"

    def write(values: object) -> list[object]:
        if not isinstance(values, tuple) or len(values) != len(forms):
            refuse(wanted, values)
        return _written(list(zip(forms, values, strict=True)))

    def read(raw: object) -> tuple[object, ...]:
        if not isinstance(raw, list) or len(raw) != len(forms):
            refuse(wanted, raw)
        return _read(list(zip(forms, raw, strict=True)))

    return Form(write, read)


def _written(parts: list[tuple[Form, object]]) -> list[object]:
    plain = []
    for index, (form, value) in enumerate(parts):
        try:
            plain.append(form.write(value))
        except PrivflowError as problem:
            step = f"[{index}]"
            raise within(step, problem) from None
    return plain


def _read(parts: list[tuple[Form, object]]) -> tuple[object, ...]:
    problems = Problems()
    values = []
    for index, (form, raw) in enumerate(parts):
        try:
            values.append(form.read(raw))
        except PrivflowError as problem:
            problems.add(f"[{index}]", problem)
    problems.check("list")
    return tuple(values)


def mapping_form(of: Form) -> Form:
    """A mapping from names to values of one type; written in the order of names."""

    def write(values: object) -> dict[str, object]:
        if not isinstance(values, Mapping):
            refuse("a mapping", values)
        plain = {}
        for name in sorted(values):
            try:
                plain[name_of(name)] = of.write(values[name])
            except PrivflowError as problem:
                raise within(place(name), problem) from None
        return plain

    def read(raw: object) -> dict[str, object]:
        if not isinstance(raw, dict):
            refuse("an object", raw)
        problems = Problems()
        values = {}
        for name, part in raw.items():
            try:
                values[name_of(name)] = of.read(part)
            except PrivflowError as problem:
                problems.add(place(name), problem)
        problems.check("object")
        return values

    return Form(write, read)


def optional_form(of: Form) -> Form:
    """A value, or None, which is null in the document."""
    return Form(
        lambda value: None if value is None else of.write(value),
        lambda raw: None if raw is None else of.read(raw),
    )
