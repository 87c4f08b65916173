"""Hooks of attrs classes: an object with the fields that differ from their default."""

from __future__ import annotations

from typing import Any

import attrs
from cattrs import Converter
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.gen import make_dict_structure_fn

from privflow.documents.collection import shaped
from privflow.documents.problem import called, place, refuse, within
from privflow.errors import PrivflowError


def _record_out(kind: type, converter: Converter) -> UnstructureHook:
    parts = [
        (field.name, _default_of(field), converter.get_unstructure_hook(field.type))
        for field in attrs.fields(attrs.resolve_types(kind))
        if field.init
    ]

    def write(value: object) -> dict[str, object]:
        if value.__class__ is not kind:
            refuse(f"a {called(kind)}", value)
        fields: dict[str, object] = {}
        name = ""
        try:
            for name, default, hook in parts:
                part = getattr(value, name)
                if part is not default and part != default:
                    fields[name] = hook(part)
        except PrivflowError as problem:
            raise within(place(name), problem) from None
        return fields

    return write


def _default_of(field: Any) -> object:  # noqa: ANN401 - an attribute of whatever type
    """What a field is where nobody says anything; unequal to all where they must."""
    default = field.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # a class, which attrs types as a function


def _record_in(kind: type, converter: Converter) -> StructureHook:
    wanted = f"an object with the fields of {called(kind)}"
    return shaped(make_dict_structure_fn(kind, converter), dict, wanted)


RECORD_HOOKS = (attrs.has, _record_out, _record_in)
