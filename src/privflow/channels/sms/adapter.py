"""The adapter of SMS (短信), in the form of Aliyun."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen
from typing_extensions import override

from privflow.channels.adapter import AdapterProfile
from privflow.channels.answer import answer_of, failed, sent
from privflow.channels.content import Content
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.request import Request, key_of
from privflow.channels.response import Response
from privflow.channels.result import Codes, Meaning, Report, Result, receipt_of
from privflow.channels.sms.callback import answered, required, time_of
from privflow.channels.sms.preset import PRESETS
from privflow.channels.sms.sender import SmsSender, manual
from privflow.channels.sms.text import CHANNEL
from privflow.engine import Command
from privflow.facts import Contact, Event
from privflow.timing import Instant
from privflow.touches import View

CODES: Final[Codes] = MappingProxyType({
    "isv.BUSINESS_LIMIT_CONTROL": Meaning("over_limit", "the phone got too many"),
    "isv.DAY_LIMIT_CONTROL": Meaning("over_limit", "the account's cap of the day"),
    "isv.MONTH_LIMIT_CONTROL": Meaning("over_limit", "the account's cap of the month"),
    "isv.MOBILE_NUMBER_ILLEGAL": Meaning("invalid", "no phone number"),
    "isv.BLACK_KEY_CONTROL_LIMIT": Meaning(
        "ambiguous",
        "the phone is on a black list, or a value holds a forbidden word",
        candidates=("refused", "invalid"),
    ),
    "isv.SMS_TEMPLATE_ILLEGAL": Meaning("invalid", "the template is not approved"),
    "isv.SMS_SIGNATURE_ILLEGAL": Meaning("invalid", "the signature is not approved"),
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": Meaning("invalid", "signature and template"),
    "isv.TEMPLATE_MISSING_PARAMETERS": Meaning("invalid", "a value is missing"),
    "isv.INVALID_PARAMETERS": Meaning("invalid", "a parameter is invalid"),
    "isv.PARAM_LENGTH_LIMIT": Meaning("invalid", "a value is too long"),
    "isv.SMS_CONTENT_ILLEGAL": Meaning("invalid", "forbidden words"),
    "isv.OUT_OF_SERVICE": Meaning("forbidden", "the account is out of service"),
    "isv.AMOUNT_NOT_ENOUGH": Meaning("forbidden", "the account has no money left"),
    "isv.ACCOUNT_NOT_EXISTS": Meaning("forbidden", "no such account"),
    "isv.ACCOUNT_ABNORMAL": Meaning("forbidden", "something is wrong with the account"),
    "isv.DENY_IP_RANGE": Meaning("forbidden", "the address of the caller is denied"),
    "isp.RAM_PERMISSION_DENY": Meaning("forbidden", "the key may not send"),
    "isp.SYSTEM_ERROR": Meaning("retryable", "the system is busy"),
    "ServiceUnavailable": Meaning("retryable", "the service is not available"),
    "Throttling": Meaning("rate_limited", "the interface was called too often"),
    "Throttling.User": Meaning("rate_limited", "the account called too often"),
})
"""By `Code`.

Source:
    https://help.aliyun.com, error codes of SendSms (2017-05-25).
"""

_SMS: Final = manual()


def _opted_out(request: Request, view: View, at: Instant) -> str:
    """BLACK_KEY: a person who refused before, as far as the timeline tells."""
    del request
    refusals = (when for when, *_ in view.timeline.rows("opted_out") if when <= at)
    return "refused" if any(True for _ in refusals) else ""


_RESOLVERS: Final = MappingProxyType({"isv.BLACK_KEY_CONTROL_LIMIT": _opted_out})


@frozen(kw_only=True)
class SmsAdapter(SmsSender):
    """Sends and reads SMS in the form of Aliyun's interface (短信适配器).

    **Encodes** a `Template`: the provider keeps the words. Of marketing the host gives
    the finished words beside it, `Content(text, template=...)`, so that it can be seen
    that they tell how to unsubscribe, which law and providers ask for. `out_id` carries
    the id of the touch. The provider does not recognise a repeated call.

    **Decodes** delivery reports to receipts, and what people answer: `opted_out` for
    one of `stop_words`, else `message_received`. A `contact_id` is the phone number.

    Args:
        signature: the approved one, without brackets.
        opt_out: of these, one stands in every marketing text.
        stop_words: answers that refuse further messages, upper and lower case alike.
        parts: how many messages a text may be charged as; None for any number.

    Source:
        https://help.aliyun.com, SendSms and SmsReport (2017-05-25);
        https://help.aliyun.com/zh/sms/developer-reference/smsup-http for what people
        answer: phone_number, content, send_time, dest_code, sequence_id.

    >>> reports = '''[{"phone_number": "13900000001", "success": true, "out_id": "t-1",
    ... "report_time": "2026-10-20 09:30:05", "err_code": "DELIVERED"}]'''
    >>> (receipt,) = SmsAdapter(signature="店铺").decode(reports)
    >>> receipt.touch_id, receipt.status
    ('t-1', 'delivered')
    """

    @property
    @override
    def profile(self) -> AdapterProfile:
        """Its channel and limits, and the quotas of providers."""
        return AdapterProfile(
            "sms",
            base_url="https://dysmsapi.aliyuncs.com",
            credential="a signature of the request, as the provider asks",
            channels=(_SMS,),
            presets=PRESETS,
        )

    def encode(
        self, command: Command, contact: Contact, content: Content, *, now: Instant
    ) -> Request:
        """The call that carries out a command; see `ChannelAdapter.encode`."""
        touch = command.touch
        whom = self._recipient(command, contact, content, now)
        template = content.template
        values = {} if template is None else template.values
        texts = {name: str(value) for name, value in values.items()}
        query = {
            "Action": "SendSms",
            "Version": "2017-05-25",
            "PhoneNumbers": whom.address,
            "SignName": self.signature,
            "TemplateCode": "" if template is None else template.id,
            "TemplateParam": json.dumps(texts, ensure_ascii=False) if texts else None,
            "OutId": touch.id,
        }
        return Request(
            "POST",
            "/",
            query=query,
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(whom,),
        )

    @override
    def _decoded(self, entry: Mapping[str, object]) -> Decoded:
        if "report_time" in entry:
            return _report(entry)
        if "content" in entry:
            return self._answer(entry)
        return Ignored("untyped", reason=NO_EVENT)

    def _answer(self, entry: Mapping[str, object]) -> Event:
        return answered(
            required(entry, "phone_number"),
            entry["content"],
            at=time_of(entry, "send_time"),
            stop_words=self.stop_words,
            number=entry.get("sequence_id"),
        )

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = answer_of(
            response, CODES, channel=CHANNEL, code="Code", words="Message"
        )
        if answer.meaning is not None:
            return failed(request, response, answer, resolvers=_RESOLVERS, view=view)
        number = answer.fields.get("BizId")
        reference = number if isinstance(number, str) else ""
        return sent(request, response, answer, reference=reference)


def _report(entry: Mapping[str, object]) -> Decoded:
    at = time_of(entry, "report_time")
    raw = entry.get("err_code")
    code = raw if isinstance(raw, str) else ""
    outcome = "delivered" if entry.get("success") is True else "ambiguous"
    touch = entry.get("out_id")
    if isinstance(touch, str) and touch.strip():
        return receipt_of(touch, outcome, at=at, raw=code)
    return Report(
        required(entry, "biz_id"),
        outcome,
        at=at,
        address=required(entry, "phone_number"),
        raw=code,
    )
