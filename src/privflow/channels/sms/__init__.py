"""SMS (短信): the adapters, the length of texts, and the limits of providers."""

from __future__ import annotations

from privflow.channels.sms.adapter import SmsAdapter
from privflow.channels.sms.preset import PRESETS, PROVIDERS, caps, hours
from privflow.channels.sms.tencent import TencentSmsAdapter
from privflow.channels.sms.text import segments

__all__ = [
    "PRESETS",
    "PROVIDERS",
    "SmsAdapter",
    "TencentSmsAdapter",
    "caps",
    "hours",
    "segments",
]
