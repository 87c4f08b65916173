"""Laws to hold your own code to; needs the extra `testing` (Hypothesis, pytest)."""

from __future__ import annotations

from privflow.testing.quota_store import QuotaStoreConformance

__all__ = ["QuotaStoreConformance"]
"""Laws that hosts run on what they write themselves; needs Hypothesis and pytest."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("privflow.testing.adapter")

from privflow.testing.adapter import AdapterCase, AdapterLaws, Answered  # noqa: E402 - rewritten first

__all__ = ["AdapterCase", "AdapterLaws", "Answered"]
