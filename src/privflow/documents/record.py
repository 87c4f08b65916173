"""Hooks of attrs classes: an object with the fields that differ from their default."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

import attrs
from cattrs import Converter
from cattrs.dispatch import StructureHook, UnstructureHook
from cattrs.gen import make_dict_structure_fn

from privflow.documents.collection import shaped
from privflow.documents.problem import called, place, refuse, within
from privflow.errors import PrivflowError


class _Part(NamedTuple):
    """How a field is written.

    Args:
        default: what it is where nobody says anything.
        has_equals: whether other objects may mean the same as the default.
        plain: the class of what a document holds as it is.
    """

    name: str
    default: object
    has_equals: bool
    plain: type | None
    hook: UnstructureHook


def _record_out(kind: type, converter: Converter) -> UnstructureHook:
    given = [field for field in attrs.fields(attrs.resolve_types(kind)) if field.init]
    parts = [_part_out(field, converter) for field in given]
    parts_of = _reader(tuple(field.name for field in given))

    def write(value: object) -> dict[str, object]:
        if value.__class__ is not kind:
            refuse(f"a {called(kind)}", value)
        fields: dict[str, object] = {}
        name = ""
        try:
            told = zip(parts, parts_of(value), strict=True)
            for (name, default, has_equals, plain, hook), part in told:
                if part is default or (has_equals and part == default):
                    continue
                fields[name] = part if part.__class__ is plain else hook(part)
        except PrivflowError as problem:
            raise within(place(name), problem) from None
        return fields

    return write


def _reader(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """What reads these fields of a value, all at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _part_out(field: Any, converter: Converter) -> _Part:  # noqa: ANN401 - an attribute
    default, kind = _default_of(field), field.type
    return _Part(
        field.name,
        default,
        has_equals=default is not attrs.NOTHING and default is not None,
        plain=str if kind is str else None,
        hook=converter.get_unstructure_hook(kind),
    )


def _default_of(field: Any) -> object:  # noqa: ANN401 - an attribute of whatever type
    """What a field is where nobody says anything; unequal to all where they must."""
    default = field.default
    return default.factory() if isinstance(default, attrs.Factory) else default  # type: ignore[arg-type]  # a class, which attrs types as a function


def _record_in(kind: type, converter: Converter) -> StructureHook:
    wanted = f"an object with the fields of {called(kind)}"
    order = [field.kw_only for field in attrs.fields(kind) if field.init]
    # in less detail cattrs hands fields over in their order, which Python may refuse
    in_detail = converter.detailed_validation or order != sorted(order)
    read: StructureHook = make_dict_structure_fn(
        kind, converter, _cattrs_detailed_validation=in_detail
    )
    return shaped(read, dict, wanted)


RECORD_HOOKS = (attrs.has, _record_out, _record_in)
