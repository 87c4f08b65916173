"""Hooks of what holds other values: tuples, mappings, and what may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from cattrs import Converter
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.dispatch import StructureHook, TargetType, UnstructureHook
from cattrs.gen import make_hetero_tuple_structure_fn

from privflow.documents.problem import place, refuse, within
from privflow.documents.scalar import Name, name_of
from privflow.errors import PrivflowError


def part_out(name: object, write: UnstructureHook, part: object) -> object:
    """The document of a part; what is wrong with it is told with its name or index."""
    try:
        return write(part)
    except PrivflowError as problem:
        raise within(place(name), problem) from None


def shaped(read: StructureHook, shape: type, wanted: str) -> StructureHook:
    """The hook, asked only for lists or objects; cattrs' own take what iterates."""
    return lambda raw, kind: (
        read(raw, kind) if isinstance(raw, shape) else refuse(wanted, raw)
    )


def _is_list(kind: TargetType) -> bool:
    return _is_tuple(kind) and get_args(kind)[-1] is ...


def _list_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    hook = converter.get_unstructure_hook(get_args(kind)[0])

    def write(values: object) -> list[object]:
        if not isinstance(values, tuple):
            refuse("a tuple", values)
        written: list[object] = []
        try:
            for value in values:
                written.append(hook(value))  # noqa: PERF401 - its length tells the place
        except PrivflowError as problem:
            raise within(place(len(written)), problem) from None
        return written

    return write


def _list_in(kind: TargetType, converter: Converter) -> StructureHook:
    return shaped(homogenous_tuple_structure_factory(kind, converter), list, "a list")


def _is_tuple(kind: Any) -> bool:  # noqa: ANN401 - a type
    return get_origin(kind) is tuple


def _tuple_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    hooks = [converter.get_unstructure_hook(part) for part in get_args(kind)]

    def write(values: object) -> list[object]:
        if not isinstance(values, tuple) or len(values) != len(hooks):
            refuse(f"a list of {len(hooks)}", values)
        return list(map(part_out, range(len(hooks)), hooks, values))

    return write


def _tuple_in(kind: TargetType, converter: Converter) -> StructureHook:
    read, size = make_hetero_tuple_structure_fn(kind, converter), len(get_args(kind))
    wanted = f"a list of {size}"
    return shaped(
        lambda raw, _: read(raw, kind) if len(raw) == size else refuse(wanted, raw),
        list,
        wanted,
    )


def _is_mapping(kind: Any) -> bool:  # noqa: ANN401 - a type
    return get_origin(kind) is Mapping


def _mapping_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    hook = converter.get_unstructure_hook(get_args(kind)[1])

    def write(values: object) -> dict[object, object]:
        if not isinstance(values, Mapping):
            refuse("a mapping", values)
        return {
            part_out(name, name_of, name): part_out(name, hook, values[name])
            for name in sorted(values)
        }

    return write


def _mapping_in(kind: TargetType, converter: Converter) -> StructureHook:
    read = mapping_structure_factory(kind, converter, key_type=Name)
    return shaped(read, dict, "an object")


def is_union(kind: TargetType) -> bool:
    """Whether a type is one of several."""
    return get_origin(kind) in {Union, UnionType}


def _is_optional(kind: TargetType) -> bool:
    return is_union(kind) and NoneType in get_args(kind)


def _present(kind: TargetType) -> TargetType:
    return reduce(or_, (part for part in get_args(kind) if part is not NoneType))


def _optional_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    write = converter.get_unstructure_hook(_present(kind))
    return lambda value: None if value is None else write(value)


def _optional_in(kind: TargetType, converter: Converter) -> StructureHook:
    present = _present(kind)
    read = converter.get_structure_hook(present)
    return lambda raw, _: None if raw is None else read(raw, present)


COLLECTION_HOOKS = (
    (_is_tuple, _tuple_out, _tuple_in),
    (_is_list, _list_out, _list_in),
    (_is_mapping, _mapping_out, _mapping_in),
    (_is_optional, _optional_out, _optional_in),
)
