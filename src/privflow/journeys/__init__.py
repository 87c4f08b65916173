"""Journeys: stages, steps, the ways between them, and where a contact stands."""

from __future__ import annotations

from privflow.journeys.enrolment import Enrolment, GateLine, StepState
from privflow.journeys.journey import Journey
from privflow.journeys.policy import (
    Defer,
    End,
    Fallback,
    OnBlocked,
    Reentry,
    Skip,
)
from privflow.journeys.stage import Stage, To
from privflow.journeys.step import SOPStep

__all__ = [
    "Defer",
    "End",
    "Enrolment",
    "Fallback",
    "GateLine",
    "Journey",
    "OnBlocked",
    "Reentry",
    "SOPStep",
    "Skip",
    "Stage",
    "StepState",
    "To",
]
