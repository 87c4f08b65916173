"""The adapter of app notifications (推送), in the form of Getui."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from attrs import frozen

from privflow.channels.adapter import AdapterProfile, identity_of
from privflow.channels.answer import Answer, answer_of, failed, for_all
from privflow.channels.content import Content
from privflow.channels.ignored import UNDATED, Decoded, Ignored
from privflow.channels.limit import ContentLimits
from privflow.channels.payload import MAX_BYTES, read_json
from privflow.channels.push.preset import PRESETS
from privflow.channels.push.sender import CHANNEL, PushSender, manual
from privflow.channels.push.vendor_class import fields_by_vendor
from privflow.channels.request import Recipient, Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Codes, Meaning, Result
from privflow.engine import Command
from privflow.errors import ContentError
from privflow.facts import Contact
from privflow.timing import Instant
from privflow.touches import View

CODES: Final[Codes] = MappingProxyType({
    "1": Meaning("invalid", "the body is malformed"),
    "2": Meaning("retryable", "the service is starting"),
    "301": Meaning("forbidden", "the address is not the one of the app"),
    "404": Meaning("invalid", "no such interface"),
    "405": Meaning("invalid", "the interface is not called this way"),
    "10001": Meaning("retryable", "the token is invalid: fetch a new one"),
    "10002": Meaning("forbidden", "the app or the caller is on a black list"),
    "10003": Meaning("rate_limited", "tokens were fetched too often"),
    "10004": Meaning("forbidden", "no right to it"),
    "10005": Meaning("rate_limited", "the interface was called too often"),
    "20001": Meaning("invalid", "a parameter is invalid, the device's id maybe"),
})
"""By `code`.

Source:
    https://docs.getui.com/getui/server/rest_v2/code.
"""

_IGNORED: Final = "successed_ignore"
_TAKEN: Final = ("successed_online", "successed_offline")
_SHORTEST_KEY: Final = 10

_PUSH: Final = manual(ContentLimits(characters=256, title=50), takes_key=True)


@frozen(kw_only=True)
class GetuiAdapter(PushSender):
    """Notifies devices by Getui (个推适配器).

    **Encodes** title and words, both of which are needed, for the cid of a device, on
    Getui's own channel and, where the app is not running, on that of the phone's maker
    and of Apple. A tap opens the app. The platform drops a repeated call by its
    `request_id`, which the key is.

    **Decodes** nothing: no page could be read that says when a receipt is from.

    Args:
        app: the appid, the scope of cids.
        classes: of messages, which go to the makers below `ups.options`.

    Source:
        https://docs.getui.com/getui/server/rest_v2/push; the platform's own client,
        com.getui.push.v2.sdk, for the lengths of title and words and what a tap does.
    """

    @property
    def profile(self) -> AdapterProfile:
        """Its channel and limits, and the quotas of phone makers."""
        return AdapterProfile(
            "push",
            base_url=f"https://restapi.getui.com/v2/{self.app}",
            credential="header token",
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
        if not content.title:
            problem = "got a notification without a title"
            raise ContentError(touch.channel, problem, "pass Content(text, title=...)")
        device = identity_of(contact, manual, scope=self.app, now=now).value
        key = _request_id(touch.id)
        words = {"title": content.title, "body": content.text}
        shown = {**words, "click_type": "startapp"}
        classes = fields_by_vendor(self.classes, touch.kind)
        ups = {"notification": shown, **({"options": classes} if classes else {})}
        body = {
            "request_id": key,
            "audience": {"cid": [device]},
            "push_message": {"notification": shown},
            "push_channel": {
                "android": {"ups": ups},
                "ios": {
                    "type": "notify",
                    "aps": {"alert": words, "content-available": 0},
                },
            },
        }
        return Request(
            "POST",
            "/push/single/cid",
            body=written(body),
            channel=touch.channel,
            key=key,
            key_field="request_id",
            recipients=(Recipient(touch.id, device),),
        )

    def decode(self, payload: str | bytes) -> tuple[Decoded, ...]:
        """The name of what was passed over; see `ChannelAdapter.decode`."""
        for line in _lines(payload):
            read_json(line, channel=CHANNEL)
        return (Ignored("receipt", reason=UNDATED),)

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = answer_of(response, CODES, channel=CHANNEL, code="code", words="msg")
        if answer.meaning is not None:
            return failed(request, response, answer, view=view)
        task, status = _task(answer)
        outcome = "sent" if status in _TAKEN else "unknown"
        if status == _IGNORED:
            outcome = "not_friend"
        result = Result(outcome, raw=status or answer.raw, reference=task)
        return for_all(request, response, result)


def _request_id(touch_id: str) -> str:
    """A key of the ten to 32 characters that the platform takes."""
    key = key_of(touch_id)
    return key if len(key) >= _SHORTEST_KEY else key_of(touch_id, "")


def _lines(payload: str | bytes) -> Sequence[str | bytes]:
    """The receipts, one on a line; the whole where it is too large, to be refused."""
    if len(payload) > MAX_BYTES:
        return [payload]
    lines = payload.split("\n") if isinstance(payload, str) else payload.split(b"\n")
    return [line for line in lines if line.strip()] or [payload]


def _task(answer: Answer) -> tuple[str, str]:
    """The task of the one device that was called, and what became of it there."""
    data = answer.fields.get("data")
    tasks = list(data.items()) if isinstance(data, dict) else []
    if len(tasks) != 1 or not isinstance(tasks[0][1], dict):
        return "", ""
    task, devices = tasks[0]
    statuses = [status for status in devices.values() if isinstance(status, str)]
    return str(task), statuses[0] if len(statuses) == 1 else ""
