"""The adapter of WeCom (企业微信)."""

from __future__ import annotations

import sys
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
from privflow.channels.envelope import is_json, open_envelope
from privflow.channels.ignored import Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.payload import read_object
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Result
from privflow.channels.wecom import answer
from privflow.channels.wecom.body import Body, app_body, content_body, single_body
from privflow.channels.wecom.callback import decode_wecom
from privflow.channels.wecom.customer_service import decode_page
from privflow.channels.wecom.preset import PRESETS
from privflow.engine import Command, Remind, Withdraw
from privflow.errors import ProtocolError
from privflow.facts import Contact, required_text
from privflow.timing import Instant
from privflow.touches import Touch, View

_MASS_KINDS: Final = ("image", "link", "miniprogram", "video", "file")
_SINGLE_KINDS: Final = ("image", "voice", "video", "file", "link", "miniprogram")
_CALLS: Final = (
    "retryable",
    "rate_limited",
    "invalid",
    "forbidden",
    "not_friend",
    "unknown",
)
_MOST_CUSTOMERS: Final = 10_000
_MOST_GROUPS: Final = 2_000
_MASS_LIMITS: Final = ContentLimits(octets=4000, attachments=9, kinds=_MASS_KINDS)
_MASS_OUTCOMES: Final = (
    *_CALLS,
    "task_created",
    "confirmed",
    "delivered",
    "over_limit",
)

_MASS: Final = ChannelManual(
    CHANNELS["wecom.mass"],
    limits=_MASS_LIMITS,
    batch=_MOST_CUSTOMERS,
    outcomes=_MASS_OUTCOMES,
)
_GROUP: Final = ChannelManual(
    CHANNELS["wecom.group"],
    limits=_MASS_LIMITS,
    batch=_MOST_GROUPS,
    outcomes=_MASS_OUTCOMES,
)
_WELCOME: Final = ChannelManual(
    CHANNELS["wecom.welcome"],
    limits=ContentLimits(octets=4000, attachments=9, kinds=_MASS_KINDS),
    outcomes=(*_CALLS, "sent", "window_closed", "duplicate", "refused", "ambiguous"),
)
_MOMENTS: Final = ChannelManual(
    CHANNELS["wecom.moments"],
    limits=ContentLimits(
        characters=2000,
        octets=4000,
        attachments=9,
        kinds=("image", "video", "link"),
        most=MappingProxyType({"video": 1, "link": 1}),
        mixed=False,
    ),
    batch=sys.maxsize,
    outcomes=(*_CALLS, "task_created", "confirmed", "delivered"),
)
_STAFF: Final = ChannelManual(
    CHANNELS["wecom.message"],
    limits=ContentLimits(
        octets=2048,
        attachments=1,
        kinds=("image", "voice", "video", "file", "link"),
        together=False,
    ),
    outcomes=(*_CALLS, "task_created"),
)
_SERVICE: Final = ChannelManual(
    CHANNELS["wecom.kf"],
    limits=ContentLimits(
        octets=2048, attachments=1, kinds=_SINGLE_KINDS, together=False
    ),
    takes_key=True,
    outcomes=(*_CALLS, "sent", "over_limit", "window_closed", "refused"),
)
# A msgid that the account has seen is refused: developer.work.weixin.qq.com 96427,
# 2023-12-19. A code of kf_welcome works once, with or without one (96428).
_SERVICE_WELCOME: Final = ChannelManual(
    CHANNELS["wecom.kf_welcome"],
    limits=ContentLimits(octets=2048),
    takes_key=True,
    outcomes=(*_CALLS, "sent", "window_closed"),
)
_MANUALS: Final = (
    _MASS,
    _GROUP,
    _WELCOME,
    _MOMENTS,
    _STAFF,
    _SERVICE,
    _SERVICE_WELCOME,
)
_BATCH_FIELDS: Final = MappingProxyType({
    "wecom.mass": "external_userid",
    "wecom.group": "chat_id_list",
})


