from __future__ import annotations

import json

import pytest

from privflow.channels import Content, GetuiAdapter, Ignored, Response
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Identity
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = GetuiAdapter(app="app")
NEWS = Content("上新", title="店铺")


def encoded(content: Content = NEWS, touch_id: str = "0123456789ab"):
    touch = Touch(
        id=touch_id,
        contact_id="c",
        channel="push",
        message="m",
        kind="marketing",
        source="journey:j",
    )
    contact = Contact("c", identities=[Identity("push.token", "d-1", scope="app")])
    return ADAPTER.encode(Send(touch), contact, content, now=NOW)


def test_a_call_shows_the_same_on_every_channel():
    request = encoded()
    shown = {"title": "店铺", "body": "上新", "click_type": "startapp"}
    assert request.path == "/push/single/cid"
    assert ADAPTER.profile.base_url == "https://restapi.getui.com/v2/app"
    assert request.json == {
        "request_id": "0123456789ab",
        "audience": {"cid": ["d-1"]},
        "push_message": {"notification": shown},
        "push_channel": {
            "android": {"ups": {"notification": shown}},
            "ios": {
                "type": "notify",
                "aps": {
                    "alert": {"title": "店铺", "body": "上新"},
                    "content-available": 0,
                },
            },
        },
    }


@pytest.mark.parametrize("touch_id", ["t", "t-1", "123456789", "0" * 10, "x" * 99])
def test_a_key_has_the_length_that_the_platform_takes(touch_id):
    key = encoded(touch_id=touch_id).key
    assert 10 <= len(key) <= 32 and key == encoded(touch_id=touch_id).key


def test_a_key_that_is_long_enough_is_the_touch_itself():
    assert encoded(touch_id="0123456789").key == "0123456789"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Content("上新"), "without a title"),
        (Content("上新", title="店" * 51), "title of 51 characters"),
        (Content("上" * 257, title="店铺"), "text of 257 characters"),
        (Content(title="店铺"), "empty"),
    ],
)
def test_a_notification_has_a_title_and_words_of_their_length(content, told):
    with pytest.raises(ContentError, match=told):
        encoded(content)
    assert encoded(Content("上" * 256, title="店" * 50))


def taken(status: object) -> dict[str, object]:
    return {"code": 0, "msg": "", "data": {"task-1": {"d-1": status}}}


@pytest.mark.parametrize(
    ("status", "fields", "outcome", "raw", "reference"),
    [
        (200, taken("successed_online"), "sent", "successed_online", "task-1"),
        (200, taken("successed_offline"), "sent", "successed_offline", "task-1"),
        (200, taken("successed_ignore"), "not_friend", "successed_ignore", "task-1"),
        (200, taken("brand_new"), "unknown", "brand_new", "task-1"),
        (200, taken(7), "unknown", "0", "task-1"),
        (200, {"code": 0}, "unknown", "0", ""),
        (200, {"code": 0, "data": {"a": {}, "b": {}}}, "unknown", "0", ""),
        (200, {"code": 0, "data": {"a": 7}}, "unknown", "0", ""),
        (401, {"code": 10001, "msg": "m"}, "retryable", "10001", ""),
        (401, {"code": 10005, "msg": "m"}, "rate_limited", "10005", ""),
        (400, {"code": 20001, "msg": "m"}, "invalid", "20001", ""),
        (400, {"code": 99999}, "unknown", "99999", ""),
        (503, {}, "unknown", "503", ""),
    ],
)
def test_an_answer_tells_of_the_call_and_of_the_device(
    status, fields, outcome, raw, reference
):
    response = Response(status, json.dumps(fields), at=NOW)
    result = ADAPTER.decode_response(encoded(), response)
    assert (result.outcome, result.raw, result.reference) == (outcome, raw, reference)


def test_receipts_are_passed_over_line_by_line():
    for payload in (
        '{"code": "200"}',
        '{"a": 1}\r\n\r\n{"a": "\u2028"}',
        b'{"a": 1}\n',
    ):
        (ignored,) = ADAPTER.decode(payload)
        assert isinstance(ignored, Ignored) and ignored.name == "receipt"


@pytest.mark.parametrize(
    "payload", ["", "\n", '{"a": 1}\n{', b"\xff", '{"a": 1}\n' * 600_000]
)
def test_receipts_that_cannot_be_read_are_refused(payload):
    with pytest.raises(PayloadError, match="push: "):
        ADAPTER.decode(payload)


def test_an_adapter_without_an_app_is_refused():
    with pytest.raises(DefinitionError, match=r"GetuiAdapter\.app"):
        GetuiAdapter(app="")
