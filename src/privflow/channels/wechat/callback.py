"""Callbacks that official accounts and mini-programs share: grants and reports."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from privflow.channels.callback import decode_callback
from privflow.channels.envelope import Envelope, open_envelope
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.result import Report
from privflow.channels.xml import Element

GRANTS: Final[Mapping[tuple[str, str], str]] = MappingProxyType({
    ("subscribe_msg_popup_event", "accept"): "subscription_granted",
    ("subscribe_msg_popup_event", "reject"): "subscription_refused",
    ("subscribe_msg_change_event", "reject"): "subscription_revoked",
})
"""The platform's event and its SubscribeStatusString to the event of ours.

Source:
    https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html
"""

_TEMPLATE_SENT: Final[Mapping[str, str]] = MappingProxyType({
    "success": "delivered",
    "failed:user block": "refused",
    "failed: system failed": "retryable",
    "failed:system failed": "retryable",
})
_SENT: Final = "subscribe_msg_sent_event"


def decode_weixin(
    payload: str | bytes, *, channel: str, scope: str, service: str, subscribe: str
) -> tuple[Decoded, ...]:
    """What a callback tells.

    Args:
        channel: named in refusals: `"wechat"`.
        scope: the host's name of the account.
        service: the channel that a reply goes to.
        subscribe: the channel that a grant opens.
    """
    envelope = open_envelope(payload, channel=channel, scope=scope)
    if isinstance(envelope, Ignored):
        return (envelope,)
    match envelope.one("Event").lower():
        case "subscribe_msg_popup_event" | "subscribe_msg_change_event":
            return _grants(envelope, subscribe)
        case name if name == _SENT:
            return _sent(envelope)
        case "templatesendjobfinish":
            outcome = _TEMPLATE_SENT.get(envelope.one("Status").lower(), "ambiguous")
            return (_report(envelope, outcome, address=envelope.one("FromUserName")),)
        case "masssendjobfinish":
            return (_report(envelope, _mass_outcome(envelope), address=""),)
        case _:
            return (decode_callback(envelope, channel=service),)


def _listed(envelope: Envelope) -> tuple[Element, ...]:
    """The entries, which lie in an element of their own, or, as JSON, beside it."""
    wrappers = (
        child for child in envelope.tree.children if child.name.startswith("Subscribe")
    )
    inner = next(wrappers, envelope.tree)
    return inner.all("List") or envelope.tree.all("List")


def _grants(envelope: Envelope, channel: str) -> tuple[Decoded, ...]:
    """One event for each template that the person was asked about."""
    written, person = envelope.one("Event").lower(), envelope.required("FromUserName")
    made = []
    for place, entry in enumerate(_listed(envelope)):
        status, template = _text(entry, "SubscribeStatusString"), _template(entry)
        name = GRANTS.get((written, status))
        if name is None or not template:
            continue
        properties = {"channel": channel, "template_id": template}
        scene = _text(entry, "PopupScene")
        properties |= {"popup_scene": scene} if scene else {}
        told_by = (person, envelope.at, written, template, str(place))
        made.append(envelope.event(name, person, properties, id_parts=told_by))
    return tuple(made) or (Ignored(envelope.name, reason=NO_EVENT),)


def _sent(envelope: Envelope) -> tuple[Decoded, ...]:
    """One report for each message whose fate the platform tells."""
    address = envelope.one("FromUserName")
    reports = tuple(
        Report(
            number,
            "delivered" if _text(entry, "ErrorCode") == "0" else "ambiguous",
            at=envelope.at,
            address=address,
            raw=_text(entry, "ErrorCode"),
        )
        for entry in _listed(envelope)
        if (number := _text(entry, "MsgID") or _text(entry, "MsgId"))
    )
    return reports or (Ignored(envelope.name, reason=NO_EVENT),)


def _report(envelope: Envelope, outcome: str, *, address: str) -> Report:
    number = envelope.one("MsgID") or envelope.required("MsgId")
    raw = envelope.one("Status")
    return Report(number, outcome, at=envelope.at, address=address, raw=raw)


def _mass_outcome(envelope: Envelope) -> str:
    """Sent, where anybody was sent it; whom, the platform does not tell."""
    if envelope.one("SentCount") not in {"", "0"}:
        return "sent"
    return "invalid" if envelope.one("Status").startswith("err(") else "ambiguous"


def _text(entry: Element, name: str) -> str:
    found = entry.get(name)
    return found.text.strip() if found is not None else ""


def _template(entry: Element) -> str:
    return _text(entry, "TemplateId")
