from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.channels import WeComAdapter, additions_of, contact_of
from privflow.errors import AdapterError, DefinitionError, PayloadError
from privflow.facts import Contact, Event, Identity, Relation, Tag
from privflow.timing import instant

DATA = Path(__file__).parents[2] / "examples" / "data" / "wecom_external_contact.json"
RECORDED = {
    Path(entry["path"]).stem.removeprefix("externalcontact_"): entry["payload"]
    for entry in json.loads(DATA.read_text(encoding="utf-8"))
}
ANSWER = RECORDED["get"]
BATCH = RECORDED["batch_get_by_user"]["external_contact_list"]

FIRST = instant("2018-05-08T11:43:32Z")
SECOND = instant("2018-05-09T16:00:37Z")


def answer(*follows: dict[str, object], **person: object) -> dict[str, object]:
    return {
        "errcode": 0,
        "external_contact": {"external_userid": "wmA", **person},
        "follow_user": [
            {"userid": "zhang", "createtime": 1525779812, **f} for f in follows
        ],
    }


def test_the_recorded_answer_makes_a_contact():
    contact = contact_of(ANSWER, corp="corp-1")
    assert contact.id == "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w"
    assert contact.identities == (
        Identity("wecom.external_userid", contact.id, scope="corp-1"),
        Identity("wechat.unionid", "ozynqsulJFCZ2z1aYeS8h-nuasdfR1"),
    )
    assert contact.attributes == {
        "name": "李四",
        "position": "Manager",
        "avatar": "http://p.qlogo.cn/bizmail/IcsdgagqefergqerhewSdage/0",
        "corp_name": "腾讯",
        "corp_full_name": "腾讯科技有限公司",
        "type": 2,
        "gender": 1,
        "remark_mobiles": ("138000001", "130000002"),
    }


def test_the_recorded_answer_has_a_relation_for_each_member():
    """K2."""
    assert contact_of(ANSWER, corp="corp-1").relations == (
        Relation(staff="rocky", since=FIRST, remark="李部长"),
        Relation(staff="tommy", since=SECOND, remark="李总", state="外联二维码1"),
    )


def test_the_recorded_tag_is_a_fact_from_its_relation_on():
    """K3."""
    [fact] = contact_of(ANSWER, corp="corp-1").tags.history
    assert fact.tag == Tag("wecom.corp.标签分组名称", "标签名称")
    assert (fact.since, fact.until, fact.source) == (FIRST, None, "wecom:rocky")


def test_the_recorded_additions_are_one_event_for_each_relation():
    first, second = additions_of(ANSWER, corp="corp-1")
    assert (first.name, first.at, second.at) == ("contact_added", FIRST, SECOND)
    assert first.properties == {"channel": "wecom.message", "staff": "rocky"}
    assert second.properties["state"] == "外联二维码1"


def test_the_addition_of_a_batch_entry_is_that_of_the_member_asked_for():
    [added] = additions_of(BATCH[0], corp="corp-1", staff="rocky")
    assert (added.at, added.properties["staff"]) == (FIRST, "rocky")
    assert added.id.endswith(":rocky")
    with pytest.raises(PayloadError, match="names no userid"):
        additions_of(BATCH[0], corp="corp-1")


def test_recorded_batch_entries_make_contacts_of_the_member_asked_for():
    first, second = (contact_of(e, corp="corp-1", staff="rocky") for e in BATCH)
    assert first.relations == (
        Relation(staff="rocky", since=FIRST, remark="李部长", add_way=1),
    )
    assert first.attributes["remark_mobiles"] == ("13800000001", "13000000002")
    assert second.relations[0].state == "外联二维码1"
    [fact] = second.tags.history
    assert fact.tag == Tag("wecom.tag_id", "etAJ2GCAAAXtWyujaWJHDDGi0mACHAAA")


def test_a_batch_entry_that_names_no_member_asks_for_staff():
    with pytest.raises(PayloadError, match="names no userid") as caught:
        contact_of(BATCH[0], corp="corp-1")
    assert "staff=" in caught.value.hint


