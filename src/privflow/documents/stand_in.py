"""Hooks of classes that a document shows as a value of another type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen
from cattrs import Converter
from cattrs.dispatch import TargetType

from privflow.conditions import Condition, Node, Verdict, canonical
from privflow.documents.problem import refuse
from privflow.documents.timeline import Rows, rows_of, timeline_of
from privflow.documents.verdict import Said, said_by, verdict_of
from privflow.engine import Seen
from privflow.facts import Consent, Consents, Properties, TagFact, Tags, Timeline, Value
from privflow.journeys import StepState, Track
from privflow.timing import Instant
from privflow.touches import Ledger, TouchRecord


@frozen
class _StandIn:
    """What is shown for a class, and the inverse of that."""

    wanted: str
    of: TargetType
    shown: Callable[[Any], object]
    made: Callable[[Any], object]


_STAND_INS: dict[type, _StandIn] = {
    Condition: _StandIn(
        "a Condition", Node, lambda c: c.node, lambda node: Condition(canonical(node))
    ),
    Consents: _StandIn(
        "a Consents", tuple[Consent, ...], lambda c: c.records, Consents
    ),
    Ledger: _StandIn("a Ledger", tuple[TouchRecord, ...], lambda w: w.records, Ledger),
    Properties: _StandIn(
        "properties", Mapping[str, Value], lambda p: p, Properties.of_clean
    ),
    Seen: _StandIn("a Seen", tuple[tuple[str, Instant], ...], tuple, Seen),
    Tags: _StandIn("a Tags", tuple[TagFact, ...], lambda t: t.history, Tags),
    Timeline: _StandIn("a timeline", Rows, rows_of, timeline_of),
    Track: _StandIn("a tuple", tuple[StepState, ...], tuple, Track),
    Verdict: _StandIn("a verdict", Said, said_by, verdict_of),
}


def register_stand_ins(converter: Converter) -> None:
    """Register all of them."""
    for kind, stand_in in _STAND_INS.items():
        _register(converter, kind, stand_in)


def _register(converter: Converter, kind: type, stand_in: _StandIn) -> None:
    def write(value: object) -> object:
        if value.__class__ is not kind:
            refuse(stand_in.wanted, value)
        return converter.unstructure(stand_in.shown(value), stand_in.of)

    def read(raw: object, _: TargetType) -> object:
        return stand_in.made(converter.structure(raw, stand_in.of))

    converter.register_unstructure_hook(kind, write)
    converter.register_structure_hook(kind, read)
