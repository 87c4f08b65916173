"""Customer groups, links and customer service of WeCom."""

from __future__ import annotations

import json

import pytest

from privflow.channels import Ignored, Report, WeComAdapter
from privflow.channels.wecom.callback_type import (
    EVENT_TYPES,
    MESSAGE_TYPES,
    SUITE_TYPES,
)
from privflow.channels.wecom.customer_service import FAILURES
from privflow.errors import AdapterError, PayloadError
from privflow.facts import Event
from privflow.timing import instant

ADAPTER = WeComAdapter(corp="corp-1")


def callback(inner: str, *, time: str = "1403610513") -> str:
    head = f"<CreateTime>{time}</CreateTime><MsgType>event</MsgType>"
    return f"<xml>{head}{inner}</xml>"


def group(change: str, inner: str = "") -> str:
    head = "<Event>change_external_chat</Event><ChatId>wr1</ChatId>"
    return callback(f"{head}<ChangeType>{change}</ChangeType>{inner}")


# ── Groups ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("change", "name"), [("create", "group_created"), ("dismiss", "group_dismissed")]
)
def test_a_group_is_the_subject_of_what_happens_to_it(change, name):
    """J8."""
    (event,) = ADAPTER.decode(group(change))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id) == (name, "wr1")
    assert event.properties["channel"] == "wecom.group"


@pytest.mark.parametrize(
    ("detail", "scene", "name", "key", "how"),
    [
        (
            "add_member",
            "<JoinScene>1</JoinScene>",
            "group_joined",
            "join_scene",
            "invited",
        ),
        (
            "add_member",
            "<JoinScene>3</JoinScene>",
            "group_joined",
            "join_scene",
            "qr_code",
        ),
        ("del_member", "<QuitScene>1</QuitScene>", "group_left", "quit_scene", "self"),
        (
            "del_member",
            "<QuitScene>2</QuitScene>",
            "group_left",
            "quit_scene",
            "removed",
        ),
    ],
)
@pytest.mark.parametrize(
    "members",
    ["<Item>wmA</Item><Item>wmB</Item>", "<![CDATA[wmA, wmB]]>"],
    ids=["as items", "as one text, as it was once"],
)
def test_members_who_are_named_have_events_of_their_own(
    detail, scene, name, key, how, members
):
    inner = (
        f"<UpdateDetail>{detail}</UpdateDetail>{scene}"
        f"<MemChangeList>{members}</MemChangeList><CurMemVer>v2</CurMemVer>"
    )
    whole, *ones = ADAPTER.decode(group("update", inner))
    assert isinstance(whole, Event) and whole.name == "group_changed"
    assert [one.contact_id for one in ones if isinstance(one, Event)] == ["wmA", "wmB"]
    for one in ones:
        assert isinstance(one, Event)
        assert (one.name, one.properties["group"]) == (name, "wr1")
        assert one.properties[key] == how


def test_a_change_that_names_none_of_its_members_is_one_of_the_group_alone():
    inner = "<UpdateDetail>add_member</UpdateDetail><JoinScene>1</JoinScene>"
    (whole,) = ADAPTER.decode(group("update", inner))
    assert isinstance(whole, Event)
    assert (whole.name, whole.properties["detail"]) == ("group_changed", "add_member")


def test_two_changes_of_one_second_have_two_ids():
    first, second = (
        ADAPTER.decode(
            group(
                "update",
                "<UpdateDetail>add_member</UpdateDetail><MemChangeList>"
                f"<Item>wmA</Item></MemChangeList><CurMemVer>{version}</CurMemVer>",
            )
        )
        for version in ("v1", "v2")
    )
    keys = {one.key for one in (*first, *second) if isinstance(one, Event)}
    assert len(keys) == 4


def test_a_change_without_members_is_one_of_the_group_alone():
    inner = "<UpdateDetail>change_owner</UpdateDetail>"
    (event,) = ADAPTER.decode(group("update", inner))
    assert isinstance(event, Event)
    assert (event.name, event.properties["detail"]) == ("group_changed", "change_owner")


def test_a_group_without_its_id_is_refused():
    payload = group("create").replace("<ChatId>wr1</ChatId>", "")
    with pytest.raises(PayloadError, match="ChatId is missing"):
        ADAPTER.decode(payload)


# ── Links ────────────────────────────────────────────────────────────────────

LINK = "<Event>customer_acquisition</Event><ChangeType>{}</ChangeType>"
WHO = "<UserID>zhang</UserID><ExternalUserID>wmA</ExternalUserID>"


def test_a_chat_that_a_link_began_is_an_event_of_the_contact():
    (event,) = ADAPTER.decode(callback(LINK.format("customer_start_chat") + WHO))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id) == ("chat_started", "wmA")


@pytest.mark.parametrize("change", ["balance_low", "friend_request", "brand_new"])
def test_other_changes_of_links_name_no_contact(change):
    (ignored,) = ADAPTER.decode(callback(LINK.format(change)))
    assert isinstance(ignored, Ignored)
    assert ignored.name == f"customer_acquisition.{change}"


# ── Every documented type ────────────────────────────────────────────────────


def documented() -> list[tuple[str, str, str]]:
    forms = [
        ("MsgType", MESSAGE_TYPES),
        ("Event", EVENT_TYPES),
        ("InfoType", SUITE_TYPES),
    ]
    return [
        (form, *name.partition(".")[::2]) for form, names in forms for name in names
    ]


