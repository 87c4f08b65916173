"""Segments: named sets of contacts."""

from __future__ import annotations

from privflow.segments.memberships import Change, Memberships
from privflow.segments.segment import Segment
from privflow.segments.segment_set import SegmentSet

__all__ = ["Change", "Memberships", "Segment", "SegmentSet"]
