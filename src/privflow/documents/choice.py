"""Hooks of one of several classes: the document says which, in `type`."""

from __future__ import annotations

from typing import get_args

from cattrs import Converter
from cattrs.dispatch import StructureHook, TargetType, UnstructureHook

from privflow.documents.collection import is_union
from privflow.documents.problem import place, refuse, told
from privflow.documents.table import CHOICES, NAMES
from privflow.errors import DocumentProblem, UnknownNameError, shown


def _kinds(kind: TargetType) -> tuple[type, ...]:
    return CHOICES.get(kind) or get_args(kind)


def _is_choice(kind: TargetType) -> bool:
    return kind in CHOICES or (is_union(kind) and NAMES.keys() >= set(_kinds(kind)))


def _choice_out(kind: TargetType, converter: Converter) -> UnstructureHook:
    kinds = _kinds(kind)

    def write(value: object) -> dict[str, object]:
        own = type(value)
        if own not in kinds:
            problem = f"{own.__name__} is no class that a document can hold here"
            remedy = "keep it in code, or build it from the classes of privflow"
            raise DocumentProblem(problem, remedy)
        return {"type": NAMES[own], **converter.unstructure(value, own)}

    return write


def _choice_in(kind: TargetType, converter: Converter) -> StructureHook:
    known = {NAMES[part]: part for part in _kinds(kind)}
    words = sorted(known)

    def read(raw: object, _: TargetType) -> object:
        if not isinstance(raw, dict):
            refuse("an object with a type", raw)
        name = raw.get("type")
        if not isinstance(name, str):
            problem = f"got {told(name)}" if "type" in raw else "is missing"
            remedy = f"name the class of the object: {shown(words)}"
            raise DocumentProblem(problem, remedy).at(place("type"))
        if name not in known:
            what = "class that fits here"
            raise UnknownNameError(what, name, words).at(place("type"))
        fields = {key: part for key, part in raw.items() if key != "type"}
        return converter.structure(fields, known[name])

    return read


CHOICE_HOOKS = (_is_choice, _choice_out, _choice_in)
