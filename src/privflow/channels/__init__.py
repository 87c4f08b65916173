"""Adapters of the platforms: calls out, events and receipts in; no I/O, no secrets."""

from __future__ import annotations

from privflow.channels.adapter import AdapterProfile, ChannelAdapter, ChannelManual
from privflow.channels.catalogue import PRESETS, presets_table
from privflow.channels.content import (
    Article,
    Attachment,
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Template,
    Video,
    Voice,
)
from privflow.channels.douyin import DouyinAdapter
from privflow.channels.ignored import Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.memory import MemoryAdapter
from privflow.channels.miniprogram import MiniProgramAdapter
from privflow.channels.preset import Preset
from privflow.channels.push import GetuiAdapter, PushAdapter
from privflow.channels.request import Recipient, Request, merged
from privflow.channels.response import Response
from privflow.channels.result import OUTCOMES, Report, Result, receipt_of
from privflow.channels.sms import SmsAdapter, TencentSmsAdapter
from privflow.channels.wechat import WeChatAdapter
from privflow.channels.wecom import WeComAdapter
from privflow.channels.wecom.external_contact import additions_of, contact_of
from privflow.channels.xml import Element, read_xml

__all__ = [
    "OUTCOMES",
    "PRESETS",
    "AdapterProfile",
    "Article",
    "Attachment",
    "ChannelAdapter",
    "ChannelManual",
    "Content",
    "ContentLimits",
    "Decoded",
    "DouyinAdapter",
    "Element",
    "File",
    "GetuiAdapter",
    "Ignored",
    "Image",
    "Link",
    "MemoryAdapter",
    "MiniProgram",
    "MiniProgramAdapter",
    "Preset",
    "PushAdapter",
    "Recipient",
    "Report",
    "Request",
    "Response",
    "Result",
    "SmsAdapter",
    "Template",
    "TencentSmsAdapter",
    "Video",
    "Voice",
    "WeChatAdapter",
    "WeComAdapter",
    "additions_of",
    "contact_of",
    "merged",
    "presets_table",
    "read_xml",
    "receipt_of",
]
