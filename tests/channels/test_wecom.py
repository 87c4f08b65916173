"""Changes of external contacts: written from the fields that 92130 and 92277 list."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import Ignored, WeComAdapter
from privflow.errors import DefinitionError, PayloadError
from privflow.facts import Event
from privflow.timing import instant

ADAPTER = WeComAdapter(corp="corp-1")


def change(kind: str, *, end: str = "</xml>", drop: str = "", **fields: str) -> str:
    """A change_external_contact callback, with more fields or without one."""
    written = {
        "ToUserName": "ww1",
        "FromUserName": "sys",
        "CreateTime": "1403610513",
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": kind,
        "UserID": "zhang",
        "ExternalUserID": "wmA",
        **fields,
    }
    lines = (
        f"<{name}><![CDATA[{text}]]></{name}>"
        for name, text in written.items()
        if name != drop
    )
    return f"<xml>{''.join(lines)}{end}"


def decoded(payload: str) -> Event:
    (event,) = ADAPTER.decode(payload)
    assert isinstance(event, Event)
    return event


ADDED = {"State": "qr-store-7", "WelcomeCode": "W1"}
CHANGES = [
    (
        "add_external_contact",
        ADDED,
        "contact_added",
        {"half": False, "state": "qr-store-7", "welcome_code": "W1"},
    ),
    (
        "add_half_external_contact",
        ADDED,
        "contact_added",
        {"half": True, "state": "qr-store-7", "welcome_code": "W1"},
    ),
    ("edit_external_contact", {}, "contact_edited", {}),
    ("del_external_contact", {}, "contact_removed", {"by": "staff"}),
    (
        "del_external_contact",
        {"Source": "DELETE_BY_TRANSFER"},
        "contact_transferred",
        {"source": "DELETE_BY_TRANSFER"},
    ),
    ("del_follow_user", {}, "contact_removed", {"by": "contact"}),
    (
        "transfer_fail",
        {"FailReason": "customer_refused"},
        "transfer_failed",
        {"reason": "customer_refused", "fail_reason": "customer_refused"},
    ),
    (
        "msg_audit_approved",
        {"WelcomeCode": "W2"},
        "archive_agreed",
        {"welcome_code": "W2"},
    ),
]


@pytest.mark.parametrize("end", ["</xml>", "</xml >"])
@pytest.mark.parametrize(("kind", "fields", "name", "properties"), CHANGES)
def test_a_change_of_a_contact_makes_its_event(kind, fields, name, properties, end):
    event = decoded(change(kind, end=end, **fields))
    assert event.name == name
    assert event.contact_id == "wmA"
    assert event.at == instant("2014-06-24T11:48:33Z")
    where = {"channel": "wecom.message", "staff": "zhang"}
    assert event.properties == {**where, **properties}
    assert event.id == f"corp-1:wmA:1403610513:change_external_contact:{kind}:zhang"


def test_an_addition_without_welcome_code_has_none():
    event = decoded(change("add_external_contact"))
    assert "welcome_code" not in event.properties and "state" not in event.properties


def test_the_three_ways_to_lose_a_contact_are_three_facts():
    """K2."""
    staff = decoded(change("del_external_contact"))
    contact = decoded(change("del_follow_user"))
    over = decoded(change("del_external_contact", Source="DELETE_BY_TRANSFER"))
    assert (staff.name, contact.name) == ("contact_removed", "contact_removed")
    assert (staff.properties["by"], contact.properties["by"]) == ("staff", "contact")
    assert over.name == "contact_transferred" and "by" not in over.properties


@pytest.mark.parametrize("field", ["CreateTime", "ExternalUserID", "UserID"])
def test_a_change_without_a_promised_field_is_refused(field):
    with pytest.raises(PayloadError, match=f"{field} is missing") as caught:
        ADAPTER.decode(change("add_external_contact", drop=field))
    assert caught.value.hint


@pytest.mark.parametrize(
    "time",
    [
        "",
        "0",
        "-1",
        "soon",
        "1.5",
        "1e9",
        "１４０３６１０５１３",
        "1403610513000",
        "999999999999",
        "9" * 5_000,
    ],
)
def test_a_time_that_is_no_second_is_refused(time):
    with pytest.raises(PayloadError, match="CreateTime is") as caught:
        ADAPTER.decode(change("add_external_contact", CreateTime=time))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("field", ["ExternalUserID", "Event", "ChangeType", "MsgType"])
def test_a_field_that_says_two_things_is_refused(field):
    twice = f"<{field}>other</{field}></xml>"
    with pytest.raises(PayloadError, match=f"{field} 2 times"):
        ADAPTER.decode(change("add_external_contact", end=twice))


def test_fields_of_the_platform_cannot_pass_for_words_of_the_vocabulary():
    event = decoded(change("del_follow_user", channel="sms", by="staff", staff="li"))
    assert event.properties["channel"] == "wecom.message"
    assert event.properties["by"] == "contact"
    assert event.properties["staff"] == "zhang"


def test_further_fields_are_kept_repeats_as_a_list_and_nested_ones_left_out():
    more = "<TagId>1</TagId><TagId>2</TagId><Deep><A>1</A></Deep><None/></xml>"
    event = decoded(change("edit_external_contact", end=more))
    kept = set(event.properties) - {"channel", "staff"}
    assert kept == {"tag_id"} and event.properties["tag_id"] == ("1", "2")


OTHERS = [
    ("change_external_tag", "shuffle", "change_external_tag.shuffle"),
    ("change_external_contact", "brand_new", "change_external_contact.brand_new"),
    ("change_external_contact", "", "change_external_contact"),
    ("kf_msg_or_event", "", "kf_msg_or_event"),
    ("", "", "Event"),
    ("change_external_chat", "brand_new", "change_external_chat.brand_new"),
]


@pytest.mark.parametrize(("event", "kind", "name"), OTHERS)
def test_other_changes_are_ignored_by_name_whatever_they_lack(event, kind, name):
    fields = f"<MsgType>event</MsgType><Event>{event}</Event>"
    payload = f"<xml>{fields}<ChangeType>{kind}</ChangeType></xml >"
    (ignored,) = ADAPTER.decode(payload)
    assert isinstance(ignored, Ignored)
    assert ignored.name == name
    assert ignored.reason


SUITE = (
    "<xml><SuiteId>ww4</SuiteId><AuthCorpId>wx1</AuthCorpId>"
    "<InfoType>change_external_contact</InfoType><TimeStamp>1403610513</TimeStamp>"
    "<ChangeType>add_external_contact</ChangeType><UserID>zhang</UserID>"
    "<ExternalUserID>wmA</ExternalUserID></xml>"
)


def test_a_suite_tells_of_a_contact_as_an_app_does_and_names_its_corp():
    event = decoded(SUITE)
    assert (event.name, event.contact_id) == ("contact_added", "wmA")
    assert event.at == instant("2014-06-24T11:48:33Z")
    assert event.properties["auth_corp_id"] == "wx1"
    assert (
        event.id
        == "wx1:wmA:1403610513:change_external_contact:add_external_contact:zhang"
    )


def test_a_notice_to_the_provider_is_ignored_by_name():
    payload = "<xml><SuiteId>ww4</SuiteId><InfoType>suite_ticket</InfoType></xml>"
    (ignored,) = ADAPTER.decode(payload)
    assert isinstance(ignored, Ignored)
    assert ignored.name == "suite_ticket"
    assert "suite" in ignored.reason and "90628" in ignored.reason


def test_the_name_of_an_ignored_callback_is_one_short_line_in_a_log():
    name = "a\nb" * 10_000
    (ignored,) = ADAPTER.decode(f"<xml><MsgType>{name}</MsgType></xml>")
    assert len(str(ignored)) < 200 and "\n" not in str(ignored)


def test_a_host_puts_its_own_id_in_and_the_key_stays():
    event = decoded(change("add_external_contact", **ADDED))
    ours = evolve(event, contact_id="c-001")
    assert ours.contact_id == "c-001" and ours.key == event.key


def test_ids_differ_by_corp_contact_time_change_and_staff():
    base = {"kind": "add_external_contact"}
    variants = [
        base,
        {**base, "UserID": "li"},
        {**base, "ExternalUserID": "wmB"},
        {**base, "CreateTime": "1403610514"},
        {"kind": "add_half_external_contact"},
    ]
    events = [decoded(change(**fields)) for fields in variants]
    (other,) = WeComAdapter(corp="corp-2").decode(change(**base))
    assert isinstance(other, Event)
    assert len({event.id for event in (*events, other)}) == len(variants) + 1


@pytest.mark.parametrize("corp", ["", "  "])
def test_an_adapter_without_a_corp_is_refused(corp):
    with pytest.raises(DefinitionError, match=r"WeComAdapter\.corp"):
        WeComAdapter(corp=corp)


HEAD = (
    "<MsgType>event</MsgType><Event>change_external_contact</Event>"
    "<ChangeType>add_external_contact</ChangeType>"
    "<ExternalUserID>wmA</ExternalUserID>"
)
FIELDS = st.sampled_from(["UserID", "CreateTime", "State", "WelcomeCode", "X"])


def is_decoded_or_refused(payload: str) -> bool:
    """Whether the adapter answers as it promises; other errors propagate."""
    try:
        (event,) = ADAPTER.decode(payload)
    except PayloadError as error:
        return bool(error.hint)
    return isinstance(event, Event) and event.id.startswith("corp-1:wmA:")


@given(st.dictionaries(FIELDS, st.text() | st.just("1403610513")))
def test_any_field_values_make_an_event_or_a_refusal(fields):
    body = (f"<{name}><![CDATA[{text}]]></{name}>" for name, text in fields.items())
    assert is_decoded_or_refused(f"<xml>{HEAD}{''.join(body)}</xml>")
