"""WeChat mini-programs (小程序): the adapter and the platform's limits."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from attrs import field, frozen

from privflow.channels.adapter import (
    CHANNELS,
    AdapterProfile,
    ChannelManual,
    identity_of,
)
from privflow.channels.content import Content
from privflow.channels.ignored import Decoded
from privflow.channels.limit import ContentLimits
from privflow.channels.preset import Preset, chosen
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.channels.wechat.answer import decode_weixin_answer, grants, window
from privflow.channels.wechat.body import Body, app_part, template_values, worded
from privflow.channels.wechat.callback import decode_weixin
from privflow.conditions import event, prop
from privflow.engine import Command
from privflow.facts import Contact, required_text
from privflow.quotas import AnyOf, Grants, ReplyWindow
from privflow.timing import Instant
from privflow.touches import Gate, View, one_of

_SITE: Final = "https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability"
_SERVICE_NAME: Final = "miniprogram.service"
_SUBSCRIBE_NAME: Final = "miniprogram.subscribe"
_STATES: Final = ("formal", "trial", "developer")
_ALTERNATIVE: Final = "one of the alternatives of miniprogram.reply()"

# ── Limits ───────────────────────────────────────────────────────────────────


def _window(name: str, limit: int, within: str, opened_by: str) -> ReplyWindow:
    return ReplyWindow(
        f"miniprogram-{name}",
        limit,
        within=within,
        opened_by=event(opened_by).where(prop.channel == _SERVICE_NAME),
        channel=_SERVICE_NAME,
    )


_WINDOWS: Final = (
    Preset(
        _window("message", 5, "48h", "message_received"),
        "message",
        page=f"{_SITE}/customer-message/send.html",
        says="用户发送消息: 5条, 48小时",
        note=_ALTERNATIVE,
    ),
    Preset(
        _window("session", 2, "1m", "session_entered"),
        "session",
        page=f"{_SITE}/customer-message/send.html",
        says="进入客服会话: 2条, 1分钟",
        note=_ALTERNATIVE,
    ),
)

_REPLY: Final = (
    Preset(
        AnyOf("miniprogram-reply", [preset.gate for preset in _WINDOWS]),
        "any",
        default=True,
        page=f"{_SITE}/customer-message/send.html",
        says="用户发送消息, 进入客服会话",
        note=(
            "any of the two windows below; each counts all messages since it opened,"
            " which is never laxer"
        ),
    ),
    *_WINDOWS,
)

_GRANTS: Final = (
    Preset(
        Grants(
            "miniprogram-grants",
            granted_by=event("subscription_granted").where(
                prop.channel == _SUBSCRIBE_NAME
            ),
            revoked_by=event("subscription_revoked").where(
                prop.channel == _SUBSCRIBE_NAME
            ),
            channel=_SUBSCRIBE_NAME,
        ),
        "one_time",
        default=True,
        page=f"{_SITE}/subscribe-message-overview.html",
        says="用户订阅后,开发者可不限时间地下发一条",
        note="one balance over all templates; long-term grants have no balance",
    ),
)

PRESETS: Final = (*_REPLY, *_GRANTS)


def reply(*, action: str = "any") -> Gate:
    """How many messages of customer service the person's actions allow (客服消息).

    Args:
        action: `"any"` of both, or one by itself: `"message"` (5 in 48 hours),
            `"session"` (2 in a minute).

    Raises:
        UnknownNameError: another action.

    Source:
        https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/send.html
    """
    return chosen("action of miniprogram.reply", _REPLY, action)


def subscription() -> Gate:
    """One message for each consent to a subscription (一次性订阅消息).

    Source:
        https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message-overview.html
    """
    return chosen("rule of miniprogram.subscription", _GRANTS, "one_time")


# ── The adapter ──────────────────────────────────────────────────────────────

_CALLS: Final = (
    "sent",
    "retryable",
    "rate_limited",
    "invalid",
    "forbidden",
    "ambiguous",
    "unknown",
)
_VALUES: Final = MappingProxyType({
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "phrase": 5,
})
"""The longest value of each kind of field.

