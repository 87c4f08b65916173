"""The limits of official accounts (公众号, 服务号) as gates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from privflow.channels.preset import Preset, chosen
from privflow.conditions import event, prop
from privflow.quotas import AnyOf, Grants, ReplyWindow, TouchQuota
from privflow.timing import calendar
from privflow.touches import Gate

_SITE: Final = "https://developers.weixin.qq.com"
_BATCH: Final = f"{_SITE}/doc/subscription/guide/product/message/Batch_Sends.html"
_SERVICE: Final = f"{_SITE}/doc/subscription/guide/product/kf/intro.md"
_CHANNEL: Final = "wechat.service"
_ALTERNATIVE: Final = "one of the alternatives of wechat.reply()"
_APART: Final = "each window counts all messages since it opened, which is never laxer"

_MASS: Final = (
    Preset(
        TouchQuota(
            "wechat-mass-month",
            4,
            per=calendar("month", tz="Asia/Shanghai"),
            channel="wechat.mass",
        ),
        "service",
        default=True,
        page=_BATCH,
        says="用户每月只能接收4条群发消息,多于4条的群发将对该用户发送失败",
        note="service accounts; the website's mass sends count as well",
    ),
)


def _window(name: str, limit: int | None, within: str, opened_by: str) -> ReplyWindow:
    return ReplyWindow(
        f"wechat-{name}",
        limit,
        within=within,
        opened_by=event(opened_by).where(prop.channel == _CHANNEL),
        channel=_CHANNEL,
    )


_WINDOWS: Final = (
    Preset(
        _window("message", 5, "48h", "message_received"),
        "message",
        page=_SERVICE,
        says="用户发送消息: 5条, 48小时",
        note=(
            f"a tap on the menu does not open it; {_ALTERNATIVE};"
            " 20 messages in 2018 (w7corp/easywechat#1426)"
        ),
    ),
    Preset(
        _window("menu", 3, "1m", "menu_clicked"),
        "menu",
        page=_SERVICE,
        says="点击自定义菜单: 3条, 1分钟",
        note=_ALTERNATIVE,
    ),
    Preset(
        _window("subscribed", 3, "1m", "subscribed"),
        "subscribed",
        page=_SERVICE,
        says="关注公众号: 3条, 1分钟",
        note=_ALTERNATIVE,
    ),
    Preset(
        _window("scan", 3, "1m", "qr_scanned"),
        "scan",
        page=_SERVICE,
        says="扫描二维码: 3条, 1分钟",
        note=_ALTERNATIVE,
    ),
    Preset(
        _window("payment", None, "48h", "purchase"),
        "payment",
        page=_SERVICE,
        says="支付成功: 不限条数, 48小时",
        note="service accounts alone; an alternative of any_paid",
    ),
)

_FREE: Final = ("message", "menu", "subscribed", "scan")


def _any_of(name: str, rules: Iterable[str]) -> AnyOf:
    return AnyOf(name, [chosen("window", _WINDOWS, rule) for rule in rules])


_REPLY: Final = (
    Preset(
        _any_of("wechat-reply", _FREE),
        "any",
        default=True,
        page=_SERVICE,
        says="用户发送消息, 点击自定义菜单, 关注公众号, 扫描二维码",
        note=f"any of the four windows below; {_APART}",
    ),
    Preset(
        _any_of("wechat-reply-paid", (*_FREE, "payment")),
        "any_paid",
        page=_SERVICE,
        says="… 支付成功",
        note=f"service accounts: payments open a window, too; {_APART}",
    ),
    *_WINDOWS,
)

_GRANTS: Final = (
    Preset(
        Grants(
            "wechat-grants",
            granted_by=event("subscription_granted").where(
                prop.channel == "wechat.subscribe"
            ),
            revoked_by=event("subscription_revoked").where(
                prop.channel == "wechat.subscribe"
            ),
            channel="wechat.subscribe",
        ),
        "one_time",
        default=True,
        page=f"{_SITE}/doc/service/en/guide/product/subscription_messages/push.html",
        says="one grant, one message; revoked by the person",
        note="one balance over all templates; long-term grants have no balance",
    ),
)

PRESETS: Final = (*_MASS, *_REPLY, *_GRANTS)


def mass_send() -> Gate:
    """How many mass sends a follower of a service account receives (群发上限).

    Source:
        https://developers.weixin.qq.com/doc/subscription/guide/product/message/Batch_Sends.html
    """
    return chosen("rule of wechat.mass_send", _MASS, "service")


def reply(*, action: str = "any") -> Gate:
    """How many messages of customer service the person's actions allow (客服消息).

    Args:
        action: `"any"` of what opens a window: a message (5 in 48 hours), a tap on the
            menu, a follow or a scan (3 in a minute each); `"any_paid"`, with payments
            (any number in 48 hours, service accounts alone); or one of them by itself:
            `"message"`, `"menu"`, `"subscribed"`, `"scan"`, `"payment"`.

    Raises:
        UnknownNameError: another action.

    Source:
        https://developers.weixin.qq.com/doc/subscription/guide/product/kf/intro.md

    >>> [gate.name for gate in reply().gates]
    ['wechat-message', 'wechat-menu', 'wechat-subscribed', 'wechat-scan']
    >>> print(reply(action="menu"))
    at most 3 touches on wechat.service within 1m of event('menu_clicked').where(prop.channel == 'wechat.service')
    """  # noqa: E501 - a doctest prints what it prints
    return chosen("action of wechat.reply", _REPLY, action)


def subscription() -> Gate:
    """One message for each consent to a subscription (订阅通知)."""
    return chosen("rule of wechat.subscription", _GRANTS, "one_time")
