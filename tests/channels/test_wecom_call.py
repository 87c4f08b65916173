"""Calls to WeCom, and what its answers come to."""

from __future__ import annotations

import json

import pytest

from privflow.channels import (
    Content,
    File,
    Image,
    Link,
    MiniProgram,
    Response,
    Video,
    Voice,
    WeComAdapter,
    merged,
    wecom,
)
from privflow.engine import AssignTask, Remind, Send, Withdraw
from privflow.errors import ContentError, DefinitionError, ProtocolError
from privflow.facts import Contact, Event, Identity, Timeline
from privflow.timing import Span, instant
from privflow.touches import Ledger, Receipt, Touch

NOW = instant("2026-10-20T09:30+08:00")
ADAPTER = WeComAdapter(corp="corp-1", agent=7, kf="wk1")
ALL = [
    Image("i", url="https://i"),
    Link("标题", "https://l", description="d", picture="https://p"),
    MiniProgram("小程序", app="wx1", page="p", media="c"),
    Video("v"),
    File("f"),
]


def person(address: str) -> Contact:
    identity = Identity("wecom.external_userid", address, scope="corp-1")
    return Contact(address, identities=[identity])


def touch(number: int, channel: str = "wecom.mass", **parameters: object) -> Touch:
    return Touch(
        id=f"t-{number}",
        contact_id=f"wm{number}",
        channel=channel,
        message="m",
        kind="marketing",
        source="journey:j",
        parameters=parameters,
    )


def encoded(
    number: int,
    content: Content,
    channel: str = "wecom.mass",
    *,
    staff: str = "zhang",
    adapter: WeComAdapter = ADAPTER,
    **parameters: object,
):
    maker = AssignTask if channel in {"wecom.mass", "wecom.moments"} else Send
    command = maker(touch(number, channel, **parameters), staff=staff)
    return adapter.encode(command, person(f"wm{number}"), content, now=NOW)


def answer(request, fields, *, view=None, status=200):
    body = fields if isinstance(fields, str) else json.dumps(fields)
    return ADAPTER.decode_response(request, Response(status, body, at=NOW), view=view)


# ── Requests ─────────────────────────────────────────────────────────────────


def test_a_mass_send_names_the_member_and_the_contact():
    request = encoded(1, Content("上新", ALL))
    assert request.path == "/cgi-bin/externalcontact/add_msg_template"
    assert request.json == {
        "chat_type": "single",
        "external_userid": ["wm1"],
        "sender": "zhang",
        "text": {"content": "上新"},
        "attachments": [
            {"msgtype": "image", "image": {"media_id": "i", "pic_url": "https://i"}},
            {
                "msgtype": "link",
                "link": {
                    "title": "标题",
                    "picurl": "https://p",
                    "desc": "d",
                    "url": "https://l",
                },
            },
            {
                "msgtype": "miniprogram",
                "miniprogram": {
                    "title": "小程序",
                    "pic_media_id": "c",
                    "appid": "wx1",
                    "page": "p",
                },
            },
            {"msgtype": "video", "video": {"media_id": "v"}},
            {"msgtype": "file", "file": {"media_id": "f"}},
        ],
    }


def test_mass_sends_of_one_content_and_member_become_one_task():
    """J7: a member confirms one task, and not a thousand."""
    coupon = Content("券")
    requests = [encoded(n, coupon) for n in (1, 2)]
    requests += [encoded(3, coupon, staff="li"), encoded(4, Content("新品"))]
    together = merged(requests)
    reached = [one.json["external_userid"] for one in together]
    assert reached == [["wm1", "wm2"], ["wm3"], ["wm4"]]
    assert merged(together) == together


def test_a_batch_is_full_at_ten_thousand():
    first = encoded(1, Content("券"))
    many = merged([first] * 10_001)
    assert [len(one.recipients) for one in many] == [10_000, 1]


def test_moments_of_one_content_are_one_post_of_the_member():
    requests = [
        encoded(n, Content("晨报"), "wecom.moments", moment_tags=("et1", "et2"))
        for n in (1, 2)
    ]
    (post,) = merged(requests)
    assert post.json["visible_range"] == {
        "sender_list": {"user_list": ["zhang"]},
        "external_contact_list": {"tag_list": ["et1", "et2"]},
    }
    assert len(post.recipients) == 2


