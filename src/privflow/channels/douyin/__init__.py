"""Douyin (抖音): the adapter and the platform's limits."""

from __future__ import annotations

from privflow.channels.douyin.adapter import DouyinAdapter
from privflow.channels.douyin.preset import PRESETS, proactive, reply

__all__ = ["PRESETS", "DouyinAdapter", "proactive", "reply"]
