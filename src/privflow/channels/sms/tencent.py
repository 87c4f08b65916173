"""The adapter of SMS (短信), in the form of Tencent Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from typing_extensions import override

from privflow.channels.adapter import AdapterProfile
from privflow.channels.answer import Answer, answer_of, failed, sent
from privflow.channels.content import Content
from privflow.channels.ignored import NO_EVENT, Decoded, Ignored
from privflow.channels.request import Request, key_of, written
from privflow.channels.response import Response
from privflow.channels.result import Codes, Report, Result
from privflow.channels.sms.callback import answered, required, time_of
from privflow.channels.sms.preset import PRESETS
from privflow.channels.sms.sender import SmsSender, manual
from privflow.channels.sms.tencent_code import CODES
from privflow.channels.sms.text import CHANNEL
from privflow.channels.stamp import instant_of
from privflow.engine import Command
from privflow.errors import ContentError
from privflow.facts import Contact, required_text
from privflow.timing import Instant
from privflow.touches import View

_SMS: Final = manual("window_closed")


def _app(given: str) -> str:
    return required_text("TencentSmsAdapter.app", given)


@frozen(kw_only=True)
class TencentSmsAdapter(SmsSender):
    """Sends and reads SMS in the form of Tencent Cloud's interface (腾讯云短信适配器).

    **Encodes** a `Template`, whose values are named as its places are, `"1"`, `"2"` and
    so on. Of marketing the host gives the finished words beside it, as for
    `SmsAdapter`. The provider does not recognise a repeated call; the host signs it
    (TC3-HMAC-SHA256), and adds `X-TC-Timestamp` and `Authorization` to its headers.

    **Decodes** delivery reports, by the number that `Result.reference` has, and what
    people answer: `opted_out` for one of `stop_words`, else `message_received`. A
    `contact_id` is the phone number without the code of its country.

    Args:
        signature: the approved one, without brackets.
        app: the SmsSdkAppId.
        region: of the interface, not of the phone.
        opt_out: of these, one stands in every marketing text.
        stop_words: answers that refuse further messages, upper and lower case alike.
        parts: how many messages a text may be charged as; None for any number.

    Source:
        https://cloud.tencent.com/document/api/382/55981 (SendSms, 2021-01-11), 5807
        (reports) and 5809 (answers).

    >>> report = '''[{"user_receive_time": "2026-10-20 09:30:05", "nationcode": "86",
    ... "mobile": "13900000001", "report_status": "SUCCESS", "errmsg": "DELIVRD",
    ... "description": "ok", "sid": "5000:1"}]'''
    >>> (told,) = TencentSmsAdapter(signature="店铺", app="1400006666").decode(report)
    >>> told.reference, told.outcome
    ('5000:1', 'delivered')
    """

    app: str = field(converter=_app)
    region: str = "ap-guangzhou"

    @property
    @override
    def profile(self) -> AdapterProfile:
        """Its channel and limits, and the quotas of providers."""
        return AdapterProfile(
            "sms",
            base_url="https://sms.tencentcloudapi.com",
            credential="headers X-TC-Timestamp and Authorization: TC3-HMAC-SHA256",
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
        body = {
            "PhoneNumberSet": [whom.address],
            "SmsSdkAppId": self.app,
            "SignName": self.signature,
            "TemplateId": "" if template is None else template.id,
            "TemplateParamSet": _values({} if template is None else template.values),
        }
        return Request(
            "POST",
            "/",
            body=written(body),
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "X-TC-Action": "SendSms",
                "X-TC-Version": "2021-01-11",
                "X-TC-Region": self.region,
            },
            channel=touch.channel,
            key=key_of(touch.id),
            recipients=(whom,),
        )

    @override
    def _decoded(self, entry: Mapping[str, object]) -> Decoded:
        if "report_status" in entry:
            return _report(entry)
        if "text" not in entry:
            return Ignored("untyped", reason=NO_EVENT)
        return answered(
            required(entry, "mobile"),
            entry["text"],
            at=instant_of(CHANNEL, "time", entry.get("time")),
            stop_words=self.stop_words,
            number=None,
        )

    def decode_response(
        self, request: Request, response: Response, *, view: View | None = None
    ) -> Result:
        """What became of a request; see `ChannelAdapter.decode_response`."""
        answer = _answer(response)
        if answer.meaning is not None:
            return failed(request, response, answer, view=view)
        number = answer.fields.get("SerialNo")
        reference = number if isinstance(number, str) else ""
        return sent(request, response, answer, reference=reference)


def _values(given: Mapping[str, object]) -> list[str]:
    """The values in the order of the template's places, `{1}`, `{2}` and so on."""
    names = [str(place + 1) for place in range(len(given))]
    if set(names) != set(given):
        problem = f"got values named {sorted(given)}, expected {names}"
        raise ContentError(CHANNEL, problem, "name them as the template's places are")
    return [str(given[name]) for name in names]


def _answer(response: Response) -> Answer:
    """The answer for the one phone that was called, or for the call as a whole."""
    whole = response.fields(CHANNEL).get("Response")
    told = whole if isinstance(whole, dict) else {}
    listed = told.get("SendStatusSet")
    parts = listed if isinstance(listed, list) else [told.get("Error")]
    part = parts[0] if len(parts) == 1 and isinstance(parts[0], dict) else {}
    inner = Response(response.status, written(part), at=response.at)
    return answer_of(
        inner, _codes_of(part), channel=CHANNEL, code="Code", words="Message"
    )


def _codes_of(part: Mapping[str, object]) -> Codes:
    """The codes, that of the answer among them by its family where it is not."""
    raw = part.get("Code")
    family = CODES.get(raw.partition(".")[0]) if isinstance(raw, str) else None
    if family is None or not isinstance(raw, str) or raw in CODES:
        return CODES
    return {**CODES, raw: family}


def _report(entry: Mapping[str, object]) -> Report:
    raw = entry.get("errmsg")
    return Report(
        required(entry, "sid"),
        "delivered" if entry.get("report_status") == "SUCCESS" else "ambiguous",
        at=time_of(entry, "user_receive_time"),
        address=required(entry, "mobile"),
        raw=raw if isinstance(raw, str) else "",
    )
