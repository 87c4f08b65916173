"""Segments: named sets of contacts."""

from __future__ import annotations

from privflow.segments.census import Census, take_census
from privflow.segments.memberships import Change, Memberships
from privflow.segments.progress import Progress
from privflow.segments.segment import Segment
from privflow.segments.segment_set import SegmentSet

__all__ = [
    "Census",
    "Change",
    "Memberships",
    "Progress",
    "Segment",
    "SegmentSet",
    "take_census",
]
