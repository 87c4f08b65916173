"""Douyin's own limits as gates."""

from __future__ import annotations

from typing import Final

from privflow.channels.preset import Preset, chosen
from privflow.conditions import event, prop
from privflow.quotas import ReplyWindow, StandingGrant
from privflow.timing import calendar
from privflow.touches import Gate

_SITE: Final = "https://developer.open-douyin.com"

_MESSAGE_NAME: Final = "douyin.message"
_PROACTIVE_NAME: Final = "douyin.proactive"
_AUTHORISED: Final = prop.channel == _PROACTIVE_NAME

_PROACTIVE: Final = (
    Preset(
        StandingGrant(
            "douyin-proactive-day",
            1,
            per=calendar("day", tz="Asia/Shanghai"),
            granted_by=event("subscription_granted").where(_AUTHORISED),
            revoked_by=event("subscription_revoked").where(_AUTHORISED),
            channel=_PROACTIVE_NAME,
            most_parts=3,
        ),
        "authorised",
        default=True,
        page=f"{_SITE}/docs/resource/zh-CN/dop/ability/interaction-management/im",
        says="触达额度为每日一次,每次至多 3 条消息",
        note=(
            "for who has authorised it; the parts of a call are the cost of its touch;"
            " the zone of the day is inferred"
        ),
    ),
)
_REPLY: Final = (
    Preset(
        ReplyWindow(
            "douyin-reply-24h",
            None,
            within="24h",
            opened_by=event("message_received").where(prop.channel == _MESSAGE_NAME),
            channel=_MESSAGE_NAME,
        ),
        "message",
        page="https://developer.open-douyin.com, im-send-msg",
        says="msg_id: server_message_id 字段(有效期为24小时)",
        confidence="consistent",
        note=(
            "the words as the client com.dyj (2024-04-08) quotes them, and so another;"
            " one source says six answers, which the gate does not count"
        ),
    ),
)

PRESETS: Final = (*_PROACTIVE, *_REPLY)


def proactive() -> Gate:
    """One touch a day of up to three messages, to who has authorised it (主动私信).

    The event of the consent is the one that `DouyinAdapter.decode` makes.

    Source:
        developer.open-douyin.com, interaction-management/im.
    """
    return chosen("rule of douyin.proactive", _PROACTIVE, "authorised")


def reply() -> Gate:
    """Answers within 24 hours of what the person wrote, in any number (私信回复).

    The id of a message, which an answer names, is worth nothing after that. How many
    answers it takes is not known for sure: one source says six.

    Source:
        developer.open-douyin.com, im-send-msg, as two clients quote it.

    >>> print(reply().channel)
    douyin.message
    """
    return chosen("rule of douyin.reply", _REPLY, "message")
