"""Every adapter under every kind of bad input: one clear error, or a name; no half."""

from __future__ import annotations

import json

import pytest

from privflow.channels import (
    ChannelAdapter,
    Content,
    DouyinAdapter,
    GetuiAdapter,
    Ignored,
    MemoryAdapter,
    MiniProgramAdapter,
    PushAdapter,
    Request,
    Response,
    SmsAdapter,
    Template,
    TencentSmsAdapter,
    WeChatAdapter,
    WeComAdapter,
    additions_of,
    contact_of,
)
from privflow.engine import Send
from privflow.errors import ContentError, PayloadError
from privflow.facts import Contact, Event, Identity, Tag
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTERS = (
    WeComAdapter(corp="corp-1", agent=7, kf="wk1"),
    WeChatAdapter(account="gh_1"),
    MiniProgramAdapter(app="shop"),
    DouyinAdapter(app="app", account="o-9"),
    SmsAdapter(signature="店铺"),
    TencentSmsAdapter(signature="店铺", app="1400006666"),
    PushAdapter(app="app"),
    GetuiAdapter(app="app"),
    MemoryAdapter(),
)
of_each = pytest.mark.parametrize(
    "adapter", ADAPTERS, ids=lambda adapter: type(adapter).__name__
)

XML = (
    "<xml><FromUserName>{who}</FromUserName><CreateTime>{at}</CreateTime>"
    "<MsgType>text</MsgType><Content>{words}</Content><MsgId>7</MsgId>"
    "<AgentID>1</AgentID></xml>"
)
FOLLOWED = (
    "<xml><FromUserName>sys</FromUserName><CreateTime>1403610513</CreateTime>"
    "<MsgType>event</MsgType><Event>change_external_contact</Event>"
    "<ChangeType>add_external_contact</ChangeType><UserID>zhang</UserID>"
    "<ExternalUserID>wmA</ExternalUserID></xml>"
)

HOSTILE = {
    "empty": "",
    "truncated": FOLLOWED[:150],
    "truncated json": '{"event": "im_receive_msg", "content": {"te',
    "huge": "<xml>" + "x" * (5 * 1024 * 1024) + "</xml>",
    "huge json": '"' + "x" * (5 * 1024 * 1024) + '"',
    "deep": "<xml>" + "<a>" * 5_000 + "</a>" * 5_000 + "</xml>",
    "deep json": "[" * 100_000,
    "many entities": '<!DOCTYPE x [<!ENTITY a "aa">]><xml>&a;</xml>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>',
    "UTF-16": "<xml><MsgType>text</MsgType></xml>".encode("utf-16"),
    "GBK": "<xml><MsgType>文本</MsgType></xml>".encode("gbk"),
    "a lone surrogate": "<xml><MsgType>\ud800</MsgType></xml>",
    "an escaped surrogate": '{"event": "\\ud800"}',
    "a NUL": "<xml><MsgType>a\0b</MsgType></xml>",
    "no object": "[1, 2]",
    "a number": "9" * 400,
    "encrypted": "<xml><ToUserName>a</ToUserName><Encrypt>b</Encrypt></xml>",
}


@of_each
@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_what_is_hostile_is_one_clear_error_or_a_name(adapter, payload):
    error, told = None, ()
    try:
        told = adapter.decode(payload)
    except PayloadError as refusal:
        error = refusal
    assert bool(told) != bool(error)
    assert error is None or (error.hint and len(str(error)) < 500)
    assert all(isinstance(one, Ignored) and len(str(one)) < 200 for one in told)


@of_each
@pytest.mark.parametrize("whole", [XML, FOLLOWED], ids=["a message", "a change"])
def test_a_payload_cut_anywhere_makes_no_half_of_an_event(adapter, whole):
    filled = whole.format(who="oA", at=1403610513, words="在吗")
    for end in range(len(filled)):
        with pytest.raises(PayloadError):
            adapter.decode(filled[:end])


UNKNOWN = (
    "<xml><FromUserName>oA</FromUserName><CreateTime>1403610513</CreateTime>"
    "<MsgType>event</MsgType><Event>brand_new</Event></xml>"
)
STRANGERS = {
    "WeComAdapter": UNKNOWN,
    "WeChatAdapter": UNKNOWN,
    "MiniProgramAdapter": UNKNOWN,
    "DouyinAdapter": '{"event": "brand_new"}',
    "SmsAdapter": '[{"brand": "new"}]',
    "TencentSmsAdapter": '[{"brand": "new"}]',
    "PushAdapter": '{"brand": "new"}',
    "GetuiAdapter": '{"brand": "new"}',
    "MemoryAdapter": '{"brand": "new"}',
}


@of_each
def test_an_event_of_an_unknown_type_is_ignored_by_name(adapter):
    (ignored,) = adapter.decode(STRANGERS[type(adapter).__name__])
    assert isinstance(ignored, Ignored) and ignored.name and ignored.reason


ODD_NAMES = {
    "bidi controls": "\u202e\u2066abc\u2069",
    "ten thousand characters": "好" * 10_000,
    "markup": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "an emoji": "👩‍👧",
}


