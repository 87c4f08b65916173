from __future__ import annotations

import json

import pytest

from privflow.channels import (
    Content,
    DouyinAdapter,
    Ignored,
    Image,
    Request,
    Response,
    Template,
    Video,
    Voice,
)
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError, ProtocolError
from privflow.facts import Contact, Event, Identity
from privflow.timing import instant
from privflow.touches import Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = DouyinAdapter(app="app", account="o-9", miniprogram="tt1")
SECONDS = 1744940173
CONTENT = {
    "create_time": SECONDS,
    "conversation_short_id": "c-1",
    "server_message_id": "s-1",
    "message_type": "text",
    "text": "在吗",
    "user_infos": [{"open_id": "o-1"}],
}


def webhook(
    event: str = "im_receive_msg", content: object = CONTENT, **more: object
) -> str:
    told = {"event": event, "from_user_id": "o-1", "to_user_id": "o-9", **more}
    return json.dumps({**told, "content": content})


@pytest.mark.parametrize("as_text", [False, True])
@pytest.mark.parametrize("time", [SECONDS, SECONDS * 1000 + 524, str(SECONDS * 1000)])
def test_content_is_an_object_or_text_and_times_are_of_either_length(as_text, time):
    content: object = {**CONTENT, "create_time": time}
    content = json.dumps(content) if as_text else content
    (event,) = ADAPTER.decode(webhook(content=content))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id) == ("message_received", "o-1")
    assert event.at.us // 1_000_000 == SECONDS
    assert event.id == "app:im_receive_msg:s-1"
    told = {
        key: event.properties[key] for key in ("channel", "kind", "text", "account")
    }
    assert told == {
        "channel": "douyin.message",
        "kind": "text",
        "text": "在吗",
        "account": "o-9",
    }
    assert event.properties["conversation_short_id"] == "c-1"


@pytest.mark.parametrize("event", ["im_send_msg", "im_group_send_msg"])
def test_what_the_account_sent_itself_is_an_echo(event):
    (ignored,) = ADAPTER.decode(webhook(event))
    assert isinstance(ignored, Ignored) and "echo" in ignored.reason


@pytest.mark.parametrize(
    ("event", "name", "channel"),
    [
        ("im_enter_direct_msg", "session_entered", "douyin.message"),
        ("im_recall_msg", "message_recalled", "douyin.message"),
        ("im_message_read", "message_read", "douyin.message"),
        ("im_group_receive_msg", "message_received", "douyin.group"),
        ("group_fans_event", "group_joined", "douyin.group"),
    ],
)
def test_each_event_has_a_name_and_a_channel(event, name, channel):
    content = {"create_time": SECONDS, "group_id": "g-1"}
    (told,) = ADAPTER.decode(webhook(event, content))
    assert isinstance(told, Event)
    assert (told.name, told.properties["channel"]) == (name, channel)
    assert told.properties["group"] == "g-1"
    assert told.id == f"app:{event}:o-1:{SECONDS}"


@pytest.mark.parametrize(
    ("status", "name"), [(1, "subscription_granted"), (2, "subscription_revoked")]
)
def test_a_person_authorises_messages_and_takes_it_back(status, name):
    content = {
        "create_time": SECONDS,
        "update_time": SECONDS + 60,
        "auth_status": status,
        "source": "im.direct_message.bind",
    }
    (event,) = ADAPTER.decode(webhook("im_authorize", json.dumps(content)))
    assert isinstance(event, Event)
    assert (event.name, event.properties["channel"]) == (name, "douyin.proactive")
    assert event.at.us == (SECONDS + 60) * 1_000_000


@pytest.mark.parametrize(
    ("payload", "name", "reason"),
    [
        (webhook("verify_webhook", {"challenge": 1}), "verify_webhook", "challenge"),
        (webhook("im_message_read", {}), "im_message_read", "bears no time"),
        (webhook("im_message_read", None), "im_message_read", "bears no time"),
        (webhook("new_video_digg"), "new_video_digg", "no event"),
        (
            webhook("im_authorize", {"create_time": 1, "auth_status": 3}),
            "im_auth",
            "no",
        ),
        ("{}", "untyped", "no event"),
        ('{"event": 7}', "untyped", "no event"),
    ],
)
def test_what_tells_nothing_is_ignored_by_name(payload, name, reason):
    (ignored,) = ADAPTER.decode(payload)
    assert isinstance(ignored, Ignored)
    assert ignored.name.startswith(name) and reason in ignored.reason


