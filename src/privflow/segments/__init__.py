"""Segments: named sets of contacts, and the moment of crossing their border."""

from __future__ import annotations

from privflow.segments.crossing import Crossing, entered, left
from privflow.segments.segment import Segment

__all__ = ["Crossing", "Segment", "entered", "left"]
