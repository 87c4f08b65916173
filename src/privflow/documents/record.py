"""Hooks of attrs classes: an object with the fields that differ from their default."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
from cattrs import Converter, override
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from privflow.documents.collection import part_out, shaped
from privflow.documents.problem import called, refuse


def _record_out(kind: type, converter: Converter) -> UnstructureHook:
    overrides: Any = {}
    for field in attrs.fields(attrs.resolve_types(kind)):
        if field.init:
            hook = converter.get_unstructure_hook(field.type)
            write = partial(part_out, field.name, hook)
            overrides[field.name] = override(unstruct_hook=write)
    fields_of: UnstructureHook = make_dict_unstructure_fn(
        kind, converter, _cattrs_omit_if_default=True, **overrides
    )

    def checked(value: object) -> dict[str, object]:
        if value.__class__ is not kind:
            refuse(f"a {called(kind)}", value)
        fields = fields_of(value)
        return {name: fields[name] for name in overrides if name in fields}

    return checked


def _record_in(kind: type, converter: Converter) -> StructureHook:
    wanted = f"an object with the fields of {called(kind)}"
    return shaped(make_dict_structure_fn(kind, converter), dict, wanted)


RECORD_HOOKS = (attrs.has, _record_out, _record_in)
