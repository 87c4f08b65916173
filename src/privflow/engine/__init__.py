"""The engine: a plan, the state of a contact, and the step to its next state."""

from __future__ import annotations

from privflow.engine.command import (
    AssignTask,
    Command,
    Outcome,
    Remind,
    Send,
    StaffTask,
    Withdraw,
)
from privflow.engine.crowd import advance_many
from privflow.engine.engine import Engine
from privflow.engine.export import export
from privflow.engine.impact import Affected, Impact, impact
from privflow.engine.intake import Input
from privflow.engine.journal import Entry
from privflow.engine.lawful import Lawful
from privflow.engine.merging import StateMerge
from privflow.engine.plan import Plan, required_plan
from privflow.engine.seen import Seen
from privflow.engine.standing import MergedVisit
from privflow.engine.state import ContactState
from privflow.engine.why import Why

__all__ = [
    "Affected",
    "AssignTask",
    "Command",
    "ContactState",
    "Engine",
    "Entry",
    "Impact",
    "Input",
    "Lawful",
    "MergedVisit",
    "Outcome",
    "Plan",
    "Remind",
    "Seen",
    "Send",
    "StaffTask",
    "StateMerge",
    "Why",
    "Withdraw",
    "advance_many",
    "export",
    "impact",
    "required_plan",
]
