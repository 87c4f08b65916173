"""The adapter of Douyin (抖音)."""

from __future__ import annotations

from typing import Final

from attrs import evolve, field, frozen

from privflow.channels.adapter import (
    CHANNELS,
    AdapterProfile,
    ChannelManual,
    identity_of,
)
from privflow.channels.answer import Answer, answer_of, code_of, failed, for_all
from privflow.channels.content import Content
from privflow.channels.douyin.body import Body, several_bodies, single_body
from privflow.channels.douyin.callback import decode_douyin
from privflow.channels.douyin.code import CODES
from privflow.channels.douyin.preset import PRESETS
from privflow.channels.ignored import Decoded
from privflow.channels.limit import ContentLimits
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.engine import Command
from privflow.errors import ProtocolError
from privflow.facts import Contact, required_text
from privflow.timing import Instant
from privflow.touches import Touch, View

_CHANNEL: Final = "douyin"
_OUTCOMES: Final = (
    "sent",
    "over_limit",
    "retryable",
    "rate_limited",
    "invalid",
    "forbidden",
    "unknown",
)
_KINDS: Final = ("image", "video")
_SINGLE: Final = ContentLimits(attachments=1, kinds=_KINDS, together=False)
_MANUALS: Final = (
    ChannelManual(CHANNELS["douyin.message"], limits=_SINGLE, outcomes=_OUTCOMES),
    ChannelManual(
        CHANNELS["douyin.proactive"],
        limits=ContentLimits(template=True, parts=3, attachments=2, kinds=_KINDS),
        outcomes=_OUTCOMES,
    ),
    ChannelManual(CHANNELS["douyin.group"], limits=_SINGLE, outcomes=_OUTCOMES),
)
_REPLY: Final = "im_reply_msg"
_SCENES: Final = (_REPLY, "im_enter_direct_msg")


def _app(given: str) -> str:
    return required_text("DouyinAdapter.app", given)


def _account(given: str) -> str:
    return required_text("DouyinAdapter.account", given)


@frozen(kw_only=True)
class DouyinAdapter:
    """Speaks for one Douyin account (抖音适配器).

    **Encodes** for `douyin.message` (an answer to a private message: words, an image
    or a video), `douyin.proactive` (up to three messages to who has authorised them;
    one is a card of a mini-program, a `Template` whose id is the card's, whose `page`
    or `url` it opens and whose values are the query of the page) and `douyin.group`
    (to a fan group, whose `group_id` is an identity of the contact that stands for it).

    The platform answers a message and no person, so a touch on `douyin.message`
    carries `msg_id` and `conversation_id`, which are `server_message_id` and
    `conversation_short_id` of the event that it answers; the host puts them into the
    touch's parameters, and `scene="im_enter_direct_msg"` with them where that event is
    a `session_entered`.

    **Decodes** webhooks, whose content is an object or the text of one, and whose
    times are seconds or milliseconds: `message_received`, `session_entered`,
    `message_recalled`, `message_read`, `group_joined`, `subscription_granted` and
    `subscription_revoked` (a person authorises private messages). Echoes of what the
    account sent are ignored by name. A `contact_id` is the open_id.

    Args:
        app: the host's name of the app, the scope of open_ids; event ids start with it.
        account: the open_id of the account that answers.
        miniprogram: the appid whose `Template.page` a card opens; empty for none.

    Source:
        https://developer.open-douyin.com, interaction-management/im and
        reach-marketing/instant-message; im-group-message-send for groups. The fields
        of authorised messages as three clients write them: ArtisanCloud/MediaX,
        fudiwei/DotNetCore.SKIT.FlurlHttpClient.ByteDance and com.dyj (2024-04-08).

    >>> payload = '''{"event": "im_receive_msg", "from_user_id": "o-1",
    ... "content": {"create_time": 1744940173524, "text": "在吗"}}'''
    >>> (event,) = DouyinAdapter(app="a", account="o-9").decode(payload)
    >>> event.name, event.contact_id, event.properties["text"]
    ('message_received', 'o-1', '在吗')
    """

    app: str = field(converter=_app)
    account: str = field(converter=_account)
    miniprogram: str = ""

    @property
    def profile(self) -> AdapterProfile:
        """Its channels and limits, and the platform's quota."""
        return AdapterProfile(
            "douyin",
            base_url="https://open.douyin.com",
            credential="header access-token",
            channels=_MANUALS,
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        address = identity_of(contact, manual, scope=self.app, now=now).value
        path, body = self._call(touch, content, address)
        return Request(
            "POST",
            path,
            body=written(body),
            query={"open_id": self.account},
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(Recipient(touch.id, address),),
        )

    def _call(self, touch: Touch, content: Content, address: str) -> tuple[str, Body]:
        match touch.channel:
            case "douyin.group":
                said = single_body(touch.channel, content)
                return "/im/send/msg/group/", {"group_id": address, "content": said}
            case "douyin.proactive":
                return "/im/send/msg/", {
                    "to_user_id": address,
                    "scene": "im_authorize_message",
                    "content_list": several_bodies(
                        touch.channel, content, miniprogram=self.miniprogram
                    ),
                }
            case _:
                return "/im/send/msg/", {
                    "msg_id": _parameter(touch, "msg_id"),
                    "conversation_id": _parameter(touch, "conversation_id"),
                    "to_user_id": address,
                    "scene": _scene(touch),
                    "content": single_body(touch.channel, content),
                }

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a webhook tells; see `ChannelAdapter.decode`."""
        return decode_douyin(payload, scope=self.app)

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = _answer(response)
        if answer.meaning is not None:
            return failed(request, response, answer, view=view)
        told = _told(answer)
        number = code_of(told.get("msg_id"))
        # Of several messages some may have left: nothing says which.
        outcome = "unknown" if told.get("all_send_success") is False else "sent"
        return for_all(
            request, response, Result(outcome, raw=answer.raw, reference=number)
        )


def _answer(response: Response) -> Answer:
    """The answer, whose code stands at the top or, in older ones, below `data`."""
    fields = response.fields(_CHANNEL)
    data = fields.get("data")
    if not isinstance(data, dict) or "error_code" not in data or "err_no" in fields:
        return answer_of(
            response, CODES, channel=_CHANNEL, code="err_no", words="err_msg"
        )
    inner = Response(response.status, written(data), at=response.at)
    answer = answer_of(
        inner, CODES, channel=_CHANNEL, code="error_code", words="description"
    )
    return evolve(answer, fields=fields)


def _told(answer: Answer) -> dict[str, object]:
    """What an answer says beside its code: at the top, or below `data`."""
    data = answer.fields.get("data")
    return {**answer.fields, **(data if isinstance(data, dict) else {})}


def _scene(touch: Touch) -> str:
    given = touch.parameters.get("scene", _REPLY)
    if given in _SCENES:
        return str(given)
    problem = f"touch {touch.id!r} has the scene {given!r}, expected one of {_SCENES}"
    raise ProtocolError(problem, "leave it out, or say 'im_enter_direct_msg'")


def _parameter(touch: Touch, name: str) -> str:
    given = touch.parameters.get(name)
    if isinstance(given, str) and given:
        return given
    problem = f"touch {touch.id!r} carries no {name} of the message that it answers"
    remedy = "put those of the person's last message into the touch's parameters"
    raise ProtocolError(problem, remedy)
