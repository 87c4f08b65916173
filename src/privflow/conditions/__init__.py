"""The condition language: written in Python, read as text, judged, compiled."""

from __future__ import annotations

from privflow.conditions.bucket import chosen, share_of
from privflow.conditions.canonical import canonical
from privflow.conditions.change import judged
from privflow.conditions.check import problems_of
from privflow.conditions.condition import Condition, required_condition
from privflow.conditions.crossing import Crossing, entered, left
from privflow.conditions.events import Events, event
from privflow.conditions.explanation import Explanation
from privflow.conditions.field import (
    FieldKey,
    field_edges,
    field_of,
    field_value,
    is_by_time,
)
from privflow.conditions.horizon import horizons_of
from privflow.conditions.judging import Judging
from privflow.conditions.node import (
    And,
    Clause,
    Exists,
    Followed,
    Happening,
    InJourney,
    Measure,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Term,
    Test,
    clauses_of,
    disjoined,
    happenings_of,
)
from privflow.conditions.operand import Operand
from privflow.conditions.operator import tested
from privflow.conditions.parse import parse
from privflow.conditions.reading import Reads, reads_of
from privflow.conditions.resolution import resolved
from privflow.conditions.scope import NOWHERE, Facts, Scope, Subject
from privflow.conditions.source import Predicate, chosen_rows
from privflow.conditions.surface import (
    attr,
    bucket,
    in_journey,
    in_stage,
    member,
    now,
    prop,
)
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.tag_operand import tag
from privflow.conditions.term import Attribute, Bucket, Derived, LocalTime, Property
from privflow.conditions.trigger import Trigger, trigger_of
from privflow.conditions.truth import Truth, negated
from privflow.conditions.verdict import Verdict
from privflow.conditions.wording import Language

__all__ = [
    "NOWHERE",
    "And",
    "Attribute",
    "Bucket",
    "Clause",
    "Condition",
    "Crossing",
    "Derived",
    "Events",
    "Exists",
    "Explanation",
    "Facts",
    "FieldKey",
    "Followed",
    "Happening",
    "Held",
    "InJourney",
    "Judging",
    "Language",
    "LocalTime",
    "Measure",
    "Member",
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
    "Surely",
    "Tagged",
    "Term",
    "Test",
    "Trigger",
    "Truth",
    "Verdict",
    "attr",
    "bucket",
    "canonical",
    "chosen",
    "chosen_rows",
    "clauses_of",
    "disjoined",
    "entered",
    "event",
    "field_edges",
    "field_of",
    "field_value",
    "happenings_of",
    "horizons_of",
    "in_journey",
    "in_stage",
    "is_by_time",
    "judged",
    "left",
    "member",
    "negated",
    "now",
    "parse",
    "problems_of",
    "prop",
    "reads_of",
    "required_condition",
    "resolved",
    "share_of",
    "tag",
    "tested",
    "trigger_of",
]