@pytest.mark.parametrize("adapter", ADAPTERS[:3], ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("words", ODD_NAMES.values(), ids=ODD_NAMES)
def test_odd_words_are_words_in_every_part_of_xml(adapter, words):
    (event,) = adapter.decode(XML.format(who="oA", at="1403610513", words=words))
    assert isinstance(event, Event) and event.name == "message_received"
    shown = words.replace("&lt;", "<").replace("&gt;", ">")
    assert event.properties["text"] == shown
    (named,) = adapter.decode(XML.format(who=words, at="1403610513", words="a"))
    assert isinstance(named, Event) and named.contact_id == shown


JSONS = (
    (
        ADAPTERS[3],
        lambda who, words, at: {
            "event": "im_receive_msg",
            "from_user_id": who,
            "content": {"text": words, "create_time": at},
        },
    ),
    (
        ADAPTERS[5],
        lambda who, words, at: {"mobile": who, "text": words, "time": at},
    ),
)


@pytest.mark.parametrize(("adapter", "make"), JSONS, ids=["douyin", "tencent"])
@pytest.mark.parametrize("words", ODD_NAMES.values(), ids=ODD_NAMES)
def test_odd_words_are_words_in_every_part_of_json(adapter, make, words):
    (event,) = adapter.decode(json.dumps(make(words, words, 1403610513)))
    assert isinstance(event, Event)
    assert (event.contact_id, event.properties["text"]) == (words, words)


@pytest.mark.parametrize(("adapter", "make"), JSONS, ids=["douyin", "tencent"])
def test_a_number_written_as_text_is_the_number(adapter, make):
    (as_number,) = adapter.decode(json.dumps(make("o", "a", 1403610513)))
    (as_text,) = adapter.decode(json.dumps(make("o", "a", "1403610513")))
    assert (as_number.at, as_number.key) == (as_text.at, as_text.key)


@pytest.mark.parametrize("at", ["", "0", "-1", "soon", "1e9", "٣" * 10, "9" * 400])
@pytest.mark.parametrize("adapter", ADAPTERS[:3], ids=lambda one: type(one).__name__)
def test_a_time_that_is_none_makes_no_event(adapter, at):
    with pytest.raises(PayloadError, match="CreateTime"):
        adapter.decode(XML.format(who="oA", at=at, words="a"))


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_odd_names_of_contacts_and_tags_are_kept(name):
    answer = {
        "errcode": 0,
        "external_contact": {"external_userid": "wmA", "name": name, "type": 1},
        "follow_user": [
            {
                "userid": "zhang",
                "createtime": 1525881637,
                "remark": name,
                "tags": [{"type": 1, "group_name": name, "tag_name": name}],
            }
        ],
    }
    contact = contact_of(answer, corp="corp-1")
    (fact,) = contact.tags.history
    assert fact.tag == Tag(f"wecom.corp.{name}", name)
    assert name in contact.attributes.values()


def abyss() -> dict[str, object]:
    inner: dict[str, object] = {}
    for _ in range(100_000):
        inner = {"a": inner}
    return inner


@pytest.mark.parametrize(
    "more", [{"name": "a\ud800"}, {"position": {"a": "\udfff"}}, {"x": abyss()}]
)
def test_an_answer_about_a_contact_that_nobody_could_store_is_refused(more):
    answer = {
        "external_contact": {"external_userid": "wmA", **more},
        "follow_user": [{"userid": "zhang", "createtime": 1525881637}],
    }
    for read in (contact_of, additions_of):
        with pytest.raises(PayloadError, match=r"surrogate|nested") as caught:
            read(answer, corp="corp-1")
        assert caught.value.hint


@pytest.mark.parametrize("answer", [None, [], "{}", 7])
def test_an_answer_about_a_contact_that_is_no_object_is_refused(answer):
    for read in (contact_of, additions_of):
        with pytest.raises(PayloadError, match="expected an object"):
            read(answer, corp="corp-1")


@of_each
@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '{"errcode": []}', b"\xff\xfe", "[" * 100_000, "9" * 5_000],
)
def test_an_answer_that_cannot_be_read_is_unknown(adapter, body):
    """Q4: it may have been carried out."""
    request = _encoded(adapter)
    result = adapter.decode_response(request, Response(200, body, at=NOW))
    assert {receipt.status for receipt in result.receipts} == {"unknown"}


def _encoded(adapter: ChannelAdapter) -> Request:
    manual = adapter.profile.channels[-1]
    contact = Contact(
        "c",
        identities=[Identity(space, "a") for space in adapter.profile.namespaces],
    )
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel=manual.channel.name,
        message="m",
        kind="service",
        source="rule:r",
        parameters={"kf_welcome_code": "W"},
    )
    content = (
        Content(template=Template("T"))
        if manual.limits.template
        else Content("a", title="t")
    )
    return adapter.encode(Send(touch), contact, content, now=NOW)


@pytest.mark.parametrize("words", ["\ud800", "a\udfff", "a\0"])
def test_words_that_no_platform_can_be_sent_make_no_content(words):
    with pytest.raises(ContentError):
        Content(words)