FIELDS = (
    "<FromUserName>zhang</FromUserName><CreateTime>1403610513</CreateTime>"
    "<TimeStamp>1403610513</TimeStamp><AuthCorpId>wx1</AuthCorpId>"
    "<UserID>zhang</UserID><ExternalUserID>wmA</ExternalUserID><ChatId>wr1</ChatId>"
)


def test_the_table_has_every_documented_type():
    assert len(documented()) == len(set(documented())) == 123


@pytest.mark.parametrize(("form", "name", "change"), documented())
def test_every_documented_type_is_an_event_or_is_ignored_by_name(form, name, change):
    kind = "<MsgType>event</MsgType>" if form == "Event" else ""
    payload = (
        f"<xml>{FIELDS}{kind}<{form}>{name}</{form}>"
        f"<ChangeType>{change}</ChangeType></xml>"
    )
    told = ADAPTER.decode(payload)
    assert told
    for one in told:
        assert isinstance(one, (Event, Ignored))
        if isinstance(one, Ignored) and name != "kf_msg_or_event":
            assert one.name == (f"{name}.{change}" if change else name)
            assert "developer.work.weixin.qq.com/document/path/" in one.reason


def test_a_type_that_no_page_documents_says_so():
    (ignored,) = ADAPTER.decode(callback("<Event>brand_new</Event>"))
    assert isinstance(ignored, Ignored) and "no page documents it" in ignored.reason


# ── Customer service ─────────────────────────────────────────────────────────


def page(*messages: dict[str, object], **fields: object) -> str:
    return json.dumps({"errcode": 0, "msg_list": list(messages), **fields})


WROTE = {
    "msgid": "m-1",
    "open_kfid": "wk1",
    "external_userid": "wmA",
    "send_time": 1615478585,
    "origin": 3,
    "msgtype": "text",
    "text": {"content": "在吗", "menu_id": "7"},
}


def told_of(event: dict[str, object]) -> str:
    whole = {"msgid": "e-1", "send_time": 1615478585, "origin": 4, "msgtype": "event"}
    return page({**whole, "event": event})


def test_what_a_customer_writes_is_a_message_of_customer_service():
    (event,) = ADAPTER.decode(page(WROTE))
    assert isinstance(event, Event)
    assert (event.name, event.contact_id) == ("message_received", "wmA")
    assert event.at == instant("2021-03-11T16:03:05Z")
    assert event.id == "corp-1:kf:m-1"
    assert event.properties == {
        "channel": "wecom.kf",
        "kind": "text",
        "text": "在吗",
        "content": "在吗",
        "menu_id": "7",
        "open_kfid": "wk1",
    }


@pytest.mark.parametrize("origin", [4, 5, None, "3"])
def test_what_staff_and_system_write_is_an_echo(origin):
    (ignored,) = ADAPTER.decode(page({**WROTE, "origin": origin}))
    assert isinstance(ignored, Ignored) and "echo" in ignored.reason


def test_entering_a_session_carries_the_code_of_a_welcome():
    event = {
        "event_type": "enter_session",
        "external_userid": "wmA",
        "open_kfid": "wk1",
        "scene": "s",
        "welcome_code": "W",
    }
    (entered,) = ADAPTER.decode(told_of(event))
    assert isinstance(entered, Event)
    assert entered.name == "session_entered"
    assert entered.properties["kf_welcome_code"] == "W"
    assert entered.properties["scene"] == "s"


@pytest.mark.parametrize(("raw", "outcome"), FAILURES.items())
def test_a_message_that_failed_is_reported_with_its_reason(raw, outcome):
    event = {
        "event_type": "msg_send_fail",
        "external_userid": "wmA",
        "fail_msgid": "m-7",
        "fail_type": int(raw),
    }
    (report,) = ADAPTER.decode(told_of(event))
    assert isinstance(report, Report)
    assert (report.reference, report.outcome, report.raw) == ("m-7", outcome, raw)
    assert report.receipt("t-1").status == "failed"


def test_other_events_of_customer_service_are_ignored_by_name():
    (ignored,) = ADAPTER.decode(told_of({"event_type": "session_status_change"}))
    assert isinstance(ignored, Ignored)
    assert ignored.name == "kf.event.session_status_change"


def test_a_page_that_is_an_error_says_which():
    with pytest.raises(AdapterError, match="errcode 95007"):
        ADAPTER.decode('{"errcode": 95007, "errmsg": "invalid msg token"}')


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        '{"msg_list": {}}',
        '{"msg_list": [1]}',
        page({**WROTE, "send_time": "soon"}),
        page({**WROTE, "external_userid": ""}),
        page({**WROTE, "msgid": None}),
        told_of({"event_type": "enter_session"}),
        page({"msgtype": "event", "send_time": 1615478585, "event": 7}),
    ],
)
def test_a_page_that_lacks_what_is_promised_is_refused(payload):
    with pytest.raises(PayloadError):
        ADAPTER.decode(payload)


def test_a_message_without_a_type_is_ignored():
    (ignored,) = ADAPTER.decode(page({"msgid": "m"}))
    assert isinstance(ignored, Ignored) and ignored.name == "untyped"


def test_a_message_that_is_no_text_has_none():
    image = {**WROTE, "msgtype": "image", "image": {"media_id": "M"}}
    (event,) = ADAPTER.decode(page(image))
    assert isinstance(event, Event)
    assert "text" not in event.properties and event.properties["media_id"] == "M"


def test_the_notice_of_messages_says_how_to_get_them():
    (ignored,) = ADAPTER.decode(
        callback("<Event>kf_msg_or_event</Event><Token>T</Token>")
    )
    assert isinstance(ignored, Ignored) and "kf/sync_msg" in ignored.reason
