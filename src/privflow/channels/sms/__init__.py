"""SMS (短信): the adapter, the length of texts, and the limits of providers."""

from __future__ import annotations

from privflow.channels.sms.adapter import SmsAdapter, segments
from privflow.channels.sms.preset import PRESETS, PROVIDERS, caps, hours

__all__ = ["PRESETS", "PROVIDERS", "SmsAdapter", "caps", "hours", "segments"]
