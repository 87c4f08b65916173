"""The adapter of app notifications (推送), in the form of Jiguang."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from attrs import frozen

from privflow.channels.adapter import AdapterProfile, identity_of
from privflow.channels.answer import Answer, code_of, failed, sent
from privflow.channels.content import Content
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.payload import read_object
from privflow.channels.push.preset import PRESETS
from privflow.channels.push.sender import CHANNEL, PushSender, manual
from privflow.channels.push.vendor_class import fields_by_vendor
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import UNDOCUMENTED, Codes, Meaning, Result, said
from privflow.engine import Command
from privflow.facts import Contact
from privflow.timing import Instant
from privflow.touches import View

CODES: Final[Codes] = MappingProxyType({
    "1000": Meaning("retryable", "the system is busy"),
    "1002": Meaning("invalid", "a parameter is missing"),
    "1003": Meaning("invalid", "a parameter is invalid"),
    "1004": Meaning("forbidden", "the key is wrong"),
    "1005": Meaning("invalid", "the notification is too long"),
    "1008": Meaning("forbidden", "the app key is wrong"),
    "1011": Meaning("not_friend", "no device has this registration id"),
    "1020": Meaning("forbidden", "not called by HTTPS"),
    "1030": Meaning("retryable", "the service inside has timed out"),
    "2002": Meaning("rate_limited", "the interface was called too often"),
    "2003": Meaning("forbidden", "the app may not call the interface any more"),
})
"""By `error.code`.

Source:
    https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push, its table of codes:
    2002 and 2003 come with HTTP 429 and 403.
"""

_PUSH: Final = manual(ContentLimits())


@frozen(kw_only=True)
class PushAdapter(PushSender):
    """Notifies devices by Jiguang (极光推送适配器).

    **Encodes** title and words for the registration id of a device. Marketing goes as
    an operating message, which the makers of phones cap; other kinds as a system one;
    `classes` says how makers sort them further.
    The platform recognises a repeated call by a `cid` that it has given out itself:
    fetch one for each `Request.key`, and add it to the body.

    **Decodes** nothing: what becomes of a notification is asked for, and not told.

    Args:
        app: the host's name of the app, the scope of registration ids.
        classes: of messages, which go to the makers below `third_party_channel`.

    Source:
        https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push, 2025-10-14.

    >>> from privflow.channels.push import VendorClass
    >>> xiaomi = VendorClass("xiaomi", {"channel_id": "104086"}, kind="marketing")
    >>> PushAdapter(app="app", classes=[xiaomi]).classes[0].kind
    'marketing'
    """

    @property
    def profile(self) -> AdapterProfile:
        """Its channel and limits, and the quotas of phone makers."""
        return AdapterProfile(
            "push",
            base_url="https://api.jpush.cn",
            credential="header Authorization: Basic",
            channels=(_PUSH,),
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        manual = self.profile.manual(touch.channel)
        manual.limits.check(touch.channel, content)
        device = identity_of(contact, manual, scope=self.app, now=now).value
        android = {"alert": content.text}
        apple: object = content.text
        if content.title:
            android["title"] = content.title
            apple = {"title": content.title, "body": content.text}
        body = {
            "platform": "all",
            "audience": {"registration_id": [device]},
            "notification": {"android": android, "ios": {"alert": apple}},
            "options": self._options(touch.kind),
        }
        return Request(
            "POST",
            "/v3/push",
            body=written(body),
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(Recipient(touch.id, device),),
        )

    def _options(self, kind: str) -> dict[str, object]:
        classes = fields_by_vendor(self.classes, kind)
        sorted_further = {"third_party_channel": classes} if classes else {}
        return {"classification": 0 if kind == "marketing" else 1, **sorted_further}

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """The name of what was passed over; see `ChannelAdapter.decode`."""
        read_object(payload, channel=CHANNEL)
        return (Ignored("callback", reason=NO_EVENT),)

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = _answer(response)
        if answer.meaning is not None:
            return failed(request, response, answer, view=view)
        number = code_of(answer.fields.get("msg_id"))
        return sent(request, response, answer, reference=number)


def _answer(response: Response) -> Answer:
    """A number for what was taken, an `error` for what was not; nothing for neither."""
    fields = response.fields(CHANNEL)
    error = fields.get("error")
    inner = error if isinstance(error, dict) else {}
    code = code_of(inner.get("code"))
    if code:
        meaning = CODES.get(code, UNDOCUMENTED)
        says = said(inner.get("message"))
        return Answer(fields=fields, raw=code, meaning=meaning, says=says)
    raw = str(response.status)
    if response.is_fine and code_of(fields.get("msg_id")):
        return Answer(fields=fields, raw=raw, meaning=None)
    outcome = response.trouble or "unknown"
    return Answer(fields=fields, raw=raw, meaning=Meaning(outcome, "what HTTP says"))
