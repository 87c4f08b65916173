"""Bridges to tools for many rows, each behind an extra."""

from __future__ import annotations

from privflow.scale.frame import frame_of, rows_of

__all__ = ["frame_of", "rows_of"]
