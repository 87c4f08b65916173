from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import Content, Ignored, Report, Response, SmsAdapter, Template
from privflow.channels.sms import segments
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Event, Identity, Timeline
from privflow.timing import instant
from privflow.touches import Ledger, Receipt, Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = SmsAdapter(signature="店铺", parts=2)
TEMPLATE = Template("SMS_1", {"name": "林", "count": 3})


def encoded(content: Content, kind: str = "marketing", adapter: SmsAdapter = ADAPTER):
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel="sms",
        message="m",
        kind=kind,
        source="journey:j",
    )
    contact = Contact("c", identities=[Identity("phone", "13900000001")])
    return adapter.encode(Send(touch), contact, content, now=NOW)


# ── Length ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "count"),
    [(0, 1), (66, 1), (67, 2), (130, 2), (131, 3), (197, 3), (198, 4)],
)
def test_a_text_with_its_signature_is_cut_at_70_and_then_at_67(length, count):
    assert segments("好" * length, signature="店铺") == count


@given(st.text(max_size=300), st.text(min_size=1, max_size=12))
def test_parts_hold_the_text_and_none_is_left_over(text, signature):
    count, whole = segments(text, signature=signature), len(text) + len(signature) + 2
    assert whole <= (70 if count == 1 else 67 * count)
    assert count == 1 or whole > 67 * (count - 1)


# ── Calls ────────────────────────────────────────────────────────────────────


def test_a_call_names_template_values_and_the_touch():
    words = "林，3 件新品。拒收请回复R"
    request = encoded(Content(words, template=TEMPLATE))
    assert request.query["OutId"] == "t-1"
    assert request.query["SignName"] == "店铺"
    assert json.loads(str(request.query["TemplateParam"])) == {
        "name": "林",
        "count": "3",
    }
    assert words not in request.body and "13900000001" not in repr(request)


def test_a_template_without_values_sends_none():
    request = encoded(Content(template=Template("SMS_2")), "service")
    assert "TemplateParam" not in request.query


def test_marketing_tells_how_to_unsubscribe():
    with pytest.raises(ContentError, match="unsubscribe"):
        encoded(Content("上新", template=TEMPLATE))
    with pytest.raises(ContentError, match="unsubscribe"):
        encoded(Content(template=TEMPLATE))
    own = SmsAdapter(signature="店铺", opt_out=["STOP"])
    assert encoded(Content("new, STOP", template=TEMPLATE), adapter=own)
    assert encoded(Content(template=TEMPLATE), "transactional")


def test_a_text_of_too_many_parts_is_refused():
    long = Content("好" * 130 + "退订回T", template=TEMPLATE)
    with pytest.raises(ContentError, match="3 messages, expected at most 2"):
        encoded(long)
    assert encoded(long, adapter=SmsAdapter(signature="店铺"))


@pytest.mark.parametrize("signature", ["", "【店铺】"])
def test_a_signature_is_written_without_brackets(signature):
    with pytest.raises(DefinitionError, match=r"SmsAdapter\.signature"):
        SmsAdapter(signature=signature)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("OK", "sent"),
        ("isv.BUSINESS_LIMIT_CONTROL", "over_limit"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "ambiguous"),
        ("isv.BRAND_NEW", "unknown"),
    ],
)
def test_a_code_has_an_outcome(code, outcome):
    body = json.dumps({"Code": code, "Message": "m", "BizId": "b-1"})
    request = encoded(Content(template=TEMPLATE), "service")
    result = ADAPTER.decode_response(request, Response(200, body, at=NOW))
    assert (result.outcome, result.raw) == (outcome, code)
    assert result.reference == ("b-1" if outcome == "sent" else "")


# ── Reports and answers ──────────────────────────────────────────────────────

REPORT = {
    "phone_number": "13900000001",
    "send_time": "2026-10-20 09:30:00",
    "report_time": "2026-10-20 09:30:05",
    "success": True,
    "err_code": "DELIVERED",
    "biz_id": "b-1",
    "out_id": "t-1",
}
ANSWER = {
    "phone_number": "13900000001",
    "send_time": "2026-10-20 09:30:00",
    "content": "TD",
    "sequence_id": 42,
}


def test_a_report_is_the_receipt_of_its_touch_in_the_time_of_china():
    (receipt,) = ADAPTER.decode(json.dumps([REPORT]))
    assert isinstance(receipt, Receipt)
    assert (receipt.touch_id, receipt.status) == ("t-1", "delivered")
    assert receipt.at == instant("2026-10-20T09:30:05+08:00")


@pytest.mark.parametrize("success", [False, "true", None])
def test_a_report_of_no_success_is_a_failure_of_unknown_reason(success):
    (receipt,) = ADAPTER.decode(json.dumps([{**REPORT, "success": success}]))
    assert isinstance(receipt, Receipt)
    assert (receipt.status, receipt.reason) == ("failed", "unknown")


def test_a_report_without_a_touch_names_the_providers_number():
    (report,) = ADAPTER.decode(json.dumps({**REPORT, "out_id": ""}))
    assert isinstance(report, Report) and report.reference == "b-1"
    assert "13900000001" not in repr(report)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("TD", "opted_out"),
        (" td ", "opted_out"),
        ("退订", "opted_out"),
        ("多少钱", "message_received"),
    ],
)
def test_an_answer_refuses_or_says_something(words, name):
    (event,) = ADAPTER.decode(json.dumps([{**ANSWER, "content": words}]))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id, event.id) == (name, "13900000001", "sms:42")


@pytest.mark.parametrize("words", ["", None, 7])
def test_an_answer_without_words_is_a_message_without_text(words):
    (event,) = ADAPTER.decode(json.dumps([{**ANSWER, "content": words}]))
    assert isinstance(event, Event) and event.name == "message_received"
    assert event.properties == {"channel": "sms", "kind": "text"}


def test_a_black_list_is_a_refusal_of_who_refused_before_the_answer():
    class Past:
        contact, timezone, ledger = Contact("c"), "UTC", Ledger()
        timeline = Timeline([Event("opted_out", "c", at=NOW)])

    request = encoded(Content("拒收请回复R", template=TEMPLATE))
    body = '{"Code": "isv.BLACK_KEY_CONTROL_LIMIT"}'
    told = [
        ADAPTER.decode_response(request, Response(200, body, at=at), view=Past())
        for at in (instant("2026-10-20T09:29+08:00"), NOW)
    ]
    assert [one.outcome for one in told] == ["ambiguous", "refused"]


def test_an_answer_without_a_number_is_known_by_phone_time_and_words():
    entry = {key: ANSWER[key] for key in ("phone_number", "send_time", "content")}
    (event,) = ADAPTER.decode(json.dumps([entry]))
    assert isinstance(event, Event) and event.id == "sms:13900000001:1792459800:TD"


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
        {**REPORT, "report_time": "soon"},
        {**REPORT, "report_time": 7},
        {**REPORT, "out_id": "", "biz_id": ""},
        {**ANSWER, "phone_number": " "},
    ],
)
def test_an_entry_that_lacks_what_is_promised_is_refused(entry):
    with pytest.raises(PayloadError, match="sms: "):
        ADAPTER.decode(json.dumps([entry]))
