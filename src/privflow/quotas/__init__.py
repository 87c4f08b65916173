"""Touch quotas: how often a person may be touched, as gates that read the ledger."""

from __future__ import annotations

from privflow.quotas.grants import Grants
from privflow.quotas.limit import LimitRule, days_in_month
from privflow.quotas.mix_quota import MixQuota
from privflow.quotas.reply_window import ReplyWindow
from privflow.quotas.touch_quota import TouchQuota

__all__ = [
    "Grants",
    "LimitRule",
    "MixQuota",
    "ReplyWindow",
    "TouchQuota",
    "days_in_month",
]
