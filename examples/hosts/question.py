"""What is asked of a platform about a call: have you taken it, what became of it?

A call whose answer got lost may have been carried out. Where the platform knows a
repeat by its key, or takes a code once only, the call is simply made again. Where it
does not, it is asked first what it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final, Protocol

import privflow as pf
from hosts.shop import SMS, WECOM, ZONE
from privflow.channels import ChannelAdapter, Request, Response, receipt_of, wecom

_SECOND: Final = 1_000_000
_SKEW: Final = pf.span("5m")
_LISTED: Final = "/cgi-bin/externalcontact/get_groupmsg_list_v2"
_SMS_ENDS: Final = {"2": "ambiguous", "3": "delivered"}


class Platform(Protocol):
    """One platform as a host sees it: its adapter, and what can be asked of it."""

    @property
    def adapter(self) -> ChannelAdapter:
        """What encodes and decodes for it."""

    def knows_repeats(self, channel: str) -> bool:
        """Whether the same call may be made again after its answer got lost."""

    def was_taken(self, request: Request, tried: pf.Instant) -> Request:
        """Asks whether the platform has taken a call that was tried."""

    def taken_as(self, request: Request, answer: Response) -> tuple[str, ...] | None:
        """The references under which it may have it; None for no answer."""

    def progress(
        self, request: Request, reference: str, tried: pf.Instant
    ) -> Request | None:
        """Asks what became of it; None where the platform tells by itself, or never."""

    def told(
        self, question: Request, answer: Response
    ) -> tuple[pf.Receipt, ...] | None:
        """The ends that it answers with; None for no answer."""

    def remind(self, reference: str) -> Request | None:
        """Reminds staff of a task; None where there are none."""

    def recall(self, request: Request, reference: str) -> Request | None:
        """Stops what has not left yet; None where that cannot be done."""


class WeCom:
    """Mass sends are asked about and stopped; codes and keys make the rest safe."""

    adapter = WECOM

    def knows_repeats(self, channel: str) -> bool:
        manual = self.adapter.profile.manual(channel)
        return manual.takes_key or manual.channel.token is not None

    def was_taken(self, request: Request, tried: pf.Instant) -> Request:
        """The tasks of the member since then.

        Source:
            https://developer.work.weixin.qq.com/document/path/93338.
        """
        body = {
            "chat_type": "single",
            "start_time": (tried - _SKEW).us // _SECOND,
            "end_time": (tried + _SKEW).us // _SECOND,
            "creator": request.json["sender"],
            "filter_type": 0,
            "limit": 100,
        }
        return Request("POST", _LISTED, body=json.dumps(body), channel="wecom.mass")

    def taken_as(self, request: Request, answer: Response) -> tuple[str, ...] | None:
        fields = answer.fields("wecom")
        if not answer.is_fine or fields.get("errcode") != 0:
            return None
        said = request.json["text"]
        listed = _objects(fields.get("group_msg_list"))
        return tuple(str(one["msgid"]) for one in listed if one.get("text") == said)

    def progress(
        self, request: Request, reference: str, tried: pf.Instant
    ) -> Request | None:
        del tried
        if request.channel != "wecom.mass":
            return None
        return wecom.mass_results(request, reference, staff=request.json["sender"])

    def told(
        self, question: Request, answer: Response
    ) -> tuple[pf.Receipt, ...] | None:
        if answer.fields("wecom").get("errcode") != 0:
            return None
        return self.adapter.decode_response(question, answer).receipts

    def remind(self, reference: str) -> Request | None:
        return wecom.remind(reference)

    def recall(self, request: Request, reference: str) -> Request | None:
        is_task = request.channel == "wecom.mass"
        return wecom.cancel(request, reference) if is_task else None


class Sms:
    """The provider lists what it sent to a phone on a day, with the ids of touches.

    Source:
        https://help.aliyun.com/document_detail/419277.html (QuerySendDetails).
    """

    adapter = SMS

    def knows_repeats(self, channel: str) -> bool:
        return self.adapter.profile.manual(channel).takes_key

    def was_taken(self, request: Request, tried: pf.Instant) -> Request:
        day = tried.isoformat(ZONE)[:10].replace("-", "")
        query = {
            "Action": "QuerySendDetails",
            "Version": "2017-05-25",
            "PhoneNumber": request.query["PhoneNumbers"],
            "SendDate": day,
            "PageSize": 50,
            "CurrentPage": 1,
        }
        return Request(
            "POST", "/", query=query, channel="sms", recipients=request.recipients
        )

    def taken_as(self, request: Request, answer: Response) -> tuple[str, ...] | None:
        if answer.fields("sms").get("Code") != "OK":
            return None
        (whom,) = request.recipients
        return tuple(whom.touch_id for _ in _details(answer, whom.touch_id))

    def progress(
        self, request: Request, reference: str, tried: pf.Instant
    ) -> Request | None:
        del reference
        return self.was_taken(request, tried)

    def told(
        self, question: Request, answer: Response
    ) -> tuple[pf.Receipt, ...] | None:
        if answer.fields("sms").get("Code") != "OK":
            return None
        (whom,) = question.recipients
        return tuple(
            receipt_of(
                whom.touch_id,
                _SMS_ENDS[str(detail["SendStatus"])],
                at=min(pf.instant(str(detail["ReceiveDate"]), tz=ZONE), answer.at),
                raw=str(detail.get("ErrCode", "")),
            )
            for detail in _details(answer, whom.touch_id)
            if str(detail.get("SendStatus")) in _SMS_ENDS
        )

    def remind(self, reference: str) -> Request | None:
        del reference
        return None

    def recall(self, request: Request, reference: str) -> Request | None:
        del request, reference
        return None


PLATFORMS: Final[Mapping[str, Platform]] = {"wecom": WeCom(), "sms": Sms()}


def platform_of(channel: str) -> Platform:
    """The platform that a channel is one of."""
    return PLATFORMS[channel.partition(".")[0]]


def _details(answer: Response, touch_id: str) -> Iterator[Mapping[str, object]]:
    listed = answer.fields("sms").get("SmsSendDetailDTOs")
    details = listed.get("SmsSendDetailDTO") if isinstance(listed, dict) else None
    return (one for one in _objects(details) if one.get("OutId") == touch_id)


def _objects(given: object) -> Iterator[Mapping[str, object]]:
    if isinstance(given, list):
        yield from (one for one in given if isinstance(one, dict))
