"""The condition language: written in Python, read as text, judged, explained, compiled."""

from __future__ import annotations

from privflow.conditions.bucket import chosen, share_of
from privflow.conditions.condition import Condition, until_of
from privflow.conditions.crossing import Crossing, entered, left
from privflow.conditions.explanation import Explanation
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
)
from privflow.conditions.parse import parse
from privflow.conditions.reading import Reads
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.source import Predicate
from privflow.conditions.surface import Events, Operand, attr, bucket, event, now, prop, tag
from privflow.conditions.trigger import Trigger, trigger_of
from privflow.conditions.truth import Truth, Verdict

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
    "entered",
    "event",
    "left",
    "now",
    "parse",
    "prop",
    "share_of",
    "tag",
    "trigger_of",
    "until_of",
]
