"""Segments: named sets of contacts."""

from __future__ import annotations

from privflow.segments.segment import Segment

__all__ = ["Segment"]
