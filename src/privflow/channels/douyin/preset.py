"""Douyin's own limits as gates."""

from __future__ import annotations

from typing import Final

from privflow.channels.preset import Preset, chosen
from privflow.conditions import event, prop
from privflow.quotas import StandingGrant
from privflow.timing import calendar
from privflow.touches import Gate

_SITE: Final = "https://developer.open-douyin.com"

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
PRESETS: Final = _PROACTIVE


def proactive() -> Gate:
    """One touch a day of up to three messages, to who has authorised it (主动私信).

    The event of the consent is the one that `DouyinAdapter.decode` makes.

    Source:
        developer.open-douyin.com, interaction-management/im.
    """
    return chosen("rule of douyin.proactive", _PROACTIVE, "authorised")