@pytest.mark.parametrize(
    "attachments",
    [[Image("i"), Video("v")], [Video("v")] * 2, [Image("i")] * 10, [File("f")]],
)
def test_moments_carry_nine_images_or_one_video_or_one_link(attachments):
    with pytest.raises(ContentError, match=r"wecom\.moments"):
        encoded(1, Content("晨报", attachments), "wecom.moments")


def test_a_welcome_carries_the_code_of_its_event():
    request = encoded(1, Content("您好"), "wecom.welcome", welcome_code="CODE")
    assert request.json["welcome_code"] == "CODE"
    assert "CODE" not in repr(request)
    with pytest.raises(ProtocolError, match="welcome_code"):
        encoded(1, Content("您好"), "wecom.welcome")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (Content("请发送"), "text"),
        (Content(attachments=[Voice("v")]), "voice"),
        (Content(attachments=[Link("t", "https://l")]), "news"),
    ],
)
def test_a_message_to_one_customer_is_a_note_to_the_member(content, kind):
    request = encoded(1, content, "wecom.message")
    assert request.json["touser"] == "zhang" and request.json["agentid"] == 7
    assert request.json["msgtype"] == kind and kind in request.json


def test_a_note_needs_a_member_and_an_app():
    with pytest.raises(ProtocolError, match="names no member"):
        encoded(1, Content("a"), "wecom.message", staff="")
    with pytest.raises(ProtocolError, match="through an app") as caught:
        encoded(1, Content("a"), "wecom.message", adapter=WeComAdapter(corp="corp-1"))
    assert "agent=" in caught.value.hint


@pytest.mark.parametrize("part", [*ALL, Voice("v")])
def test_customer_service_sends_words_or_one_attachment(part):
    request = encoded(1, Content(attachments=[part]), "wecom.kf")
    assert request.json["msgtype"] == part.kind and part.kind in request.json
    with pytest.raises(ContentError, match="two messages"):
        encoded(1, Content("a", [part]), "wecom.kf")


def test_customer_service_speaks_for_an_account():
    assert encoded(1, Content("a"), "wecom.kf").json["open_kfid"] == "wk1"
    chosen = encoded(1, Content("a"), "wecom.kf", open_kfid="wk2")
    assert chosen.json["open_kfid"] == "wk2"
    with pytest.raises(ProtocolError, match="customer-service account"):
        encoded(1, Content("a"), "wecom.kf", adapter=WeComAdapter(corp="corp-1"))


def test_the_welcome_of_customer_service_answers_an_event():
    request = encoded(1, Content("您好"), "wecom.kf_welcome", kf_welcome_code="C")
    assert request.path == "/cgi-bin/kf/send_msg_on_event"
    assert (request.json["code"], request.json["msgid"]) == ("C", "t-1")


# ── Answers ──────────────────────────────────────────────────────────────────


def test_those_whom_a_task_cannot_reach_fail_and_the_others_wait():
    request = merged([encoded(n, Content("券")) for n in (1, 2)])[0]
    result = answer(request, {"errcode": 0, "fail_list": ["wm2"], "msgid": "M"})
    assert (result.outcome, result.reference) == ("task_created", "M")
    told = [(one.touch_id, one.status, one.reason) for one in result.receipts]
    assert told == [("t-1", "submitted", ""), ("t-2", "failed", "invalid")]


@pytest.mark.parametrize(
    ("status", "told"),
    [(0, []), (1, ["delivered"]), (2, ["failed"]), (3, ["failed"]), (9, ["unknown"])],
)
def test_the_fate_of_a_mass_send_is_told_for_each_customer(status, told):
    asked = wecom.mass_results(encoded(1, Content("券")), "M", staff="zhang")
    assert asked.json == {"msgid": "M", "userid": "zhang", "limit": 500}
    entry = {"external_userid": "wm1", "status": status, "send_time": 1792459800}
    stranger = {"external_userid": "wm9", "status": 1}
    fields = {"errcode": 0, "send_list": [entry, stranger, "x"], "next_cursor": "N"}
    result = answer(asked, fields)
    assert [one.status for one in result.receipts] == told
    assert result.reference == "N"
    if told == ["delivered"]:
        assert result.receipts[0].at == instant("2026-10-20T01:30:00Z")