def test_numbers_beyond_measure_are_kept_as_text():
    content = '{"create_time": 1744940173, "n": 1%s, "x": 1e999}' % ("0" * 200)
    (event,) = ADAPTER.decode(webhook(content=content))
    assert isinstance(event, Event)
    assert event.properties["n"] == f"1{'0' * 200}" and "x" not in event.properties


def test_a_time_beside_the_content_is_one_as_well():
    (event,) = ADAPTER.decode(webhook("im_message_read", {}, create_time=SECONDS))
    assert isinstance(event, Event) and event.at.us == SECONDS * 1_000_000


@pytest.mark.parametrize(
    "payload",
    [
        webhook(content=[1]),
        webhook(content="{"),
        webhook(content="[]"),
        webhook(content={"create_time": "soon"}),
        webhook(content={"create_time": -5}),
        webhook(content={"create_time": 10**400}),
        webhook(from_user_id=""),
        webhook("im_authorize", {"create_time": 1, "auth_status": 1}, from_user_id=7),
    ],
)
def test_a_webhook_that_lacks_what_is_promised_is_refused(payload):
    with pytest.raises(PayloadError, match="douyin: "):
        ADAPTER.decode(payload)


# ── Calls ────────────────────────────────────────────────────────────────────


REPLY = Content("在的")


def encoded(
    content: Content = REPLY, channel: str = "douyin.message", **parameters: object
):
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel=channel,
        message="m",
        kind="service",
        source="rule:r",
        parameters=parameters,
    )
    contact = Contact(
        "c",
        identities=[
            Identity("douyin.open_id", "o-1", scope="app"),
            Identity("douyin.group_id", "g-1", scope="app"),
        ],
    )
    return ADAPTER.encode(Send(touch), contact, content, now=NOW)


ANSWERED = {"msg_id": "s-1", "conversation_id": "c-1"}


def test_an_answer_names_the_message_that_it_answers():
    request = encoded(**ANSWERED)
    assert (request.path, request.query) == ("/im/send/msg/", {"open_id": "o-9"})
    assert request.json == {
        **ANSWERED,
        "to_user_id": "o-1",
        "scene": "im_reply_msg",
        "content": {"msg_type": 1, "text": {"text": "在的"}},
    }
    with pytest.raises(ProtocolError, match="conversation_id") as caught:
        encoded(msg_id="s-1")
    assert "last message" in caught.value.hint


def test_a_call_names_the_headers_that_it_needs_and_a_call_without_a_body_none():
    json_alone = {"Content-Type": "application/json; charset=utf-8"}
    assert encoded(**ANSWERED).headers == json_alone
    assert Request("GET", "/x", channel="c").headers == {}
    assert Request("GET", "/x", channel="c", headers={"a": "b"}).headers == {"a": "b"}


def test_who_has_just_come_in_is_answered_in_the_scene_of_that():
    request = encoded(**ANSWERED, scene="im_enter_direct_msg")
    assert request.json["scene"] == "im_enter_direct_msg"
    with pytest.raises(ProtocolError, match="im_authorize_message"):
        encoded(**ANSWERED, scene="im_authorize_message")


IMAGE = {"msg_type": 2, "image": {"media_id": "m-1"}}
VIDEO = {"msg_type": 3, "video": {"item_id": "v-1"}}
WORDS = {"msg_type": 1, "text": {"text": "上新"}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (Content("上新"), WORDS),
        (Content(attachments=[Image("m-1")]), IMAGE),
        (Content(attachments=[Video("v-1")]), VIDEO),
    ],
)
def test_a_group_is_written_to_by_its_id_with_one_message(content, said):
    request = encoded(content, "douyin.group")
    assert (request.path, request.query) == ("/im/send/msg/group/", {"open_id": "o-9"})
    assert request.json == {"group_id": "g-1", "content": said}
    assert encoded(content, **ANSWERED).json["content"] == said


