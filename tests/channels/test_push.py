from __future__ import annotations

import pytest

from privflow.channels import Content, GetuiAdapter, PushAdapter, Response
from privflow.channels.push import VendorClass
from privflow.engine import Send
from privflow.errors import DefinitionError
from privflow.facts import Contact, Identity
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = PushAdapter(app="app")


def encoded(content: Content, kind: str = "marketing", adapter=ADAPTER):
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel="push",
        message="m",
        kind=kind,
        source="journey:j",
    )
    contact = Contact("c", identities=[Identity("push.token", "d-1", scope="app")])
    return adapter.encode(Send(touch), contact, content, now=NOW)


@pytest.mark.parametrize(
    ("kind", "classification"), [("marketing", 0), ("service", 1), ("transactional", 1)]
)
def test_marketing_goes_as_an_operating_message(kind, classification):
    request = encoded(Content("上新"), kind)
    assert request.json["options"] == {"classification": classification}
    assert request.json["audience"] == {"registration_id": ["d-1"]}


def test_a_title_stands_where_each_system_wants_it():
    notification = encoded(Content("上新", title="店铺")).json["notification"]
    assert notification["android"] == {"alert": "上新", "title": "店铺"}
    assert notification["ios"] == {"alert": {"title": "店铺", "body": "上新"}}
    bare = encoded(Content("上新")).json["notification"]
    assert bare["ios"] == {"alert": "上新"}


@pytest.mark.parametrize(
    ("status", "body", "outcome", "raw"),
    [
        (200, '{"sendno": "0", "msg_id": "7"}', "sent", "200"),
        (400, '{"error": {"code": 1011, "message": "m"}}', "not_friend", "1011"),
        (400, '{"error": {"code": 9999}}', "unknown", "9999"),
        (400, '{"error": "x"}', "unknown", "400"),
        (200, "{}", "unknown", "200"),
        (429, "", "rate_limited", "429"),
        (0, "", "unknown", "0"),
    ],
)
def test_an_answer_is_a_number_an_error_or_neither(status, body, outcome, raw):
    response = Response(status, body, at=NOW)
    result = ADAPTER.decode_response(encoded(Content("上新")), response)
    assert (result.outcome, result.raw) == (outcome, raw)
    assert result.reference == ("7" if outcome == "sent" else "")


CLASSES = (
    VendorClass("xiaomi", {"channel_id": "1"}, kind="marketing"),
    VendorClass("xiaomi", {"channel_id": "2"}, kind="service"),
    VendorClass("huawei", {"importance": "NORMAL"}),
    VendorClass("huawei", {"category": "MARKETING"}, kind="marketing"),
)


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        (
            "marketing",
            {
                "xiaomi": {"channel_id": "1"},
                "huawei": {"importance": "NORMAL", "category": "MARKETING"},
            },
        ),
        (
            "service",
            {"xiaomi": {"channel_id": "2"}, "huawei": {"importance": "NORMAL"}},
        ),
        ("transactional", {"huawei": {"importance": "NORMAL"}}),
    ],
)
def test_each_kind_goes_in_the_class_that_a_maker_has_for_it(kind, classes):
    by_jiguang = encoded(Content("a"), kind, PushAdapter(app="app", classes=CLASSES))
    assert by_jiguang.json["options"]["third_party_channel"] == classes
    getui = GetuiAdapter(app="app", classes=list(CLASSES))
    ups = encoded(Content("a", title="t"), kind, getui).json["push_channel"]["android"]
    assert ups["ups"]["options"] == classes


@pytest.mark.parametrize(("vendor", "fields"), [("", {"a": 1}), ("xiaomi", {})])
def test_a_class_without_a_maker_or_without_fields_is_refused(vendor, fields):
    with pytest.raises(DefinitionError, match="VendorClass"):
        VendorClass(vendor, fields)


def test_an_adapter_without_an_app_is_refused():
    with pytest.raises(DefinitionError, match=r"PushAdapter\.app"):
        PushAdapter(app="")
