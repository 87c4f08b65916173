"""Calls of official accounts and mini-programs, their answers, grants and reports."""

from __future__ import annotations

import json

import pytest

from privflow.channels import (
    Article,
    Content,
    File,
    Ignored,
    Image,
    Link,
    MiniProgram,
    MiniProgramAdapter,
    Report,
    Response,
    Template,
    Video,
    Voice,
    WeChatAdapter,
    merged,
)
from privflow.channels.wechat.code import CODES as WECHAT_CODES
from privflow.engine import Send
from privflow.errors import ContentError, DefinitionError, PayloadError
from privflow.facts import Contact, Event, Identity, Timeline
from privflow.timing import instant, span
from privflow.touches import Ledger, Touch

NOW = instant("2026-10-20T09:30+08:00")
WECHAT = WeChatAdapter(account="gh_1", miniprogram="wxapp")
APP = MiniProgramAdapter(app="shop", state="trial")
SPACES = {"wechat": "wechat.openid", "miniprogram": "miniprogram.openid"}


def touch(channel: str, number: int = 1) -> Touch:
    return Touch(
        id=f"t-{number}",
        contact_id="c",
        channel=channel,
        message="m",
        kind="service",
        source="journey:j",
    )


def encoded(channel: str, content: Content, number: int = 1):
    family = channel.partition(".")[0]
    contact = Contact("c", identities=[Identity(SPACES[family], f"o{number}")])
    adapter = WECHAT if family == "wechat" else APP
    return adapter.encode(Send(touch(channel, number)), contact, content, now=NOW)


# ── Requests ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "inner"),
    [
        (Content("上新"), {"msgtype": "text", "text": {"content": "上新"}}),
        (
            Content(attachments=[Article("A")]),
            {"msgtype": "mpnews", "mpnews": {"media_id": "A"}},
        ),
        (
            Content(attachments=[Video("V", title="t")]),
            {
                "msgtype": "mpvideo",
                "mpvideo": {"media_id": "V", "title": "t", "description": ""},
            },
        ),
        (
            Content(attachments=[Image("I")]),
            {"msgtype": "image", "image": {"media_id": "I"}},
        ),
    ],
)
def test_a_mass_send_names_openids_and_carries_its_key(content, inner):
    requests = [encoded("wechat.mass", content, n) for n in (1, 2)]
    (request,) = merged(requests)
    assert request.path == "/cgi-bin/message/mass/send"
    assert request.json == {
        "touser": ["o1", "o2"],
        **inner,
        "clientmsgid": request.key,
    }
    assert request.key not in {one.key for one in requests}


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (Image("I"), "image"),
        (Voice("V"), "voice"),
        (Video("V", title="t"), "video"),
        (Article("A"), "mpnews"),
        (Link("t", "https://l"), "news"),
        (MiniProgram("t", app="wx", page="p", media="m"), "miniprogrampage"),
    ],
)
def test_customer_service_sends_one_attachment(part, name):
    request = encoded("wechat.service", Content(attachments=[part]))
    assert request.json["msgtype"] == name and name in request.json
    assert request.json["touser"] == "o1"
    with pytest.raises(ContentError, match="kind 'file'"):
        encoded("wechat.service", Content(attachments=[File("F")]))


def test_a_template_has_values_a_key_and_where_a_tap_leads():
    content = Content(template=Template("T", {"first": 7}, page="p", url="https://e"))
    template = encoded("wechat.template", content)
    assert template.json == {
        "touser": "o1",
        "template_id": "T",
        "url": "https://e",
        "miniprogram": {"appid": "wxapp", "pagepath": "p"},
        "data": {"first": {"value": "7"}},
        "client_msg_id": "t-1",
    }
    notice = encoded("wechat.subscribe", content)
    assert notice.path.endswith("/bizsend") and notice.json["page"] == "https://e"


def test_a_page_needs_the_mini_program_that_it_is_of():
    content = Content(template=Template("T", page="p"))
    bare = WeChatAdapter(account="gh_1")
    contact = Contact("c", identities=[Identity("wechat.openid", "o1")])
    with pytest.raises(ContentError, match="none is named"):
        bare.encode(Send(touch("wechat.template")), contact, content, now=NOW)


def test_a_subscription_message_names_the_version_that_a_tap_opens():
    content = Content(template=Template("T", {"thing1": "x" * 20}, page="pages/a"))
    assert encoded("miniprogram.subscribe", content).json == {
        "touser": "o1",
        "template_id": "T",
        "miniprogram_state": "trial",
        "page": "pages/a",
        "data": {"thing1": {"value": "x" * 20}},
    }
    with pytest.raises(DefinitionError, match=r"MiniProgramAdapter\.state"):
        MiniProgramAdapter(app="shop", state="beta")