PAGES = [
    lambda sent, **at: wecom.mass_results(sent, "R", staff="zhang", **at),
    lambda sent, **at: wecom.mass_tasks(sent, "R", **at),
    lambda sent, **at: wecom.moment_results(sent, "R", staff="zhang", **at),
    lambda sent, **at: wecom.moment_tasks(sent, "R", **at),
]


@pytest.mark.parametrize("ask", PAGES)
def test_the_next_page_is_the_same_question_with_the_cursor_of_the_answer(ask):
    sent = encoded(1, Content("券"))
    first, second = ask(sent), ask(sent, cursor="N")
    assert "cursor" not in first.json
    assert second.json == {**first.json, "cursor": "N"}
    assert (second.path, second.recipients) == (first.path, first.recipients)


def test_a_time_of_the_platform_that_lies_ahead_is_not_believed():
    asked = wecom.mass_results(encoded(1, Content("券")), "M", staff="zhang")
    entry = {"external_userid": "wm1", "status": 1, "send_time": 4102444800}
    assert answer(asked, {"errcode": 0, "send_list": [entry]}).receipts[0].at == NOW


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [([2, 2], "confirmed"), ([2, 0], "waiting"), ([], "waiting")],
)
def test_a_task_is_confirmed_when_every_member_has_done_it(statuses, outcome):
    asked = wecom.mass_tasks(encoded(1, Content("券")), "M")
    tasks = [{"userid": "u", "status": status} for status in statuses]
    result = answer(asked, {"errcode": 0, "task_list": tasks})
    assert result.outcome == outcome
    assert [one.status for one in result.receipts] == (
        ["confirmed"] if outcome == "confirmed" else []
    )


def test_members_who_are_on_the_next_page_may_not_have_done_it():
    asked = wecom.mass_tasks(encoded(1, Content("券")), "M")
    fields = {"errcode": 0, "task_list": [{"status": 2}], "next_cursor": "N"}
    assert answer(asked, fields).outcome == "waiting"


@pytest.mark.parametrize(
    ("fields", "outcome", "reference"),
    [
        ({"status": 1}, "waiting", ""),
        (
            {"status": 3, "result": {"errcode": 0, "moment_id": "mom"}},
            "task_created",
            "mom",
        ),
        ({"status": 3, "result": {"errcode": 41089}}, "invalid", ""),
        ({"status": 3, "result": {"errcode": 123456}}, "unknown", ""),
    ],
)
def test_a_job_of_moments_ends_in_a_post(fields, outcome, reference):
    asked = wecom.moment_job(encoded(1, Content("券"), "wecom.moments"), "J")
    assert (asked.method, asked.query, asked.json) == ("GET", {"jobid": "J"}, {})
    result = answer(asked, {"errcode": 0, **fields})
    assert (result.outcome, result.reference) == (outcome, reference)


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [([1, 1], "confirmed"), ([1, 0], "waiting"), ([1, 7], "waiting"), ([], "waiting")],
)
def test_a_post_is_confirmed_when_every_member_has_published_it(statuses, outcome):
    """J7."""
    sent = encoded(1, Content("券"), "wecom.moments")
    tasks = [{"userid": "u", "publish_status": status} for status in statuses]
    result = answer(wecom.moment_tasks(sent, "mom"), {"errcode": 0, "task_list": tasks})
    assert result.outcome == outcome
    told = ["confirmed"] if outcome == "confirmed" else []
    assert [one.status for one in result.receipts] == told


def test_a_post_is_delivered_to_the_customers_who_can_see_it():
    sent = merged([encoded(n, Content("券"), "wecom.moments") for n in (1, 2)])[0]
    asked = wecom.moment_results(sent, "mom", staff="zhang")
    seen = [{"external_userid": "wm2"}, {"external_userid": "wm9"}, "wm1"]
    fields = {"errcode": 0, "customer_list": seen, "next_cursor": "N"}
    result = answer(asked, fields)
    assert [(one.touch_id, one.status) for one in result.receipts] == [
        ("t-2", "delivered")
    ]
    assert (result.outcome, result.reference) == ("delivered", "N")
    nobody = answer(asked, {"errcode": 0, "customer_list": []})
    assert (nobody.outcome, nobody.reference, nobody.receipts) == ("waiting", "", ())