def test_a_member_that_an_entry_names_wins_over_the_one_asked_for():
    named = {**BATCH[0], "follow_info": {**BATCH[0]["follow_info"], "userid": "li"}}
    assert contact_of(named, corp="corp-1", staff="rocky").relations[0].staff == "li"


@pytest.mark.parametrize("name", sorted(set(RECORDED) - {"get"}))
def test_every_other_recorded_answer_is_refused_as_no_contact(name):
    with pytest.raises(PayloadError) as caught:
        contact_of(RECORDED[name], corp="corp-1")
    assert caught.value.hint


def test_an_id_of_a_tag_that_says_nothing_is_no_tag():
    info = {**BATCH[1]["follow_info"], "tag_id": [" ", 7, "etA"]}
    contact = contact_of(
        {**BATCH[1], "follow_info": info}, corp="corp-1", staff="rocky"
    )
    assert [fact.tag for fact in contact.tags.history] == [Tag("wecom.tag_id", "etA")]


TAGS = [
    ({"type": 1, "group_name": "会员", "tag_name": "金"}, "wecom.corp.会员", "金"),
    ({"type": 1, "tag_name": "金"}, "wecom.corp", "金"),
    ({"type": 2, "tag_name": "爱喝茶"}, "wecom.personal", "爱喝茶"),
    ({"type": 2, "group_name": "", "tag_name": "茶"}, "wecom.personal", "茶"),
    ({"type": 3, "group_name": "华东", "tag_name": "A"}, "wecom.rule.华东", "A"),
    ({"type": 9, "group_name": "新", "tag_name": "A"}, "wecom.other.新", "A"),
    ({"type": "1", "group_name": "新", "tag_name": "A"}, "wecom.other.新", "A"),
]


@pytest.mark.parametrize(("tag", "group", "label"), TAGS)
def test_the_kinds_of_tags_lie_in_groups_of_their_own(tag, group, label):
    contact = contact_of(answer({"tags": [tag]}), corp="corp-1")
    [fact] = contact.tags.history
    assert fact.tag == Tag(group, label)
    assert fact.source == "wecom:zhang"


def test_a_tag_of_several_members_counts_from_the_earliest_relation():
    tag = {"type": 1, "group_name": "会员", "tag_name": "金"}
    late = {"userid": "li", "createtime": 1525881637, "tags": [tag]}
    [fact] = contact_of(answer(late, {"tags": [tag]}), corp="corp-1").tags.history
    assert (fact.since, fact.source) == (FIRST, "wecom:zhang")


def test_phone_numbers_are_texts_without_repeats():
    one = {"remark_mobiles": [13800000001, " 13800000001 ", "", None, True, -1]}
    two = {"userid": "li", "remark_mobiles": ["13000000002", 13800000001]}
    contact = contact_of(answer(one, two), corp="corp-1")
    assert contact.attributes["remark_mobiles"] == ("13800000001", "13000000002")
    assert all(i.namespace != "phone" for i in contact.identities)


def test_an_unknown_gender_and_empty_texts_are_missing():
    contact = contact_of(answer(gender=0, name="", corp_name=7, type=1), corp="corp-1")
    assert contact.attributes == {"type": 1}


def test_additions_come_oldest_first_with_their_way():
    late = {"userid": "li", "createtime": 1525881637, "add_way": 16, "state": "q"}
    first, second = additions_of(answer(late, {}), corp="corp-1")
    assert (first.properties["staff"], second.properties["staff"]) == ("zhang", "li")
    assert second.properties == {
        "channel": "wecom.message",
        "staff": "li",
        "state": "q",
        "add_way": 16,
    }


def test_an_addition_has_the_key_of_its_callback():
    """E1."""
    payload = (
        "<xml><MsgType>event</MsgType><Event>change_external_contact</Event>"
        "<ChangeType>add_external_contact</ChangeType>"
        "<CreateTime>1525779812</CreateTime>"
        "<UserID>zhang</UserID><ExternalUserID>wmA</ExternalUserID></xml>"
    )
    (called,) = WeComAdapter(corp="corp-1").decode(payload)
    [imported] = additions_of(answer({}), corp="corp-1")
    assert isinstance(called, Event)
    assert called.key == imported.key


