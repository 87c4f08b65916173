"""Codecs of the platforms: payloads in, events and contacts out; no cryptography."""

from __future__ import annotations

from privflow.channels.external_contact import additions_of, contact_of
from privflow.channels.ignored import Decoded, Ignored
from privflow.channels.wechat import WeChatCodec
from privflow.channels.wecom import WeComCodec
from privflow.channels.xml import Element, read_xml

__all__ = [
    "Decoded",
    "Element",
    "Ignored",
    "WeChatCodec",
    "WeComCodec",
    "additions_of",
    "contact_of",
    "read_xml",
]