def test_a_post_for_whom_the_member_has_is_of_no_tags():
    body = encoded(1, Content("券"), "wecom.moments").json
    assert body["visible_range"] == {"sender_list": {"user_list": ["zhang"]}}
    assert (
        "visible_range" not in encoded(1, Content("券"), "wecom.moments", staff="").json
    )


@pytest.mark.parametrize("given", [None, "wm1", {"external_userid": "wm1"}])
def test_a_list_that_is_none_names_nobody(given):
    asked = wecom.mass_results(encoded(1, Content("券")), "M", staff="zhang")
    result = answer(asked, {"errcode": 0, "send_list": given})
    assert (result.outcome, result.receipts) == ("waiting", ())


def test_an_attachment_may_go_without_words():
    assert "text" not in encoded(1, Content(attachments=[Image("i")])).json


def test_a_note_that_reaches_no_member_has_failed():
    request = encoded(1, Content("a"), "wecom.message")
    result = answer(request, {"errcode": 0, "invaliduser": "zhang"})
    assert result.receipts[0].reason == "invalid"


# ── Codes ────────────────────────────────────────────────────────────────────


class Past:
    """What a host knows of the contact: a `View`."""

    contact = Contact("wm1")
    timezone = "UTC"

    def __init__(self, *happened: str, heard: str = "") -> None:
        events = (Event(n, "wm1", at=NOW - Span(9 - i)) for i, n in enumerate(happened))
        self.timeline = Timeline(events)
        self.ledger = Ledger().reserving(touch(1, "wecom.welcome"), now=NOW)
        if heard:
            self.ledger = self.ledger.informed(Receipt("t-1", heard, at=NOW))


WELCOME = encoded(1, Content("您好"), "wecom.welcome", welcome_code="C")


@pytest.mark.parametrize(
    ("view", "outcome", "status"),
    [
        (None, "ambiguous", "unknown"),
        (Past("contact_added"), "ambiguous", "unknown"),
        (Past("message_received", "contact_added"), "ambiguous", "unknown"),
        (Past("contact_added", "message_received"), "window_closed", "failed"),
        (Past(heard="submitted"), "duplicate", "submitted"),
    ],
)
def test_41051_is_told_apart_by_what_is_known(view, outcome, status):
    """It may be our own welcome, which has arrived: then nothing is freed (Q4)."""
    result = answer(WELCOME, {"errcode": 41051, "errmsg": "m"}, view=view)
    assert result.outcome == outcome and result.raw == "41051"
    assert result.receipts[0].status == status
    assert bool(result.candidates) == (outcome == "ambiguous")


def test_41096_is_no_41051():
    result = answer(WELCOME, {"errcode": 41096, "errmsg": "being distributed"})
    assert result.outcome == "retryable" and result.may_repeat
    assert "distributed" in result.says


@pytest.mark.parametrize(
    ("fields", "status", "outcome"),
    [
        ({"errcode": 987654}, 200, "unknown"),
        ("<html>", 200, "unknown"),
        ("[]", 200, "unknown"),
        ({"errcode": True}, 200, "unknown"),
        ({"errcode": "45009"}, 200, "rate_limited"),
        ({}, 429, "rate_limited"),
        ({}, 503, "unknown"),
        ({"errcode": 0}, 503, "unknown"),
    ],
)
def test_what_no_table_knows_keeps_the_touch(fields, status, outcome):
    """Q4: an unknown outcome frees nothing."""
    result = answer(WELCOME, fields, status=status)
    assert result.outcome == outcome
    assert (result.receipts[0].status == "unknown") == (outcome == "unknown")


# ── Operations ───────────────────────────────────────────────────────────────


def test_tags_are_added_and_removed_by_their_ids():
    request = wecom.mark_tags("wmA", staff="zhang", add=["a"], remove=["b"])
    assert request.path == "/cgi-bin/externalcontact/mark_tag"
    assert request.json["add_tag"] == ["a"] and request.json["remove_tag"] == ["b"]
    assert answer(request, {"errcode": 0}).outcome == "sent"
    with pytest.raises(DefinitionError, match="no tag"):
        wecom.mark_tags("wmA", staff="zhang")


