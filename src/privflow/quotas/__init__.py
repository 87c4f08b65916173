"""Touch quotas: how often a person may be touched, as gates that read the ledger."""

from __future__ import annotations

from privflow.quotas.any_of import AnyOf
from privflow.quotas.claim import Claim
from privflow.quotas.grants import Grants
from privflow.quotas.limit import LimitRule, Pool, days_in_month
from privflow.quotas.lock_out import LockOut
from privflow.quotas.memory_store import MemoryQuotaStore
from privflow.quotas.minimum_gap import MinimumGap
from privflow.quotas.mix_quota import MixQuota
from privflow.quotas.reply_window import ReplyWindow
from privflow.quotas.reservation import (
    KEEP_FOR,
    NEVER,
    Reservation,
    Use,
)
from privflow.quotas.selection import Selection
from privflow.quotas.standing_grant import StandingGrant
from privflow.quotas.store import QuotaStore, Refused, Reserved, Settled
from privflow.quotas.touch_quota import TouchQuota

__all__ = [
    "KEEP_FOR",
    "NEVER",
    "AnyOf",
    "Claim",
    "Grants",
    "LimitRule",
    "LockOut",
    "MemoryQuotaStore",
    "MinimumGap",
    "MixQuota",
    "Pool",
    "QuotaStore",
    "Refused",
    "ReplyWindow",
    "Reservation",
    "Reserved",
    "Selection",
    "Settled",
    "StandingGrant",
    "TouchQuota",
    "Use",
    "days_in_month",
]
