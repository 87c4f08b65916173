"""The adapter of Douyin (抖音)."""

from __future__ import annotations

from typing import Final

from attrs import evolve, field, frozen

from privflow.channels.adapter import AdapterProfile, ChannelManual, identity_of
from privflow.channels.answer import Answer, answer_of, code_of, failed, for_all
from privflow.channels.content import Content
from privflow.channels.douyin.callback import decode_douyin
from privflow.channels.douyin.code import CODES
from privflow.channels.ignored import Decoded
from privflow.channels.limit import ContentLimits
from privflow.channels.preset import Preset, chosen
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.conditions import event, prop
from privflow.engine import Command
from privflow.errors import ProtocolError
from privflow.facts import Contact, required_text
from privflow.quotas import StandingGrant
from privflow.timing import Instant, calendar
from privflow.touches import STANDARD_CHANNELS, Gate, Touch, View

_CHANNELS: Final = {channel.name: channel for channel in STANDARD_CHANNELS}
_CHANNEL: Final = "douyin"
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

_MESSAGE: Final = ChannelManual(
    _CHANNELS["douyin.message"],
    limits=ContentLimits(),
    outcomes=(
        "sent",
        "over_limit",
        "retryable",
        "rate_limited",
        "invalid",
        "forbidden",
        "unknown",
    ),
)


def proactive() -> Gate:
    """One touch a day of up to three messages, to who has authorised it (主动私信).

    The event of the consent is the one that `DouyinAdapter.decode` makes.

    Source:
        developer.open-douyin.com, interaction-management/im.
    """
    return chosen("rule of douyin.proactive", _PROACTIVE, "authorised")


def _app(given: str) -> str:
    return required_text("DouyinAdapter.app", given)


def _account(given: str) -> str:
    return required_text("DouyinAdapter.account", given)


@frozen(kw_only=True)
class DouyinAdapter:
    """Speaks for one Douyin account (抖音适配器).

    **Encodes** answers to private messages, on `douyin.message`: words alone. The
    platform answers a message and no person, so the touch carries `msg_id` and
    `conversation_id`, which are `server_message_id` and `conversation_short_id` of
    the event that it answers; the host puts them into the touch's parameters.

    **Decodes** webhooks, whose content is an object or the text of one, and whose
    times are seconds or milliseconds: `message_received`, `session_entered`,
    `message_recalled`, `message_read`, `group_joined`, `subscription_granted` and
    `subscription_revoked` (a person authorises private messages). Echoes of what the
    account sent are ignored by name. A `contact_id` is the open_id.

    Args:
        app: the host's name of the app, the scope of open_ids; event ids start with it.
        account: the open_id of the account that answers.

    Source:
        https://developer.open-douyin.com, interaction-management/im and
        reach-marketing/instant-message.

    >>> payload = '''{"event": "im_receive_msg", "from_user_id": "o-1",
    ... "content": {"create_time": 1744940173524, "text": "在吗"}}'''
    >>> (event,) = DouyinAdapter(app="a", account="o-9").decode(payload)
    >>> event.name, event.contact_id, event.properties["text"]
    ('message_received', 'o-1', '在吗')
    """

    app: str = field(converter=_app)
    account: str = field(converter=_account)

    @property
    def profile(self) -> AdapterProfile:
        """Its channel and limits, and the platform's quota."""
        return AdapterProfile(
            "douyin",
            base_url="https://open.douyin.com",
            credential="header access-token",
            channels=(_MESSAGE,),
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        person = identity_of(contact, manual, scope=self.app, now=now).value
        body = {
            "msg_id": _parameter(touch, "msg_id"),
            "conversation_id": _parameter(touch, "conversation_id"),
            "to_user_id": person,
            "scene": "im_reply_msg",
            "content": {"msg_type": 1, "text": {"text": content.text}},
        }
        return Request(
            "POST",
            "/im/send/msg/",
            body=written(body),
            query={"open_id": self.account},
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(Recipient(touch.id, person),),
        )

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a webhook tells; see `ChannelAdapter.decode`."""
        return decode_douyin(payload, scope=self.app)

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = _answer(response)
        if answer.meaning is not None:
            return failed(request, response, answer, resolvers={}, view=view)
        data = answer.fields.get("data")
        number = code_of(data.get("msg_id")) if isinstance(data, dict) else ""
        return for_all(
            request, response, Result("sent", raw=answer.raw, reference=number)
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


def _parameter(touch: Touch, name: str) -> str:
    given = touch.parameters.get(name)
    if isinstance(given, str) and given:
        return given
    problem = f"touch {touch.id!r} carries no {name} of the message that it answers"
    remedy = "put those of the person's last message into the touch's parameters"
    raise ProtocolError(problem, remedy)