BY_PAGE = Template("card-1", {"from": "九月"}, page="pages/new")
BY_LINK = Template("card-1", url="https://z.douyin.com/x")
CARD = {"card_template_id": "card-1"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            Content(template=BY_LINK),
            [
                {
                    "msg_type": 10,
                    "applet_card": {**CARD, "schema": "https://z.douyin.com/x"},
                }
            ],
        ),
        (
            Content("上新", [Image("m-1")], template=BY_PAGE),
            [
                WORDS,
                IMAGE,
                {
                    "msg_type": 10,
                    "applet_card": {
                        **CARD,
                        "app_id": "tt1",
                        "path": "pages/new",
                        "query": '{"from": "九月"}',
                    },
                },
            ],
        ),
        (
            Content(template=Template("card-1", page="p")),
            [
                {
                    "msg_type": 10,
                    "applet_card": {**CARD, "app_id": "tt1", "path": "p"},
                }
            ],
        ),
    ],
)
def test_who_authorised_it_is_written_to_with_a_card_among_three(content, said):
    request = encoded(content, "douyin.proactive")
    assert request.path == "/im/send/msg/"
    assert request.json == {
        "to_user_id": "o-1",
        "scene": "im_authorize_message",
        "content_list": said,
    }


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (Content("上新"), "no template"),
        (
            Content("上新", [Image("m"), Video("v")], template=BY_LINK),
            "4 messages, expected at most 3",
        ),
        (Content(attachments=[Voice("v")], template=BY_LINK), "kind 'voice'"),
        (Content(template=Template("card-1")), "opens nothing"),
        (Content(template=Template("c", page="p", url="u")), "one of them"),
    ],
)
def test_an_authorised_call_without_a_card_or_of_four_is_refused(content, told):
    with pytest.raises(ContentError, match=told):
        encoded(content, "douyin.proactive")


def test_a_page_needs_the_mini_program_whose_it_is():
    bare = DouyinAdapter(app="app", account="o-9")
    touch = Touch(
        id="t-1",
        contact_id="c",
        channel="douyin.proactive",
        message="m",
        kind="service",
        source="rule:r",
    )
    contact = Contact("c", identities=[Identity("douyin.open_id", "o-1")])
    with pytest.raises(ContentError, match="not named"):
        bare.encode(Send(touch), contact, Content(template=BY_PAGE), now=NOW)


def test_words_or_one_attachment_by_its_id_make_a_message():
    with pytest.raises(ContentError, match="empty"):
        encoded(Content(""), **ANSWERED)
    with pytest.raises(ContentError, match="text and an attachment"):
        encoded(Content("a", [Image("m")]), **ANSWERED)
    with pytest.raises(ContentError, match="by its media id"):
        encoded(Content(attachments=[Image(url="https://e")]), **ANSWERED)


@pytest.mark.parametrize("below", [True, False])
def test_of_several_messages_some_may_have_left(below):
    """Q4: what may have arrived keeps its place."""
    told = {"all_send_success": False, "msg_id": "m-1"}
    fields = {"data": {"error_code": 0, **(told if below else {})}}
    response = Response(200, json.dumps({**told, **fields}), at=NOW)
    request = encoded(Content(template=BY_LINK), "douyin.proactive")
    result = ADAPTER.decode_response(request, response)
    assert (result.outcome, result.receipts[0].status) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("fields", "outcome", "raw"),
    [
        ({"err_no": 0, "data": {"msg_id": "m-1"}}, "sent", "0"),
        ({"data": {"error_code": 0, "msg_id": "m-1"}}, "sent", "0"),
        ({"err_no": 28003070, "err_msg": "超出频控"}, "over_limit", "28003070"),
        ({"data": {"error_code": 2190008}}, "retryable", "2190008"),
        ({"data": {"error_code": 1}}, "unknown", "1"),
        ({"data": 7}, "unknown", "200"),
    ],
)
def test_the_code_stands_at_the_top_or_below_data(fields, outcome, raw):
    response = Response(200, json.dumps(fields), at=NOW)
    result = ADAPTER.decode_response(encoded(**ANSWERED), response)
    assert (result.outcome, result.raw) == (outcome, raw)
    assert result.reference == ("m-1" if outcome == "sent" else "")


@pytest.mark.parametrize(("app", "account"), [("", "o"), ("a", " ")])
def test_an_adapter_without_app_or_account_is_refused(app, account):
    with pytest.raises(DefinitionError, match="DouyinAdapter"):
        DouyinAdapter(app=app, account=account)
