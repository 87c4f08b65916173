from __future__ import annotations

import json

import pytest

from privflow.channels import (
    Content,
    Ignored,
    Report,
    Response,
    Template,
    TencentSmsAdapter,
)
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Event, Identity
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = TencentSmsAdapter(signature="店铺", app="1400006666", parts=2)
TEN = Template("1110", {str(place): f"v{place}" for place in range(10, 0, -1)})


def encoded(content: Content, kind: str = "service"):
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel="sms",
        message="m",
        kind=kind,
        source="journey:j",
    )
    contact = Contact("c", identities=[Identity("phone", "13900000001")])
    return ADAPTER.encode(Send(touch), contact, content, now=NOW)


REQUEST = encoded(Content(template=Template("1110")))


def test_a_call_names_action_and_version_in_its_headers_and_values_by_their_places():
    request = encoded(Content(template=TEN))
    assert (request.method, request.path, dict(request.query)) == ("POST", "/", {})
    assert request.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "X-TC-Action": "SendSms",
        "X-TC-Version": "2021-01-11",
        "X-TC-Region": "ap-guangzhou",
    }
    assert request.json == {
        "PhoneNumberSet": ["13900000001"],
        "SmsSdkAppId": "1400006666",
        "SignName": "店铺",
        "TemplateId": "1110",
        "TemplateParamSet": [f"v{place}" for place in range(1, 11)],
    }


@pytest.mark.parametrize("names", [("name",), ("0",), ("1", "3"), ("1", "02")])
def test_values_without_a_place_are_refused(names):
    with pytest.raises(ContentError, match="values named"):
        encoded(Content(template=Template("1", dict.fromkeys(names, "v"))))


def test_marketing_tells_how_to_unsubscribe_and_keeps_to_its_parts():
    with pytest.raises(ContentError, match="unsubscribe"):
        encoded(Content("上新", template=TEN), "marketing")
    with pytest.raises(ContentError, match="3 messages, expected at most 2"):
        encoded(Content("好" * 130 + "退订回T", template=TEN), "marketing")
    assert encoded(Content("上新，拒收请回复R", template=TEN), "marketing")


@pytest.mark.parametrize(
    "make",
    [
        lambda: TencentSmsAdapter(signature="【店铺】", app="1"),
        lambda: TencentSmsAdapter(signature="店铺", app=""),
    ],
)
def test_an_adapter_without_signature_or_app_is_refused(make):
    with pytest.raises(DefinitionError, match="TencentSmsAdapter"):
        make()


def sent(**status: object) -> dict[str, object]:
    return {"Response": {"SendStatusSet": [{"SerialNo": "5000:1", **status}]}}


def refused(code: object) -> dict[str, object]:
    return {"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": "r"}}


@pytest.mark.parametrize(
    ("status", "fields", "outcome", "raw"),
    [
        (200, sent(Code="Ok"), "sent", "Ok"),
        (
            200,
            sent(Code="FailedOperation.PhoneNumberInBlacklist"),
            "refused",
            "FailedOperation.PhoneNumberInBlacklist",
        ),
        (
            200,
            sent(Code="FailedOperation.TemplateParamSetNotMatchApprovedTemplate"),
            "invalid",
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        ),
        (
            200,
            sent(Code="LimitExceeded.PhoneNumberThirtySecondLimit"),
            "over_limit",
            "LimitExceeded.PhoneNumberThirtySecondLimit",
        ),
        (200, sent(Code="InternalError.Timeout"), "unknown", "InternalError.Timeout"),
        (200, sent(Code="FailedOperation.New"), "unknown", "FailedOperation.New"),
        (
            200,
            refused("AuthFailure.SecretIdNotFound"),
            "forbidden",
            "AuthFailure.SecretIdNotFound",
        ),
        (
            200,
            refused("AuthFailure.SignatureExpire"),
            "retryable",
            "AuthFailure.SignatureExpire",
        ),
        (
            200,
            refused("RequestLimitExceeded.IPLimitExceeded"),
            "rate_limited",
            "RequestLimitExceeded.IPLimitExceeded",
        ),
        (200, refused(7), "unknown", "7"),
        (200, refused(None), "unknown", "200"),
        (200, {"Response": {"SendStatusSet": [{}, {}]}}, "unknown", "200"),
        (200, {"Response": {"SendStatusSet": []}}, "unknown", "200"),
        (200, {"Response": 7}, "unknown", "200"),
        (502, {}, "unknown", "502"),
        (429, {}, "rate_limited", "429"),
    ],
)
def test_a_code_means_what_it_or_its_family_means(status, fields, outcome, raw):
    """Q4: a provider that waited in vain may have sent it."""
    response = Response(status, json.dumps(fields), at=NOW)
    result = ADAPTER.decode_response(REQUEST, response)
    assert (result.outcome, result.raw) == (outcome, raw)
    assert result.reference == ("5000:1" if outcome == "sent" else "")


REPORT = {
    "user_receive_time": "2026-10-20 09:30:05",
    "nationcode": "86",
    "mobile": "13900000001",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "ok",
    "sid": "5000:1",
}
ANSWER = {
    "extend": "",
    "mobile": "13900000001",
    "nationcode": "86",
    "sign": "店铺",
    "text": "TD",
    "time": 1457336869,
}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("SUCCESS", "delivered"), ("FAIL", "ambiguous"), (None, "ambiguous")],
)
def test_a_report_names_the_providers_number_in_the_time_of_china(status, outcome):
    (report,) = ADAPTER.decode(json.dumps([{**REPORT, "report_status": status}]))
    assert isinstance(report, Report)
    assert (report.reference, report.outcome, report.raw) == (
        "5000:1",
        outcome,
        "DELIVRD",
    )
    assert report.at == instant("2026-10-20T09:30:05+08:00")
    assert "13900000001" not in repr(report)


def test_a_report_without_words_has_none():
    (report,) = ADAPTER.decode(json.dumps({**REPORT, "errmsg": 7}))
    assert isinstance(report, Report) and report.raw == ""


@pytest.mark.parametrize(
    ("words", "name"), [(" td ", "opted_out"), ("多少钱", "message_received")]
)
def test_an_answer_refuses_or_says_something(words, name):
    (event,) = ADAPTER.decode(json.dumps({**ANSWER, "text": words}))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id) == (name, "13900000001")
    assert event.at.us == 1457336869 * 1_000_000
    again = ADAPTER.decode(json.dumps({**ANSWER, "text": words}))
    other = ADAPTER.decode(json.dumps({**ANSWER, "text": words, "time": 1457336870}))
    assert again == (event,) and other[0].id != event.id


@pytest.mark.parametrize(
    ("payload", "name"), [("[]", "empty"), ('[{"a": 1}]', "untyped")]
)
def test_what_tells_nothing_is_ignored(payload, name):
    (ignored,) = ADAPTER.decode(payload)
    assert isinstance(ignored, Ignored) and ignored.name == name


@pytest.mark.parametrize(
    "entry",
    [
        7,
        {**REPORT, "user_receive_time": "soon"},
        {**REPORT, "sid": ""},
        {**REPORT, "mobile": None},
        {**ANSWER, "time": "soon"},
        {**ANSWER, "mobile": 139},
    ],
)
def test_an_entry_that_lacks_what_is_promised_is_refused(entry):
    with pytest.raises(PayloadError, match="sms: "):
        ADAPTER.decode(json.dumps([entry]))