Source:
    https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
    (订阅消息参数值内容限制说明), as blog.csdn.net 128147589 and cnblogs.com 17712622
    quote it alike (2023).
"""
_SUBSCRIBE: Final = ChannelManual(
    CHANNELS[_SUBSCRIBE_NAME],
    limits=ContentLimits(template=True, values=_VALUES),
    outcomes=(*_CALLS, "delivered", "grant_exhausted", "refused"),
)
_SERVICE: Final = ChannelManual(
    CHANNELS[_SERVICE_NAME],
    limits=ContentLimits(
        attachments=1, kinds=("image", "link", "miniprogram"), together=False
    ),
    outcomes=(*_CALLS, "over_limit", "window_closed", "not_friend"),
)
_RESOLVERS: Final = MappingProxyType({
    "43101": grants(_SUBSCRIBE_NAME),
    "45015": window(
        _SERVICE_NAME,
        (preset.gate for preset in _REPLY if isinstance(preset.gate, ReplyWindow)),
    ),
})


def _app(given: str) -> str:
    return required_text("MiniProgramAdapter.app", given)


@frozen(kw_only=True)
class MiniProgramAdapter:
    """Speaks to one mini-program (小程序适配器).

    **Encodes** for `miniprogram.subscribe` (a `Template` with values and a page) and
    `miniprogram.service` (customer service).

    **Decodes** `message_received`, `session_entered`, `subscription_granted`,
    `subscription_refused` and `subscription_revoked` (one for each template, with its
    `template_id`), and reports about subscription messages; XML and JSON alike. A
    `contact_id` is the openid, since an adapter knows no host's ids.

    Args:
        app: the host's name of the mini-program, the scope of openids; event ids start
            with it.
        state: which version a tap opens: `"formal"`, `"trial"` or `"developer"`.

    Source:
        https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html
        and the page subscribeMessage.send.

    >>> payload = '''{"FromUserName": "oA", "CreateTime": 1610969440,
    ... "MsgType": "event", "Event": "subscribe_msg_popup_event", "List": [
    ... {"TemplateId": "T1", "SubscribeStatusString": "accept"}]}'''
    >>> (event,) = MiniProgramAdapter(app="shop").decode(payload)
    >>> event.name, event.contact_id, event.properties["template_id"]
    ('subscription_granted', 'oA', 'T1')
    """

    app: str = field(converter=_app)
    state: str = "formal"

    def __attrs_post_init__(self) -> None:
        one_of("MiniProgramAdapter.state", self.state, _STATES)

    @property
    def profile(self) -> AdapterProfile:
        """Its channels and limits, and the platform's quotas."""
        return AdapterProfile(
            "miniprogram",
            base_url="https://api.weixin.qq.com",
            credential="query parameter access_token",
            channels=(_SUBSCRIBE, _SERVICE),
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        openid = identity_of(contact, manual, scope=self.app, now=now).value
        body: Body = {"touser": openid}
        if content.template is None:
            path = "/cgi-bin/message/custom/send"
            body |= worded(content, app_part)
        else:
            path = "/cgi-bin/message/subscribe/send"
            template = content.template
            body |= {"template_id": template.id, "miniprogram_state": self.state}
            body |= {"page": template.page} if template.page else {}
            body |= {"data": template_values(template)}
        return Request(
            "POST",
            path,
            body=written(body),
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(Recipient(touch.id, openid),),
        )

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a callback tells; see `ChannelAdapter.decode`."""
        return decode_weixin(
            payload,
            channel="miniprogram",
            scope=self.app,
            service=_SERVICE_NAME,
            subscribe=_SUBSCRIBE_NAME,
        )

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        return decode_weixin_answer(
            request, response, channel="miniprogram", resolvers=_RESOLVERS, view=view
        )
