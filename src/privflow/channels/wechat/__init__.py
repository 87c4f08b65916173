"""WeChat official accounts (公众号, 服务号): the adapter and the platform's limits."""

from __future__ import annotations

from privflow.channels.wechat.adapter import WeChatAdapter
from privflow.channels.wechat.preset import PRESETS, mass_send, reply, subscription

__all__ = ["PRESETS", "WeChatAdapter", "mass_send", "reply", "subscription"]
