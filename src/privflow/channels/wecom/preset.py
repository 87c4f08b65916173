"""WeCom's own limits as gates."""

from __future__ import annotations

from datetime import date
from typing import Final

from privflow.channels.preset import Preset, chosen
from privflow.conditions import event, prop
from privflow.quotas import LimitRule, LockOut, ReplyWindow, TouchQuota, days_in_month
from privflow.timing import CalendarUnit, Window, calendar, rolling
from privflow.touches import Gate

_ZONE: Final = "Asia/Shanghai"
_SITE: Final = "https://developer.work.weixin.qq.com/document/path"
_ZONE_NOTE: Final = "the zone is inferred from the statistics (96358)"
_PAGE: Final = f"{_SITE}/92135"
_READ: Final = date(2025, 11, 17)
# The oldest sources read that show one a day, and a choice between three rules.
_DAILY: Final = date(2024, 3, 20)
_CHOICE: Final = date(2025, 7, 11)
_CHANGED: Final = "可…调整为每周接收七条或每天接收一条"
_WEEK_NOTE: Final = "the page does not say on which day a week begins; here on Monday"


def _cap(name: str, limit: int | LimitRule, unit: CalendarUnit) -> TouchQuota:
    family = name.partition("-")[0]
    return TouchQuota(
        f"wecom-{name}",
        limit,
        per=calendar(unit, tz=_ZONE),
        channel=f"wecom.{family}",
        counts_on="confirmed",
    )


_MASS_SEND: Final = (
    Preset(
        _cap("mass-month", days_in_month, "month"),
        "days_in_month",
        default=True,
        page=_PAGE,
        dated=_READ,
        since=_CHOICE,
        says="每位客户/每个客户群每月最多可接收条数为当月天数",
        note=f"the corp's default; {_ZONE_NOTE}",
    ),
    Preset(
        _cap("mass-week", 7, "week"),
        "seven_a_week",
        page=_PAGE,
        dated=_READ,
        since=_CHOICE,
        says=_CHANGED,
        note=_WEEK_NOTE,
    ),
    Preset(
        _cap("mass-day", 1, "day"),
        "one_a_day",
        page=f"{_SITE}/96997",
        dated=_CHOICE,
        since=_DAILY,
        says="同一个成员每日向一个客户最多可群发一条消息",
        note=(
            "the default of page 96997, and a choice on 92135; the former counts per"
            " member and contact, the gate per contact, which is stricter"
        ),
    ),
    Preset(
        _cap("mass-four", 4, "month"),
        "four_a_month",
        page="https://hexdocs.pm/wechat_sdk",
        until=_DAILY,
        says="同一个企业每个自然月内仅可针对一个客户/客户群发送4条消息",
        confidence="consistent",
        note="the rule of old; one a day in LinkWeChat-Front of 2024-03-20",
    ),
)

_GROUP_SEND: Final = (
    Preset(
        _cap("group-month", days_in_month, "month"),
        "days_in_month",
        default=True,
        page=_PAGE,
        dated=_READ,
        since=_READ,
        says="每位客户/每个客户群每月最多可接收条数为当月天数",
        note=f"customer groups; the corp's default; {_ZONE_NOTE}",
    ),
    Preset(
        _cap("group-week", 7, "week"),
        "seven_a_week",
        page=_PAGE,
        dated=_READ,
        since=_READ,
        says=_CHANGED,
        note=f"customer groups; {_WEEK_NOTE}",
    ),
    Preset(
        _cap("group-day", 1, "day"),
        "one_a_day",
        page=_PAGE,
        dated=_READ,
        since=_DAILY,
        says=_CHANGED,
        note="customer groups",
    ),
)

_REPLY: Final = (
    Preset(
        ReplyWindow(
            "wecom-kf-48h",
            5,
            within="48h",
            opened_by=event("message_received").where(prop.channel == "wecom.kf"),
            channel="wecom.kf",
        ),
        "message",
        default=True,
        page=f"{_SITE}/94677",
        says="48小时内5条; 若用户继续发送消息,企业可再次下发消息",
        note="the words as silenceper/wechat quotes them; in session states 0 and 1",
    ),
)

_OF_ONE: Final = (
    "bans one interface for the whole corp; the gate holds the contacts whose touches"
    " were refused"
)


def _ban(length: str, per: Window, says: str) -> Preset:
    return Preset(
        LockOut(
            f"wecom-ban-{length}", per=per, reasons=["rate_limited"], channel="wecom"
        ),
        f"{length}_ban",
        page=f"{_SITE}/90454",
        dated=date(2023, 8, 28),
        says=says,
        note=_OF_ONE,
    )


_BANS: Final = (
    _ban("minute", rolling("60s"), "按分钟拦截则被屏蔽60秒"),
    _ban("hour", rolling("60m"), "按小时拦截则被屏蔽60分钟"),
    _ban("day", calendar("day", tz=_ZONE), "按天拦截则被屏蔽一天(自然天)"),
    _ban("month", rolling("30d"), "按月拦截则屏蔽一个月(30天,非自然月)"),
)

PRESETS: Final = (*_MASS_SEND, *_GROUP_SEND, *_REPLY, *_BANS)


def mass_send(*, rule: str = "days_in_month") -> Gate:
    """How many mass sends a customer may receive (群发上限).

    Two official pages disagree on the default, and a corp may choose, so look into
    群发助手 → 设置群发规则 of yours.

    Args:
        rule: `"days_in_month"`, `"seven_a_week"`, `"one_a_day"`; or `"four_a_month"`,
            the rule of old.

    Raises:
        UnknownNameError: another rule.

    Source:
        https://developer.work.weixin.qq.com/document/path/92135, 2025-11-17, and
        96997, 2025-07-11.

    >>> mass_send(rule="seven_a_week").limit
    7
    """
    return chosen("rule of wecom.mass_send", _MASS_SEND, rule)


def group_send(*, rule: str = "days_in_month") -> Gate:
    """How many mass sends a customer group may receive (客户群群发上限).

    Args:
        rule: `"days_in_month"`, `"seven_a_week"` or `"one_a_day"`, as the corp has set
            it for customers and groups alike.

    Raises:
        UnknownNameError: another rule.

    Source:
        https://developer.work.weixin.qq.com/document/path/92135, 2025-11-17.

    >>> group_send(rule="one_a_day").channel
    'wecom.group'
    """
    return chosen("rule of wecom.group_send", _GROUP_SEND, rule)


def ban(length: str) -> Gate:
    """A pause after WeCom said that an interface was called too often (频率拦截).

    Args:
        length: of the limit that was exceeded: `"minute"`, `"hour"`, `"day"` or
            `"month"`, since the answer 45009 does not tell which.

    Raises:
        UnknownNameError: another length.

    Source:
        https://developer.work.weixin.qq.com/document/path/90454, 2023-08-28.

    >>> print(ban("day"))
    no touches on wecom after rate_limited, calendar day in Asia/Shanghai
    """
    return chosen("length of wecom.ban", _BANS, f"{length}_ban")


def customer_service() -> Gate:
    """Five messages within 48 hours of what the customer wrote (微信客服).

    Source:
        https://developer.work.weixin.qq.com/document/path/94677.
    """
    return chosen("rule of wecom.customer_service", _REPLY, "message")
