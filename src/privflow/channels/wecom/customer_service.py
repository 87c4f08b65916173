"""The messages and events of WeCom's customer service (微信客服), read in pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from privflow.channels.answer import code_of
from privflow.channels.ignored import ECHO, NO_EVENT, Decoded, Ignored
from privflow.channels.payload import plain_fields
from privflow.channels.quote import quoted
from privflow.channels.result import Report
from privflow.channels.stamp import event_id, instant_of
from privflow.errors import AdapterError, PayloadError
from privflow.facts import Event

_CHANNEL: Final = "wecom"
_FROM_CONTACT: Final = 3
_KF: Final = "wecom.kf"
FAILURES: Final[Mapping[str, str]] = MappingProxyType({
    "0": "ambiguous",
    "1": "forbidden",
    "2": "forbidden",
    "4": "window_closed",
    "5": "window_closed",
    "6": "over_limit",
    "7": "forbidden",
    "8": "forbidden",
    "9": "forbidden",
    "10": "refused",
    "11": "forbidden",
    "12": "invalid",
})
"""`fail_type` of msg_send_fail to an outcome.

Source:
    https://developer.work.weixin.qq.com/document/path/94670 (消息发送失败事件).
"""


def decode_page(page: Mapping[str, object], *, corp: str) -> tuple[Decoded, ...]:
    """What the messages of a kf/sync_msg answer tell, in their order.

    Raises:
        AdapterError: the platform answered with an errcode.
        PayloadError: a message lacks what its documentation promises.
    """
    code = code_of(page.get("errcode"))
    if code not in {"", "0"}:
        problem = f"got errcode {code} with errmsg {quoted(page.get('errmsg'))}"
        remedy = "look it up at developer.work.weixin.qq.com/document/path/90313"
        raise AdapterError(_CHANNEL, problem, remedy)
    listed = page.get("msg_list")
    if not isinstance(listed, list):
        problem = f"msg_list is {quoted(listed)}, expected a list"
        remedy = "pass a callback, or an answer of kf/sync_msg"
        raise PayloadError(_CHANNEL, problem, remedy)
    return tuple(_decoded(_object(message), corp) for message in listed)


def _object(given: object) -> Mapping[str, object]:
    if isinstance(given, dict):
        return given
    problem = f"got {quoted(given)} among the messages, expected an object"
    raise PayloadError(_CHANNEL, problem, "pass the answer as the platform sent it")


def _required(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    if isinstance(value, str) and value.strip():
        return value
    problem = f"{name} is {quoted(value)}, which the documentation promises"
    raise PayloadError(_CHANNEL, problem, "drop the message and keep the answer")


def _decoded(message: Mapping[str, object], corp: str) -> Decoded:
    kind = message.get("msgtype")
    if not isinstance(kind, str) or not kind:
        return Ignored("untyped", reason=NO_EVENT)
    if kind == "event":
        return _event(message, corp)
    if message.get("origin") != _FROM_CONTACT:
        return Ignored(f"kf.{kind}", reason=ECHO)
    inner = message.get(kind)
    said = inner.get("content") if isinstance(inner, dict) else None
    properties = {
        "channel": _KF,
        "kind": kind,
        "text": said if isinstance(said, str) else None,
        "open_kfid": _required(message, "open_kfid"),
    }
    return Event(
        "message_received",
        _required(message, "external_userid"),
        at=instant_of(_CHANNEL, "send_time", message.get("send_time")),
        properties={**plain_fields(inner), **properties},
        id=event_id(corp, "kf", _required(message, "msgid")),
    )


def _event(message: Mapping[str, object], corp: str) -> Decoded:
    told = _object(message.get("event"))
    name = told.get("event_type")
    at = instant_of(_CHANNEL, "send_time", message.get("send_time"))
    if name == "msg_send_fail":
        raw = code_of(told.get("fail_type"))
        return Report(
            _required(told, "fail_msgid"),
            FAILURES.get(raw, "unknown"),
            at=at,
            address=_required(told, "external_userid"),
            raw=raw,
        )
    if name != "enter_session":
        shown = name if isinstance(name, str) else "untyped"
        return Ignored(f"kf.event.{shown}", reason=NO_EVENT)
    kept = plain_fields(told)
    return Event(
        "session_entered",
        _required(told, "external_userid"),
        at=at,
        properties={
            **kept,
            "channel": _KF,
            "kf_welcome_code": kept.pop("welcome_code", None),
        },
        id=event_id(corp, "kf", _required(message, "msgid")),
    )
