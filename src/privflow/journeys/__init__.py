"""Journeys: stages, steps, the ways between them, and where a contact stands."""

from __future__ import annotations

from privflow.journeys.anchor import (
    Anchor,
    DateOf,
    JourneyEntry,
    Known,
    Moving,
    Occurrence,
    RelationBegun,
    TagAdded,
    latest,
)
from privflow.journeys.carrying import carried, entered
from privflow.journeys.confirm import Confirm
from privflow.journeys.ending import ENDINGS, AtEnd
from privflow.journeys.enrolment import Enrolment, begun
from privflow.journeys.former import Former
from privflow.journeys.journey import Journey
from privflow.journeys.life import STEP_LIFE, drawn_life
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
from privflow.journeys.step_state import GateLine, StepState, waiting
from privflow.journeys.track import NO_STEPS, Track

__all__ = [
    "ENDINGS",
    "NO_STEPS",
    "STEP_LIFE",
    "Anchor",
    "AtEnd",
    "Confirm",
    "DateOf",
    "Defer",
    "End",
    "Enrolment",
    "Fallback",
    "Former",
    "GateLine",
    "Journey",
    "JourneyEntry",
    "Known",
    "Moving",
    "Occurrence",
    "OnBlocked",
    "Reentry",
    "RelationBegun",
    "SOPStep",
    "Skip",
    "Stage",
    "StepState",
    "TagAdded",
    "To",
    "Track",
    "begun",
    "carried",
    "drawn_life",
    "entered",
    "latest",
    "waiting",
]
