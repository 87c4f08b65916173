"""Laws to hold your own code to; needs the extra `testing` (Hypothesis, pytest)."""

from __future__ import annotations

from privflow.testing.adapter import AdapterConformance
from privflow.testing.adapter_case import AdapterCase, Answered
from privflow.testing.quota_store import QuotaStoreConformance

__all__ = ["AdapterCase", "AdapterConformance", "Answered", "QuotaStoreConformance"]
