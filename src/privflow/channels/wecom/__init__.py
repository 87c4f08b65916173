"""WeCom (企业微信): its adapter, its limits, and calls that touch nobody."""

from __future__ import annotations

from privflow.channels.wecom.adapter import WeComAdapter
from privflow.channels.wecom.operation import (
    cancel,
    mark_tags,
    mass_results,
    mass_tasks,
    moment_job,
    moment_results,
    moment_tasks,
    remind,
    transfer,
    withdrawal,
)
from privflow.channels.wecom.preset import (
    PRESETS,
    ban,
    customer_service,
    group_send,
    mass_send,
)

__all__ = [
    "PRESETS",
    "WeComAdapter",
    "ban",
    "cancel",
    "customer_service",
    "group_send",
    "mark_tags",
    "mass_results",
    "mass_send",
    "mass_tasks",
    "moment_job",
    "moment_results",
    "moment_tasks",
    "remind",
    "transfer",
    "withdrawal",
]