@pytest.mark.parametrize(
    ("customer", "outcome"),
    [
        ({"errcode": 0}, "task_created"),
        ({"errcode": 40128}, "over_limit"),
        ({"errcode": 123456}, "unknown"),
        ({"errcode": 0, "status": 3}, "refused"),
    ],
)
def test_a_transfer_begins_or_says_why_not(customer, outcome):
    request = wecom.transfer(["wmA"], staff="zhang", to="li", says="我的同事")
    assert request.json["transfer_success_msg"] == "我的同事"
    fields = {"errcode": 0, "customer": [{"external_userid": "wmA", **customer}]}
    assert answer(request, fields).outcome == outcome


@pytest.mark.parametrize("count", [0, 101])
def test_a_transfer_is_of_one_to_a_hundred_contacts(count):
    with pytest.raises(DefinitionError, match="expected 1 to 100"):
        wecom.transfer(["wm"] * count, staff="a", to="b")


def test_reminders_and_ends_name_the_task():
    assert wecom.remind("M").json == {"msgid": "M"}
    assert wecom.remind("M").channel == "wecom.mass"
    assert wecom.remind("M", channel="wecom.group").channel == "wecom.group"
    with pytest.raises(DefinitionError, match=r"remind\.channel"):
        wecom.remind("M", channel="wecom.moments")
    assert wecom.cancel(encoded(1, Content("a")), "M").json == {"msgid": "M"}
    post = encoded(1, Content("a"), "wecom.moments")
    assert wecom.cancel(post, "mom").json == {"moment_id": "mom"}


def test_a_task_is_stopped_when_nobody_is_to_get_it_any_more():
    """J7: the platform stops a task as a whole."""
    [task] = merged([encoded(1, Content("a")), encoded(2, Content("a"))])
    first, second = (Withdraw(touch(n), reason="goal") for n in (1, 2))
    assert wecom.withdrawal(task, "M", [first]) is None
    stopped = wecom.withdrawal(task, "M", [second, first])
    assert stopped == wecom.cancel(task, "M")


@pytest.mark.parametrize(
    ("command", "call"),
    [
        (Remind(touch(1), number=1), "wecom.remind"),
        (Withdraw(touch(1), reason="goal"), "wecom.withdrawal"),
    ],
)
def test_what_is_about_a_task_is_not_encoded_as_another_task(command, call):
    """J7: the call wants the platform's own reference, which the host has."""
    with pytest.raises(ProtocolError) as raised:
        ADAPTER.encode(command, person("wm1"), Content("a"), now=NOW)
    assert call in raised.value.hint


# ── Customer groups ──────────────────────────────────────────────────────────


def to_group(number: int, *, staff: str = "zhang"):
    chat = Identity("wecom.chat_id", f"wr{number}", scope="corp-1")
    group = Contact(f"g-{number}", identities=[chat])
    command = AssignTask(touch(number, "wecom.group"), staff=staff)
    return ADAPTER.encode(command, group, Content("投票"), now=NOW)


def test_groups_of_one_owner_are_one_task():
    (task,) = merged([to_group(1), to_group(2)])
    assert (task.json["chat_type"], task.batch) == ("group", 2_000)
    assert task.json["chat_id_list"] == ["wr1", "wr2"]
    assert len(merged([to_group(1), to_group(2, staff="li")])) == 2


def test_groups_that_cannot_be_sent_to_are_told_by_their_chat():
    (task,) = merged([to_group(1), to_group(2)])
    told = answer(task, {"errcode": 0, "msgid": "M", "fail_list": ["wr2"]})
    assert [(r.touch_id, r.reason) for r in told.receipts] == [
        ("t-1", ""),
        ("t-2", "invalid"),
    ]


def test_a_group_is_never_taken_for_a_customer_of_the_same_id():
    question = wecom.mass_results(to_group(1), "M", staff="zhang")
    told = answer(
        question,
        {
            "errcode": 0,
            "send_list": [
                {"external_userid": "wr1", "status": 3},
                {"chat_id": "wr1", "status": 1, "send_time": 1},
            ],
        },
    )
    assert [receipt.status for receipt in told.receipts] == ["delivered"]


def test_a_task_for_a_group_names_its_owner():
    with pytest.raises(ProtocolError, match="names no member"):
        to_group(1, staff="")