def _corp(given: str) -> str:
    return required_text("WeComAdapter.corp", given)


@frozen(kw_only=True)
class WeComAdapter:
    """Speaks to one corp of WeCom (企业微信适配器).

    **Encodes** for `wecom.mass` (a mass send that the member confirms; requests of one
    member and content are put together by `merged`), `wecom.group` (the same for the
    customer groups that the member owns), `wecom.moments` (a Moments task; the
    message's parameter `moment_tags` names the corp tags that see it),
    `wecom.welcome` (with the touch's `welcome_code`), `wecom.message` (a note to the
    member, through the app `agent`: the platform has no call that writes to one
    customer, so the member sends the words), `wecom.kf` and `wecom.kf_welcome`
    (customer service, of the account `kf`).

    **Decodes** callbacks, those of a suite included, and answers of `kf/sync_msg`.
    Changes of contacts make `contact_added` (with `half`: a friend on one side only),
    `contact_removed` (`by` the contact or the staff), `contact_transferred`,
    `contact_edited`, `transfer_failed`, `archive_agreed` and `chat_started`. Changes
    of customer groups make `group_created`, `group_changed` and `group_dismissed` of
    the group, whose `contact_id` is the chat's, and `group_joined` and `group_left` of
    each member who is named. Customer service makes `message_received` and
    `session_entered`. A `contact_id` is the external_userid, since an adapter knows no
    host's ids. What members do in an app of the corp has their userid and the channel
    `"wecom.app"`.

    Args:
        corp: the host's name of the corp, the scope of external_userids; event ids
            start with it, those of a suite with the AuthCorpId of the callback.
        agent: the app that writes to members; 0 where `wecom.message` is not used.
        kf: the customer-service account, `open_kfid`; the parameter of that name in a
            message comes before it.

    Source:
        https://developer.work.weixin.qq.com/document/path/92135 (mass, 2025-11-17),
        95094 (Moments), 92137 (welcome), 90236 (members), 94677 and 95122 (customer
        service), 92130 (contacts and groups), 90375 and 90376 (apps), 92277 (suites).

    >>> payload = '''<xml><FromUserName>sys</FromUserName>
    ... <CreateTime>1403610513</CreateTime><MsgType>event</MsgType>
    ... <Event>change_external_contact</Event>
    ... <ChangeType>del_follow_user</ChangeType>
    ... <UserID>zhang</UserID><ExternalUserID>wmA</ExternalUserID></xml>'''
    >>> (event,) = WeComAdapter(corp="corp-1").decode(payload)
    >>> event.name, event.contact_id, event.properties["by"]
    ('contact_removed', 'wmA', 'contact')
    >>> event.id
    'corp-1:wmA:1403610513:change_external_contact:del_follow_user:zhang'

    The host puts its own id in the place of the external_userid:

    >>> from attrs import evolve
    >>> evolve(event, contact_id="c-001").contact_id
    'c-001'
    """

    corp: str = field(converter=_corp)
    agent: int = 0
    kf: str = ""

    @property
    def profile(self) -> AdapterProfile:
        """Its channels and limits, and WeCom's quotas."""
        return AdapterProfile(
            "wecom",
            base_url="https://qyapi.weixin.qq.com",
            credential="query parameter access_token",
            channels=_MANUALS,
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        if isinstance(command, Remind | Withdraw):
            raise _about_a_task(command)
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        address = identity_of(contact, manual, scope=self.corp, now=now).value
        path, body = self._call(touch, content, command.staff, address)
        key = key_of(touch.id)
        key_field = "msgid" if manual.takes_key else ""
        if key_field:
            body = {**body, key_field: key}
        return Request(
            "POST",
            path,
            body=written(body),
            channel=touch.channel,
            key=key,
            key_field=key_field,
            recipients=(Recipient(touch.id, address),),
            batch=manual.batch,
            batch_field=_BATCH_FIELDS.get(touch.channel, ""),
        )

    def _call(
        self, touch: Touch, content: Content, staff: str, address: str
    ) -> tuple[str, Body]:
        match touch.channel:
            case "wecom.mass":
                sender = {"sender": staff} if staff else {}
                whom = {"chat_type": "single", "external_userid": [address]}
                return answer.MASS, {**whom, **sender, **content_body(content)}
            case "wecom.group":
                groups = {"chat_type": "group", "chat_id_list": [address]}
                owner = {"sender": _staff(staff)}
                return answer.MASS, {**groups, **owner, **content_body(content)}
            case "wecom.moments":
                return answer.MOMENT, _moment(touch, content, staff)
            case "wecom.welcome":
                code = {"welcome_code": _parameter(touch, "welcome_code")}
                return answer.WELCOME, {**code, **content_body(content)}
            case "wecom.kf":
                account = str(touch.parameters.get("open_kfid", "")) or self.kf
                whom = {"touser": address, "open_kfid": _kf(account)}
                return answer.KF, {**whom, **single_body(content)}
            case "wecom.kf_welcome":
                code = {"code": _parameter(touch, "kf_welcome_code")}
                return answer.KF_WELCOME, {**code, **single_body(content)}
            case _:
                member: Body = {"touser": _staff(staff), "agentid": self._agent()}
                return answer.APP_MESSAGE, {**member, **app_body(content)}

    def _agent(self) -> int:
        if self.agent:
            return self.agent
        problem = (
            "wecom.message is written to members through an app, and none is named"
        )
        raise ProtocolError(problem, "make the adapter with agent=, the app's agentid")

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """What a callback or a page of messages tells; see `ChannelAdapter.decode`.

        Raises:
            PayloadError: the payload is malformed, hostile, too large or encrypted,
                or an event lacks a field that the documentation promises.
            AdapterError: a page of messages is an error of the platform.
        """
        if is_json(payload):
            page = read_object(payload, channel="wecom")
            if "MsgType" not in page and "InfoType" not in page:
                return decode_page(page, corp=self.corp)
        envelope = open_envelope(payload, channel="wecom", scope=self.corp)
        if isinstance(envelope, Ignored):
            return (envelope,)
        return decode_wecom(envelope)

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        return answer.decode_answer(request, response, view)


def _about_a_task(command: Remind | Withdraw) -> ProtocolError:
    name = type(command).__name__
    problem = f"{name} is about a task that was sent, under a reference of the platform"
    call = (
        "remind(reference)"
        if isinstance(command, Remind)
        else "withdrawal(sent, reference, commands)"
    )
    return ProtocolError(problem, f"call privflow.channels.wecom.{call}")


def _parameter(touch: Touch, name: str) -> str:
    code = touch.parameters.get(name)
    if isinstance(code, str) and code:
        return code
    problem = f"touch {touch.id!r} on {touch.channel} carries no {name}"
    raise ProtocolError(problem, "send the touch as the engine gave it")


def _staff(staff: str) -> str:
    if staff:
        return staff
    problem = "the command names no member, who would send the message"
    raise ProtocolError(problem, "send the command as the engine gave it")


def _kf(account: str) -> str:
    if account:
        return account
    problem = "no customer-service account is named"
    remedy = "make the adapter with kf=, or give the message an open_kfid"
    raise ProtocolError(problem, remedy)


def _moment(touch: Touch, content: Content, staff: str) -> Body:
    tags = touch.parameters.get("moment_tags")
    visible: Body = {}
    if staff:
        visible["sender_list"] = {"user_list": [staff]}
    if isinstance(tags, tuple):
        visible["external_contact_list"] = {"tag_list": [str(tag) for tag in tags]}
    shown: Body = {"visible_range": visible} if visible else {}
    return {**content_body(content), **shown}
