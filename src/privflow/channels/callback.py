"""What people send to an account, and do with its menu: one form on both platforms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from privflow.channels.envelope import Envelope
from privflow.channels.ignored import NO_EVENT, SUITE, Decoded, Ignored
from privflow.facts import Event

MESSAGE_KINDS: Final = frozenset({
    "text",
    "image",
    "voice",
    "video",
    "shortvideo",
    "location",
    "link",
    "miniprogrampage",
})
"""The values of MsgType that a person's own message has."""

EVENT_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "subscribe": "subscribed",
    "unsubscribe": "unsubscribed",
    "scan": "qr_scanned",
    "location": "location_reported",
    "click": "menu_clicked",
    "view": "link_opened",
    "view_miniprogram": "link_opened",
    "enter_agent": "app_entered",
    "user_enter_tempsession": "session_entered",
    "merchant_order": "purchase",
})
"""The platform's event, in lower case, to the name of ours; spelling varies there."""

_KEY_MEANS: Final[Mapping[str, str]] = MappingProxyType({
    "qr_scanned": "state",
    "menu_clicked": "key",
    "link_opened": "url",
})
_SCENE: Final = "qrscene_"


def decode_callback(envelope: Envelope, *, channel: str) -> Decoded:
    """The event of a message, or of a tap on the menu; whatever else is ignored.

    Args:
        channel: where a reply goes.
    """
    if envelope.suite:
        return Ignored(envelope.name, reason=SUITE)
    if envelope.one("MsgType") == "event":
        return _account_event(envelope, channel)
    return _message(envelope, channel)


def _message(envelope: Envelope, channel: str) -> Decoded:
    kind = envelope.one("MsgType")
    if kind not in MESSAGE_KINDS:
        return Ignored(kind, reason=NO_EVENT)
    properties: dict[str, object] = {"channel": channel, "kind": kind}
    content = envelope.tree.get("Content")
    if kind == "text" and content is not None and content.text:
        properties["text"] = content.text
    sender = envelope.required("FromUserName")
    number = envelope.one("MsgId")
    return envelope.event(
        "message_received",
        sender,
        properties,
        id_parts=(number,) if number else (sender, envelope.at, kind),
    )


def _account_event(envelope: Envelope, channel: str) -> Event | Ignored:
    written = envelope.one("Event")
    name = EVENT_NAMES.get(written.lower())
    if name is None:
        return Ignored(envelope.name, reason=NO_EVENT)
    key = envelope.one("EventKey")
    properties: dict[str, object] = {"channel": channel}
    if key and name in _KEY_MEANS:
        properties[_KEY_MEANS[name]] = key
    if name == "subscribed" and key.startswith(_SCENE):
        properties["state"] = key.removeprefix(_SCENE)
    sender = envelope.required("FromUserName")
    # The key is part of the id: two items may be tapped within one second.
    told_by = (
        sender,
        envelope.at,
        written,
        envelope.one("AgentID"),
        key or envelope.one("OrderId"),
    )
    return envelope.event(name, sender, properties, id_parts=told_by)