@pytest.mark.parametrize("name", ["thing12", "thing3"])
def test_a_value_longer_than_its_kind_allows_is_refused(name):
    content = Content(template=Template("T", {name: "好" * 21}))
    with pytest.raises(ContentError, match="21 characters, expected at most 20"):
        encoded("miniprogram.subscribe", content)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (Image("I"), "image"),
        (Link("t", "https://l", picture="https://p"), "link"),
        (MiniProgram("t", app="wx", page="p", media="m"), "miniprogrampage"),
    ],
)
def test_a_mini_program_answers_with_one_attachment(part, name):
    request = encoded("miniprogram.service", Content(attachments=[part]))
    assert request.json["msgtype"] == name and "appid" not in request.body


# ── Answers that mean several things ─────────────────────────────────────────


class Past:
    """What a host knows of the contact: a `View`; times are days before now."""

    contact = Contact("c")
    timezone = "UTC"

    def __init__(self, channel: str, *happened: tuple[str, str]) -> None:
        properties = {"channel": channel, "template_id": "T"}
        events = (
            Event(name, "c", at=NOW - span(ago), properties=properties)
            for name, ago in happened
        )
        self.timeline = Timeline(events)
        self.ledger = Ledger().reserving(touch(channel), now=NOW - span("3h"))


SERVICE, NOTICE = "wechat.service", "miniprogram.subscribe"
GRANTED, REVOKED = "subscription_granted", "subscription_revoked"
SUBSCRIPTION = Content(template=Template("T"))

MEANINGS = [
    (SERVICE, 45015, [("message_received", "72h")], "window_closed"),
    (SERVICE, 45015, [("message_received", "47h")], "ambiguous"),
    (SERVICE, 45015, [("menu_clicked", "30s")], "ambiguous"),
    (SERVICE, 45015, [("menu_clicked", "2m")], "window_closed"),
    (SERVICE, 45015, [("subscribed", "9d"), ("unsubscribed", "1d")], "not_friend"),
    (SERVICE, 45015, [("unsubscribed", "9d"), ("subscribed", "1d")], "window_closed"),
    (SERVICE, 40003, [("unsubscribed", "9d")], "not_friend"),
    (SERVICE, 40003, [], "ambiguous"),
    (SERVICE, 40003, [("unsubscribed", "9d"), ("subscribed", "9d")], "ambiguous"),
    (NOTICE, 43101, [], "grant_exhausted"),
    (NOTICE, 43101, [(GRANTED, "9d")], "ambiguous"),
    (NOTICE, 43101, [(GRANTED, "9d"), (REVOKED, "8d")], "refused"),
    (NOTICE, 43101, [(GRANTED, "9d"), (REVOKED, "1h")], "refused"),
    (NOTICE, 43101, [(GRANTED, "9d"), (REVOKED, "8d"), (GRANTED, "7d")], "ambiguous"),
]


@pytest.mark.parametrize(("channel", "code", "happened", "outcome"), MEANINGS)
def test_a_code_of_several_meanings_is_told_apart(channel, code, happened, outcome):
    is_notice = channel == NOTICE
    adapter = APP if is_notice else WECHAT
    request = encoded(channel, SUBSCRIPTION if is_notice else Content("a"))
    response = Response(200, json.dumps({"errcode": code, "errmsg": "m"}), at=NOW)
    view = Past(channel, *happened)
    result = adapter.decode_response(request, response, view=view)
    assert (result.outcome, result.raw) == (outcome, str(code))
    assert result.receipts[0].status == "failed"
    blind = adapter.decode_response(request, response)
    assert blind.outcome == "ambiguous" and len(blind.candidates) == 2


def test_what_happened_after_the_answer_says_nothing_about_it():
    view = Past(SERVICE, ("unsubscribed", "1h"))
    request = encoded(SERVICE, Content("a"))
    told = [
        WECHAT.decode_response(
            request, Response(200, '{"errcode": 40003}', at=at), view=view
        ).outcome
        for at in (NOW - span("61m"), NOW - span("1h"))
    ]
    assert told == ["ambiguous", "not_friend"]


def test_a_code_without_words_says_what_it_means():
    request = encoded(SERVICE, Content("a"))
    for words in ("", None, 7):
        body = json.dumps({"errcode": 45015, "errmsg": words})
        says = WECHAT.decode_response(request, Response(200, body, at=NOW)).says
        assert says == WECHAT_CODES["45015"].says


def test_a_touch_that_the_ledger_does_not_know_stays_ambiguous():
    view = Past(SERVICE)
    view.ledger = Ledger()
    response = Response(200, '{"errcode": 45015}', at=NOW)
    request = encoded(SERVICE, Content("a"))
    assert WECHAT.decode_response(request, response, view=view).outcome == "ambiguous"


def test_a_send_that_was_carried_out_before_is_no_failure():
    request = encoded("wechat.mass", Content("a"))
    response = Response(200, '{"errcode": 45065}', at=NOW)
    result = WECHAT.decode_response(request, response)
    assert result.outcome == "duplicate"
    assert result.receipts[0].status == "submitted"


