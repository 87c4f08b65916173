"""App notifications (推送): the adapters and the limits of phone makers."""

from __future__ import annotations

from privflow.channels.push.adapter import PushAdapter
from privflow.channels.push.getui import GetuiAdapter
from privflow.channels.push.preset import (
    CATEGORIES,
    PRESETS,
    VENDORS,
    cap,
    ceiling,
    pool,
)
from privflow.channels.push.vendor_class import VendorClass

__all__ = [
    "CATEGORIES",
    "PRESETS",
    "VENDORS",
    "GetuiAdapter",
    "PushAdapter",
    "VendorClass",
    "cap",
    "ceiling",
    "pool",
]
