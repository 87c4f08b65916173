"""The webhooks of Douyin: messages, sessions, grants, groups; echoes passed over."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from privflow.channels.ignored import (
    ECHO,
    HANDSHAKE,
    NO_EVENT,
    UNDATED,
    Decoded,
    Ignored,
)
from privflow.channels.payload import plain_fields, read_json, read_object
from privflow.channels.quote import quoted
from privflow.channels.stamp import event_id, instant_of_either
from privflow.errors import PayloadError
from privflow.facts import Event

_CHANNEL: Final = "douyin"
_MESSAGE: Final = "douyin.message"
_GROUP: Final = "douyin.group"
_PROACTIVE: Final = "douyin.proactive"

ECHOES: Final = frozenset({"im_send_msg", "im_group_send_msg"})
"""What the account itself sent: nothing that a contact did."""

EVENTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "im_receive_msg": ("message_received", _MESSAGE),
    "im_enter_direct_msg": ("session_entered", _MESSAGE),
    "im_recall_msg": ("message_recalled", _MESSAGE),
    "im_message_read": ("message_read", _MESSAGE),
    "im_group_receive_msg": ("message_received", _GROUP),
    "group_fans_event": ("group_joined", _GROUP),
})
"""The platform's event to the event of ours and the channel of a reply.

Source:
    https://developer.open-douyin.com, interaction-management/im and group-chat.
"""

_GRANTED: Final[Mapping[str, str]] = MappingProxyType({
    "1": "subscription_granted",
    "2": "subscription_revoked",
})
_TIMES: Final = ("create_time", "update_time")
_KINDS: Final = ("message_type", "msg_type")
_NUMBERS: Final = ("server_message_id", "msg_id")


def decode_douyin(payload: str | bytes, *, scope: str) -> tuple[Decoded, ...]:
    """What a webhook tells."""
    told = read_object(payload, channel=_CHANNEL)
    name = told.get("event")
    if not isinstance(name, str) or not name.strip():
        return (Ignored("untyped", reason=NO_EVENT),)
    if name == "verify_webhook":
        return (Ignored(name, reason=HANDSHAKE),)
    if name in ECHOES:
        return (Ignored(name, reason=ECHO),)
    if name != "im_authorize" and name not in EVENTS:
        return (Ignored(name, reason=NO_EVENT),)
    content = _content(told.get("content"))
    at = next((content[key] for key in _TIMES if content.get(key)), None)
    at = told.get("create_time") if at is None else at
    if at is None:
        return (Ignored(name, reason=UNDATED),)
    if name == "im_authorize":
        return (_grant(told, content, at, scope),)
    return (_event(name, told, content, at, scope),)


def _content(given: object) -> Mapping[str, object]:
    """The content, which comes as an object or as the text of one."""
    if isinstance(given, str) and given:
        given = read_json(given, channel=_CHANNEL)
    if isinstance(given, dict):
        return given
    if given is None or given == "":
        return {}
    problem = f"content is {quoted(given)}, expected an object or the text of one"
    raise PayloadError(_CHANNEL, problem, "drop the webhook and keep the payload")


def _event(
    name: str,
    told: Mapping[str, object],
    content: Mapping[str, object],
    at: object,
    scope: str,
) -> Event:
    ours, channel = EVENTS[name]
    person = _person(told)
    kept = plain_fields(content)
    number = next((str(kept[key]) for key in _NUMBERS if key in kept), "")
    kind = next((kept[key] for key in _KINDS if key in kept), None)
    text = kept.pop("text", None)
    when = instant_of_either(_CHANNEL, "create_time", at)
    properties = {
        **kept,
        "channel": channel,
        "kind": str(kind) if kind is not None else None,
        "text": text if isinstance(text, str) else None,
        "group": kept.get("group_id"),
        "account": told.get("to_user_id"),
    }
    parts = (number,) if number else (person, when)
    return Event(
        ours,
        person,
        at=when,
        properties=plain_fields(properties),
        id=event_id(scope, name, *parts),
    )


def _grant(
    told: Mapping[str, object],
    content: Mapping[str, object],
    at: object,
    scope: str,
) -> Decoded:
    name = _GRANTED.get(str(content.get("auth_status")))
    if name is None:
        return Ignored("im_authorize", reason=NO_EVENT)
    person = _person(told)
    latest = content.get("update_time") or at
    when = instant_of_either(_CHANNEL, "update_time", latest)
    return Event(
        name,
        person,
        at=when,
        properties={**plain_fields(content), "channel": _PROACTIVE},
        id=event_id(scope, "im_authorize", person, when, name),
    )


def _person(told: Mapping[str, object]) -> str:
    given = told.get("from_user_id")
    if isinstance(given, str) and given.strip():
        return given
    problem = f"from_user_id is {quoted(given)}, which the documentation promises"
    raise PayloadError(_CHANNEL, problem, "drop the webhook and keep the payload")
