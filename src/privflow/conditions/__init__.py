"""The condition language: written in Python, read as text, judged, compiled."""

from __future__ import annotations

from privflow.conditions.bucket import chosen, share_of
from privflow.conditions.change import judged
from privflow.conditions.condition import Condition
from privflow.conditions.crossing import Crossing, entered, left
from privflow.conditions.events import Events, event
from privflow.conditions.explanation import Explanation
from privflow.conditions.field import FieldKey, field_edges, field_of, field_value
from privflow.conditions.node import (
    And,
    Attribute,
    Bucket,
    Exists,
    Happening,
    LocalTime,
    Measure,
    Missing,
    Node,
    Not,
    Or,
    Property,
    Tagged,
    Term,
    Test,
    clauses_of,
    disjoined,
)
from privflow.conditions.operand import Operand
from privflow.conditions.operator import tested
from privflow.conditions.parse import parse
from privflow.conditions.reading import Reads, reads_of
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.source import Predicate
from privflow.conditions.surface import attr, bucket, now, prop
from privflow.conditions.tag_operand import tag
from privflow.conditions.trigger import Trigger, trigger_of
from privflow.conditions.truth import Truth, negated
from privflow.conditions.verdict import Verdict

__all__ = [
    "NOWHERE",
    "And",
    "Attribute",
    "Bucket",
    "Condition",
    "Crossing",
    "Events",
    "Exists",
    "Explanation",
    "Facts",
    "FieldKey",
    "Happening",
    "LocalTime",
    "Measure",
    "Missing",
    "Node",
    "Not",
    "Operand",
    "Or",
    "Predicate",
    "Property",
    "Reads",
    "Scope",
    "Subject",
    "Tagged",
    "Term",
    "Test",
    "Trigger",
    "Truth",
    "Verdict",
    "attr",
    "bucket",
    "chosen",
    "clauses_of",
    "disjoined",
    "entered",
    "event",
    "field_edges",
    "field_of",
    "field_value",
    "judged",
    "left",
    "negated",
    "now",
    "parse",
    "prop",
    "reads_of",
    "share_of",
    "tag",
    "tested",
    "trigger_of",
]
