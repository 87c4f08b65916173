"""Rules: an event, a condition, and what to do."""

from __future__ import annotations

from privflow.rules.action import (
    Action,
    AddTag,
    Enrol,
    Leave,
    RemoveTag,
    Reply,
    SetAttribute,
)
from privflow.rules.rule import Rule

__all__ = [
    "Action",
    "AddTag",
    "Enrol",
    "Leave",
    "RemoveTag",
    "Reply",
    "Rule",
    "SetAttribute",
]
