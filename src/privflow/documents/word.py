"""Hooks of one of a few words: literals, enumerations, a number or else a word."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.dispatch import StructureHook, TargetType, UnstructureHook

from privflow.documents.problem import refuse
from privflow.documents.scalar import word


def _is_literal(kind: Any) -> bool:  # noqa: ANN401 - a type
    return get_origin(kind) is Literal


def _literal_out(kind: TargetType) -> UnstructureHook:
    return lambda value: word(value, get_args(kind))


def _literal_in(kind: TargetType) -> StructureHook:
    return lambda raw, _: word(raw, get_args(kind))


def _is_enum(kind: TargetType) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _enum_out(kind: type[Enum]) -> UnstructureHook:
    wanted = f"a member of {kind.__name__}"
    return lambda value: (
        value.value if isinstance(value, kind) else refuse(wanted, value)
    )


def _enum_in(kind: type[Enum]) -> StructureHook:
    words = [member.value for member in kind]
    return lambda raw, _: kind(word(raw, words))


def _is_number_or_word(kind: TargetType) -> bool:
    number, words = sorted(get_args(kind), key=_is_enum)  # cattrs takes errors for no
    return number is int and _is_enum(words)


def _number_or_word_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    _, words = sorted(get_args(kind), key=_is_enum)
    return lambda value: converter.unstructure(
        value, words if isinstance(value, Enum) else int
    )


def _number_or_word_in(kind: TargetType, converter: Converter) -> StructureHook:
    """Digits are no word: the hint is to take them out of the quotes."""
    _, words = sorted(get_args(kind), key=_is_enum)
    return lambda raw, _: converter.structure(
        raw, words if isinstance(raw, str) and not raw.isdigit() else int
    )


def _is_number_word_or_object(kind: TargetType) -> bool:
    number, *others = sorted(get_args(kind), key=lambda part: part is not int)
    words, thing = sorted(others, key=attrs.has)
    return number is int and _is_enum(words) and attrs.has(thing)


def _parts(kind: TargetType) -> tuple[TargetType, TargetType]:
    """The union of number and word, and the class of the object."""
    words, thing = sorted((p for p in get_args(kind) if p is not int), key=attrs.has)
    return int | words, thing


def _number_word_or_object_out(
    kind: TargetType, converter: Converter
) -> UnstructureHook:
    simple, thing = _parts(kind)
    return lambda value: converter.unstructure(
        value, thing if isinstance(value, thing) else simple
    )


def _number_word_or_object_in(kind: TargetType, converter: Converter) -> StructureHook:
    simple, thing = _parts(kind)
    return lambda raw, _: converter.structure(
        raw, thing if isinstance(raw, dict) else simple
    )


WORD_HOOKS = (
    (_is_literal, _literal_out, _literal_in),
    (_is_enum, _enum_out, _enum_in),
    (_is_number_or_word, _number_or_word_out, _number_or_word_in),
    (
        _is_number_word_or_object,
        _number_word_or_object_out,
        _number_word_or_object_in,
    ),
)
