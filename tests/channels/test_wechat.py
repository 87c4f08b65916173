from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import Ignored, WeChatAdapter
from privflow.errors import DefinitionError, PayloadError
from privflow.facts import Event

ADAPTER = WeChatAdapter(account="gh_1")


def callback(**fields: str) -> str:
    written = {"FromUserName": "oA", "CreateTime": "1348831860", **fields}
    lines = (f"<{name}><![CDATA[{text}]]></{name}>" for name, text in written.items())
    return f"<xml>{''.join(lines)}</xml>"


def decoded(payload: str) -> Event:
    (event,) = ADAPTER.decode(payload)
    assert isinstance(event, Event)
    return event


def test_a_message_is_known_again_by_its_number():
    event = decoded(callback(MsgType="text", Content="你好", MsgId="77"))
    assert event.id == "gh_1:77"
    assert event.properties["msg_id"] == "77"


def test_a_message_without_number_is_known_by_sender_time_and_kind():
    assert decoded(callback(MsgType="text")).id == "gh_1:oA:1348831860:text"


def test_an_event_is_known_by_sender_time_event_and_key():
    first = decoded(callback(MsgType="event", Event="CLICK", EventKey="A:1"))
    second = decoded(callback(MsgType="event", Event="CLICK", EventKey="B"))
    assert first.id == "gh_1:oA:1348831860:CLICK:A%3A1"
    assert second.id != first.id


def test_a_text_is_kept_as_it_was_written():
    event = decoded(callback(MsgType="text", Content="  多少钱 ?\n"))
    assert event.properties["text"] == "  多少钱 ?\n"
    assert "content" not in event.properties


def test_an_empty_text_is_missing():
    assert "text" not in decoded(callback(MsgType="text", Content="")).properties


def test_only_a_follower_comes_by_a_code_that_was_scanned():
    scanned = decoded(
        callback(MsgType="event", Event="subscribe", EventKey="qrscene_shop")
    )
    assert scanned.properties["state"] == "shop"
    tapped = decoded(callback(MsgType="event", Event="CLICK", EventKey="qrscene_shop"))
    assert "state" not in tapped.properties
    assert tapped.properties["key"] == "qrscene_shop"


def test_a_field_of_json_that_is_null_is_empty():
    payload = """{"FromUserName": "oA", "CreateTime": 1348831860, "MsgType": "event",
    "Event": "subscribe", "EventKey": null}"""
    assert decoded(payload).properties == {"channel": "wechat.service"}


@pytest.mark.parametrize("event", ["CLICK", "click", "Click"])
def test_the_case_of_an_event_does_not_matter(event):
    """The platforms' documents and payloads write CLICK and click."""
    made = decoded(callback(MsgType="event", Event=event, EventKey="K"))
    assert (made.name, made.properties["key"]) == ("menu_clicked", "K")


def test_an_empty_key_leaves_no_property():
    event = decoded(callback(MsgType="event", Event="subscribe", EventKey=""))
    assert event.properties == {"channel": "wechat.service"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("23.137466", 23.137466),
        ("-23.5", -23.5),
        (" 20 ", 20),
        ("north", None),
        ("nan", None),
        ("1e400", None),
        ("１", None),
        ("", None),
    ],
)
def test_a_place_is_a_number_or_unknown(text, value):
    event = decoded(callback(MsgType="event", Event="LOCATION", Latitude=text))
    assert event.properties.get("latitude") == value


@pytest.mark.parametrize("field", ["FromUserName", "CreateTime"])
@pytest.mark.parametrize(
    "kind", [{"MsgType": "text"}, {"MsgType": "event", "Event": "subscribe"}]
)
def test_an_event_without_sender_or_time_is_refused(field, kind):
    with pytest.raises(PayloadError, match=f"wechat: {field} is missing"):
        ADAPTER.decode(callback(**kind, **{field: ""}))


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ("<xml><return_code>FAIL</return_code></xml>", "return_code"),
        ("<xml><InfoType>suite_ticket</InfoType></xml>", "suite_ticket"),
        ("<xml/>", "untyped"),
        ("<xml><MsgType>hardware</MsgType></xml>", "hardware"),
    ],
)
def test_what_is_no_callback_of_a_contact_is_ignored_by_name(payload, name):
    (ignored,) = ADAPTER.decode(payload)
    assert isinstance(ignored, Ignored) and ignored.name == name


def test_an_adapter_without_an_account_is_refused():
    with pytest.raises(DefinitionError, match=r"WeChatAdapter\.account"):
        WeChatAdapter(account="")


def is_decoded_or_refused(payload: str | bytes) -> bool:
    """Whether the codec answers as it promises; other errors propagate."""
    try:
        return all(isinstance(one, (Event, Ignored)) for one in ADAPTER.decode(payload))
    except PayloadError as error:
        return bool(error.hint)


@given(st.binary() | st.text(st.characters(exclude_categories=[])))
def test_any_payload_is_decoded_or_refused(payload):
    assert is_decoded_or_refused(payload)
