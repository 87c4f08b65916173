"""Checking: what in a plan looks like a mistake, before anybody is touched."""

from __future__ import annotations

from privflow.checking.check import check
from privflow.checking.finding import Finding

__all__ = ["Finding", "check"]