def test_the_number_of_a_message_is_its_reference():
    request = encoded("wechat.template", Content(template=Template("T")))
    response = Response(200, '{"errcode": 0, "msgid": 200163836}', at=NOW)
    assert WECHAT.decode_response(request, response).reference == "200163836"


# ── Grants and reports ───────────────────────────────────────────────────────


def event_of(name: str, inner: dict[str, object]) -> str:
    head = {"FromUserName": "oA", "CreateTime": 1610969440, "MsgType": "event"}
    return json.dumps({**head, "Event": name, **inner})


def asked(*answers: str) -> list[dict[str, str]]:
    return [
        {"TemplateId": f"T{n}", "SubscribeStatusString": answer, "PopupScene": "2"}
        for n, answer in enumerate(answers)
    ]


def test_each_template_that_a_person_is_asked_about_is_an_event():
    payload = event_of(
        "subscribe_msg_popup_event", {"List": asked("accept", "reject", "ban")}
    )
    granted, refused = APP.decode(payload)
    assert isinstance(granted, Event) and isinstance(refused, Event)
    assert (granted.name, granted.properties["template_id"]) == (GRANTED, "T0")
    assert granted.properties["channel"] == "miniprogram.subscribe"
    assert (refused.name, refused.properties["popup_scene"]) == (
        "subscription_refused",
        "2",
    )
    assert granted.key != refused.key


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("listed", [False, True])
def test_a_revocation_is_read_in_each_of_its_forms(wrapped, listed):
    """The platform sends one entry as an object and several as a list."""
    (entry,) = asked("reject")
    inner: dict[str, object] = {"List": [entry] if listed else entry}
    inner = {"SubscribeMsgChangeEvent": inner} if wrapped else inner
    (event,) = WECHAT.decode(event_of("subscribe_msg_change_event", inner))
    assert isinstance(event, Event)
    assert (event.name, event.properties["channel"]) == (REVOKED, "wechat.subscribe")


@pytest.mark.parametrize(
    "name", ["subscribe_msg_popup_event", "subscribe_msg_sent_event"]
)
def test_an_empty_list_is_ignored_by_name(name):
    (ignored,) = APP.decode(event_of(name, {"List": []}))
    assert isinstance(ignored, Ignored) and ignored.name == name


@pytest.mark.parametrize(("code", "outcome"), [(0, "delivered"), (45009, "ambiguous")])
def test_the_fate_of_a_subscription_message_is_reported(code, outcome):
    entry = {"TemplateId": "T", "MsgID": "7", "ErrorCode": code, "ErrorStatus": "s"}
    (report,) = APP.decode(event_of("subscribe_msg_sent_event", {"List": [entry]}))
    assert isinstance(report, Report)
    assert (report.reference, report.outcome, report.raw) == ("7", outcome, str(code))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("success", "delivered"),
        ("failed:user block", "refused"),
        ("failed: system failed", "retryable"),
        ("failed: anything", "ambiguous"),
    ],
)
def test_the_fate_of_a_template_is_reported(status, outcome):
    inner = {"MsgID": 200163836, "Status": status}
    (report,) = WECHAT.decode(event_of("TEMPLATESENDJOBFINISH", inner))
    assert isinstance(report, Report)
    assert (report.outcome, report.address) == (outcome, "oA")


@pytest.mark.parametrize(
    ("sent", "status", "outcome"),
    [
        (80, "send success", "sent"),
        (0, "err(10001)", "invalid"),
        (0, "send fail", "ambiguous"),
    ],
)
def test_a_mass_send_is_reported_as_a_whole(sent, status, outcome):
    inner = {"MsgID": 1, "Status": status, "SentCount": sent}
    (report,) = WECHAT.decode(event_of("MASSSENDJOBFINISH", inner))
    assert isinstance(report, Report)
    assert (report.outcome, report.address) == (outcome, "")


def test_a_report_without_a_number_is_refused():
    with pytest.raises(PayloadError, match="MsgId is missing"):
        WECHAT.decode(event_of("TEMPLATESENDJOBFINISH", {"Status": "success"}))


def test_entering_a_session_of_a_mini_program_is_an_event():
    (event,) = APP.decode(event_of("user_enter_tempsession", {"SessionFrom": "s"}))
    assert isinstance(event, Event)
    assert (event.name, event.properties["session_from"]) == ("session_entered", "s")


def test_json_and_xml_of_one_callback_tell_the_same():
    xml = (
        "<xml><FromUserName>oA</FromUserName><CreateTime>1610969440</CreateTime>"
        "<MsgType>text</MsgType><Content>在</Content><MsgId>7</MsgId></xml>"
    )
    message = {"FromUserName": "oA", "CreateTime": 1610969440, "MsgType": "text"}
    message |= {"Content": "在", "MsgId": 7, "Nothing": None, "Flag": True}
    (from_xml,), (from_json,) = APP.decode(xml), APP.decode(json.dumps(message))
    assert isinstance(from_xml, Event) and isinstance(from_json, Event)
    assert from_xml.key == from_json.key
    assert from_json.properties == from_xml.properties.updated({"flag": "true"})