@pytest.mark.parametrize("read", [contact_of, additions_of])
@pytest.mark.parametrize(
    "code", [84061, -1, "40014", [1], pytest.param(10**5_000, id="huge")]
)
def test_an_errcode_is_an_adapter_error_with_the_raw_code(read, code):
    failed = {"errcode": code, "errmsg": "not external contact" + "!" * 999}
    with pytest.raises(AdapterError) as caught:
        read(failed, corp="corp-1")
    assert not isinstance(caught.value, PayloadError)
    assert "errcode" in caught.value.message and caught.value.hint
    assert len(str(caught.value)) < 400
    assert code == 10**5_000 or repr(code) in caught.value.message


MALFORMED = [
    ({}, "external_contact is missing"),
    ({"external_contact": []}, "external_contact is of type list"),
    ({"external_contact": {}, "follow_user": []}, "external_userid is missing"),
    (answer(external_userid=7), "external_userid is of type int"),
    ({"external_contact": {"external_userid": "w"}}, "follow_user is missing"),
    ({**answer(), "follow_user": ["zhang"]}, r"follow_user\[0\] is of type str"),
    (answer({"userid": ""}), r"follow_user\[0\] names no userid"),
    (answer({"createtime": None}), r"follow_user\[0\]\.createtime is missing"),
    (answer({"createtime": True}), r"createtime is True"),
    pytest.param(answer({"createtime": 10**5_000}), "a number too large", id="huge"),
    (answer({"createtime": 1.5}), "createtime is 1.5"),
]


@pytest.mark.parametrize(("payload", "told"), MALFORMED)
@pytest.mark.parametrize("read", [contact_of, additions_of])
def test_an_answer_without_what_is_promised_is_refused(read, payload, told):
    with pytest.raises(PayloadError, match=told) as caught:
        read(payload, corp="corp-1")
    assert caught.value.hint


def test_tags_without_name_or_form_are_refused():
    with pytest.raises(PayloadError, match="tag_name is missing"):
        contact_of(answer({"tags": [{"type": 1}]}), corp="corp-1")
    with pytest.raises(PayloadError, match=r"tags\[0\] is of type str"):
        contact_of(answer({"tags": ["金"]}), corp="corp-1")


@pytest.mark.parametrize("read", [contact_of, additions_of])
def test_an_empty_corp_is_refused(read):
    with pytest.raises(DefinitionError, match="corp"):
        read(answer({}), corp="")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
FIELDS = (
    "userid",
    "createtime",
    "tags",
    "tag_id",
    "remark_mobiles",
    "add_way",
    "state",
)
TAG = st.fixed_dictionaries(
    {}, optional={"type": JSON, "group_name": JSON, "tag_name": JSON}
)
FOLLOW = st.fixed_dictionaries(
    {"userid": JSON | st.just("li"), "createtime": JSON | st.just(1525779812)},
    optional={name: JSON | st.lists(TAG, max_size=2) for name in FIELDS[2:]},
)
PERSON = st.fixed_dictionaries(
    {"external_userid": JSON | st.just("wmA")},
    optional=dict.fromkeys(("name", "gender", "type", "unionid"), JSON),
)
ANSWERS = st.fixed_dictionaries(
    {"external_contact": PERSON | JSON, "follow_user": st.lists(FOLLOW | JSON) | JSON},
    optional={"errcode": JSON, "follow_info": FOLLOW | JSON},
)


def is_read_or_refused(given_answer: dict[str, object]) -> bool:
    """Whether both readers answer as they promise; other errors propagate."""
    try:
        contact = contact_of(given_answer, corp="corp-1")
        additions = additions_of(given_answer, corp="corp-1")
    except AdapterError as error:
        return bool(error.hint)
    return isinstance(contact, Contact) and len(additions) == len(contact.relations)


@given(ANSWERS)
def test_any_json_makes_a_contact_or_one_error_with_a_hint(given_answer):
    assert is_read_or_refused(given_answer)
