"""Rules: an event, a condition, and what to do."""

from __future__ import annotations

from privflow.rules.action import (
    Action,
    AddTag,
    Emit,
    Enrol,
    GiveTask,
    Leave,
    RemoveTag,
    Reply,
    Score,
    SetAttribute,
)
from privflow.rules.loop import Loop, loops
from privflow.rules.memory import NO_MEMORY, Points, RuleMemory, in_points
from privflow.rules.rule import Rule
from privflow.rules.rulebook import Rulebook
from privflow.rules.score import ScoreDefinition, Tiers
from privflow.rules.tag_rule import TagRule, decided_tags

__all__ = [
    "NO_MEMORY",
    "Action",
    "AddTag",
    "Emit",
    "Enrol",
    "GiveTask",
    "Leave",
    "Loop",
    "Points",
    "RemoveTag",
    "Reply",
    "Rule",
    "RuleMemory",
    "Rulebook",
    "Score",
    "ScoreDefinition",
    "SetAttribute",
    "TagRule",
    "Tiers",
    "decided_tags",
    "in_points",
    "loops",
]
