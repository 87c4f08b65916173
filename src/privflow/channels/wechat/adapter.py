"""The adapter of WeChat official accounts (公众号, 服务号)."""

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
from privflow.channels.content import Content, Template
from privflow.channels.ignored import Decoded
from privflow.channels.limit import ContentLimits
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.channels.wechat.answer import (
    decode_weixin_answer,
    follows,
    grants,
    window,
)
from privflow.channels.wechat.body import (
    Body,
    mass_part,
    service_part,
    template_values,
    worded,
)
from privflow.channels.wechat.callback import decode_weixin
from privflow.channels.wechat.preset import PRESETS
from privflow.engine import Command
from privflow.errors import ContentError
from privflow.facts import Contact, required_text
from privflow.quotas import ReplyWindow
from privflow.timing import Instant
from privflow.touches import View

_CALLS: Final = (
    "sent",
    "not_friend",
    "retryable",
    "rate_limited",
    "invalid",
    "forbidden",
    "ambiguous",
    "unknown",
)
_MOST_OPENIDS: Final = 10_000

_MASS: Final = ChannelManual(
    CHANNELS["wechat.mass"],
    limits=ContentLimits(
        attachments=1, kinds=("image", "voice", "video", "article"), together=False
    ),
    batch=_MOST_OPENIDS,
    takes_key=True,
    outcomes=(*_CALLS, "over_limit", "duplicate"),
)
_SERVICE: Final = ChannelManual(
    CHANNELS["wechat.service"],
    limits=ContentLimits(
        attachments=1,
        kinds=("image", "voice", "video", "article", "link", "miniprogram"),
        together=False,
    ),
    outcomes=(*_CALLS, "over_limit", "window_closed", "refused"),
)
_TEMPLATE: Final = ChannelManual(
    CHANNELS["wechat.template"],
    limits=ContentLimits(template=True),
    takes_key=True,
    outcomes=(*_CALLS, "delivered", "refused"),
)
_SUBSCRIBE: Final = ChannelManual(
    CHANNELS["wechat.subscribe"],
    limits=ContentLimits(template=True),
    outcomes=(*_CALLS, "delivered", "refused", "grant_exhausted"),
)
_PATHS: Final = MappingProxyType({
    "wechat.mass": "/cgi-bin/message/mass/send",
    "wechat.service": "/cgi-bin/message/custom/send",
    "wechat.template": "/cgi-bin/message/template/send",
    "wechat.subscribe": "/cgi-bin/message/subscribe/bizsend",
})
_KEYS: Final = MappingProxyType({
    "wechat.mass": "clientmsgid",
    "wechat.template": "client_msg_id",
})
_RESOLVERS: Final = MappingProxyType({
    "40003": follows("wechat", ""),
    "43101": grants("wechat.subscribe"),
    "45015": window(
        "wechat.service",
        (preset.gate for preset in PRESETS if isinstance(preset.gate, ReplyWindow)),
    ),
})


def _account(given: str) -> str:
    return required_text("WeChatAdapter.account", given)


@frozen(kw_only=True)
class WeChatAdapter:
    """Speaks to one official account (公众号适配器).

    **Encodes** for `wechat.mass` (requests of one content are put together by `merged`;
    the platform wants at least two openids in a call), `wechat.service` (customer
    service), `wechat.template` and `wechat.subscribe` (subscription notices).

    **Decodes** `message_received`, `subscribed`, `unsubscribed`, `qr_scanned`,
    `menu_clicked`, `link_opened`, `location_reported`, `purchase`,
    `subscription_granted`, `subscription_refused` and `subscription_revoked` (one for
    each template, with its `template_id`), and reports about mass sends, templates and
    notices. A `contact_id` is the openid, since an adapter knows no host's ids; the
    channel is `"wechat.service"`, that of grants `"wechat.subscribe"`.

    Args:
        account: the host's name of the account, the scope of openids; event ids start
            with it.
        miniprogram: the appid whose `Template.page` a tap opens; empty for none.

    Source:
        https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html,
        Service_Center_messages.html, Batch_Sends_and_Originality_Checks.html and
        Template_Message_Interface.html beside it.

    >>> payload = '''<xml><FromUserName>oA</FromUserName>
    ... <CreateTime>1348831860</CreateTime><MsgType>text</MsgType>
    ... <Content>多少钱</Content><MsgId>77</MsgId></xml>'''
    >>> (event,) = WeChatAdapter(account="gh_1").decode(payload)
    >>> event.name, event.contact_id, event.id, event.properties["text"]
    ('message_received', 'oA', 'gh_1:77', '多少钱')

    The host puts its own id in the place of the openid:

    >>> from attrs import evolve
    >>> evolve(event, contact_id="c-001").contact_id
    'c-001'
    """

    account: str = field(converter=_account)
    miniprogram: str = ""

    @property
    def profile(self) -> AdapterProfile:
        """Its channels and limits, and the platform's quotas."""
        return AdapterProfile(
            "wechat",
            base_url="https://api.weixin.qq.com",
            credential="query parameter access_token",
            channels=(_MASS, _SERVICE, _TEMPLATE, _SUBSCRIBE),
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        openid = identity_of(contact, manual, scope=self.account, now=now).value
        key, key_field = key_of(touch.id), _KEYS.get(touch.channel, "")
        is_mass = manual is _MASS
        body: Body = {"touser": [openid] if is_mass else openid}
        if content.template is not None:
            body |= self._template(touch.channel, content.template)
        else:
            body |= worded(content, mass_part if is_mass else service_part)
        body |= {key_field: key} if key_field else {}
        return Request(
            "POST",
            _PATHS[touch.channel],
            body=written(body),
            channel=touch.channel,
            key=key,
            key_field=key_field,
            recipients=(Recipient(touch.id, openid),),
            batch=manual.batch,
            batch_field="touser" if is_mass else "",
        )

    def _template(self, channel: str, template: Template) -> Body:
        body: Body = {"template_id": template.id}
        # A notice calls the address that a tap opens its page.
        if template.url:
            body["page" if channel == "wechat.subscribe" else "url"] = template.url
        if template.page and not self.miniprogram:
            problem = "got a page of a mini-program, and none is named"
            raise ContentError(channel, problem, "make the adapter with miniprogram=")
        if template.page:
            page = {"appid": self.miniprogram, "pagepath": template.page}
            body["miniprogram"] = page
        return {**body, "data": template_values(template)}

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a callback tells; see `ChannelAdapter.decode`.

        Args:
            payload: XML, or JSON where the account chose it; decrypted.

        Raises:
            PayloadError: the payload is malformed, hostile, too large or encrypted,
                or an event lacks a field that the documentation promises.
        """
        return decode_weixin(
            payload,
            channel="wechat",
            scope=self.account,
            service="wechat.service",
            subscribe="wechat.subscribe",
        )

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        return decode_weixin_answer(
            request, response, channel="wechat", resolvers=_RESOLVERS, view=view
        )
