"""The parts of the hosts: seal, wire, webhooks, and what a desk does in doubt."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from attrs import evolve
from fake_books import Customer
from fake_platform import Platform, Served
from hosts.async_host import AsyncHost
from hosts.desk import Desk
from hosts.errand import Call
from hosts.mailroom import Chore, Letterbox
from hosts.seal import ForgedError, Seal
from hosts.shop import plan
from hosts.sync_worker import SyncWorker
from hosts.wire import signature
from hosts_month import account, seal

import privflow as pf
from privflow.channels import Response

NOON: Final = pf.instant("2026-10-20T12:00:00+08:00")  # a Tuesday
SECOND: Final = 1_000_000

# ── The seal ─────────────────────────────────────────────────────────────────

DOCUMENTED: Final = Seal(
    "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
)
ECHO: Final = (
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZX"
    "vnaqQ=="
)
MARKS: Final = {
    "signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
}


def test_the_documented_example_opens():
    """The sample of WeCom's own libraries (developer.work.weixin.qq.com 90468)."""
    assert DOCUMENTED.opened(ECHO, **MARKS) == "1616140317555161061"


@pytest.mark.parametrize("wrong", ["signature", "timestamp", "nonce"])
def test_a_forged_mark_opens_nothing(wrong):
    with pytest.raises(ForgedError, match="signature"):
        DOCUMENTED.opened(ECHO, **{**MARKS, wrong: "1"})


def test_what_is_sealed_for_another_corp_is_refused():
    other = Seal("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx-other")
    with pytest.raises(ForgedError, match="receiver"):
        other.opened(ECHO, **MARKS)


@pytest.mark.parametrize("sealed", ["", "YQ==", "YWJjZGVmZ2hpamtsbW5vcA==", "%%%"])
def test_rubbish_under_a_right_signature_is_refused(sealed):
    mark = DOCUMENTED.signature(sealed, timestamp="1", nonce="2")
    with pytest.raises(ForgedError):
        DOCUMENTED.opened(sealed, signature=mark, timestamp="1", nonce="2")


@pytest.mark.parametrize("text", ["", "好" * 7, "x" * 31, "x" * 32])
def test_what_is_sealed_opens(text):
    sealed = DOCUMENTED.sealed(text, noise=bytes(16))
    mark = DOCUMENTED.signature(sealed, timestamp="1", nonce="2")
    opened = DOCUMENTED.opened(sealed, signature=mark, timestamp="1", nonce="2")
    assert opened == text


# ── The wire ─────────────────────────────────────────────────────────────────


def test_the_documented_call_has_the_documented_signature():
    """The sample of Aliyun's documentation of RPC signatures."""
    query = {
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "Format": "XML",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "SignatureVersion": "1.0",
        "Timestamp": "2016-02-23T12:46:24Z",
        "Version": "2014-05-26",
    }
    assert signature("GET", query, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_no_secret_is_in_a_repr():
    assert "secret" not in repr(account("http://here"))
    assert "sms-key" not in repr(account("http://here"))


# ── A desk whose calls the test answers ──────────────────────────────────────


class Room:
    """A desk, two customers whom it knows, and the time."""

    def __init__(self, path: Path) -> None:
        self.desk, self.box = Desk(path, plan()), Letterbox(path)
        self.now = NOON
        for name in ("wmA", "wmB"):
            self.hear(name, "add_external_contact")
        self.answer_all()

    def hear(self, name: str, change: str, code: str = "") -> None:
        told = {
            "CreateTime": str(self.now.us // SECOND),
            "MsgType": "event",
            "Event": "change_external_contact",
            "ChangeType": change,
            "ExternalUserID": name,
            "UserID": "zhang",
            "WelcomeCode": code,
        }
        fields = "".join(f"<{n}>{v}</{n}>" for n, v in told.items())
        self.box.keep("wecom", f"<xml>{fields}</xml>")

    def calls(self) -> list[Call | Chore]:
        """What it wants to call, once; each call begins."""
        found = self.desk.calls(self.now, set())
        for call in found:
            self.desk.begin(call, self.now)
        return found

    def settle(self, call: Call | Chore, body: object, status: int = 200) -> None:
        answer = Response(status, json.dumps(body), at=self.now)
        self.desk.settle(call, answer)

    def answer_all(self) -> None:
        """Tell who everybody is, and that nothing is new."""
        for call in self.calls():
            assert isinstance(call, Chore)
            follow = [{"userid": "zhang", "createtime": self.now.us // SECOND}]
            person = {"external_userid": call.about, "type": 1}
            self.settle(
                call,
                {
                    "errcode": 0,
                    "external_contact": person,
                    "follow_user": follow,
                    "next_cursor": "0",
                },
            )
        self.desk.calls(self.now, set())

    def sends(self) -> list[Call]:
        """The calls about touches, after chores got their answers."""
        found = self.calls()
        for call in found:
            if isinstance(call, Chore):
                self.settle(call, {"errcode": 0, "next_cursor": "0"})
        return [call for call in found if isinstance(call, Call)]

    def statuses(self) -> list[str]:
        self.desk.calls(self.now, set())
        states = [self.desk.host.state(name) for name in ("wmA", "wmB")]
        return [record.status for state in states for record in state.ledger]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    found = Room(tmp_path / "host.db")
    yield found
    found.box.close()
    found.desk.close()


@pytest.fixture
def tried(room: Room) -> Room:
    """The news of eight in the evening, called for two; the answer got lost."""
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    assert (send.purpose, len(send.errands)) == ("send", 2)
    room.settle(send, {}, status=502)
    return room


def test_a_task_in_doubt_is_asked_about_and_not_sent_again(tried: Room):
    assert tried.sends() == []
    tried.now += pf.span("1m")
    (ask,) = tried.sends()
    assert ask.purpose == "ask"
    listed = {"msgid": "M", "text": ask.sent.json["text"]}
    tried.settle(ask, {"errcode": 0, "group_msg_list": [listed]})
    assert tried.statuses() == ["submitted", "submitted"]


def test_a_task_that_was_not_taken_is_sent_now(tried: Room):
    tried.now += pf.span("1m")
    (ask,) = tried.sends()
    tried.settle(ask, {"errcode": 0, "group_msg_list": []})
    (send,) = tried.sends()
    assert send.purpose == "send"


def test_a_task_that_is_known_already_is_not_taken_for_another(tried: Room):
    tried.now += pf.span("1m")
    (ask,) = tried.sends()
    listed = {"msgid": "M", "text": ask.sent.json["text"]}
    one, other = (evolve(ask, errands=(errand,)) for errand in ask.errands)
    tried.settle(one, {"errcode": 0, "group_msg_list": [listed]})
    tried.settle(other, {"errcode": 0, "group_msg_list": [listed]})
    assert tried.statuses() == ["submitted", "reserved"]


def test_a_question_without_an_answer_is_asked_again(tried: Room):
    tried.now += pf.span("1m")
    (ask,) = tried.sends()
    tried.settle(ask, {}, status=502)
    assert tried.desk.next_at(tried.now) == tried.now + pf.span("1m")


def test_what_goes_the_same_way_waits_for_what_is_in_doubt(tried: Room):
    tried.hear("wmC", "add_external_contact")
    tried.now = pf.instant("2026-10-21T10:00:00+08:00")
    assert [call.purpose for call in tried.sends()] == ["ask"]


def test_a_task_that_nobody_confirms_is_recalled_and_expires(room: Room):
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 0, "msgid": "M"})
    room.now += pf.span("1d")
    recall = next(call for call in room.sends() if call.purpose == "recall")
    assert recall.request.path.endswith("cancel_groupmsg_send")
    room.settle(recall, {"errcode": 0})
    look = next(call for call in room.sends() if call.purpose == "look")
    one = {"external_userid": "wmA", "status": 1}
    room.settle(look, {"errcode": 0, "send_list": [one]})
    assert sorted(room.statuses())[:2] == ["delivered", "expired"]


def test_a_task_is_recalled_when_nobody_is_to_get_it_any_more(room: Room):
    """J7: one customer alone cannot be taken out of it; who got it, got it."""
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 0, "msgid": "M"})
    room.now += pf.span("10m")
    room.hear("wmA", "del_follow_user")
    assert [call.purpose for call in room.sends()] == ["look"]
    room.now += pf.span("10m")
    room.hear("wmB", "del_follow_user")
    (recall,) = room.sends()
    assert recall.request.path.endswith("cancel_groupmsg_send")
    room.settle(recall, {"errcode": 0})
    (look,) = room.sends()
    one = {"external_userid": "wmA", "status": 1}
    room.settle(look, {"errcode": 0, "send_list": [one]})
    assert room.statuses() == ["delivered", "cancelled"]


def test_what_is_withdrawn_before_it_was_called_for_is_not_sent(room: Room):
    """J7."""
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 45009})
    for name in ("wmA", "wmB"):
        room.hear(name, "del_follow_user")
    room.now += pf.span("1m")
    assert room.sends() == []
    assert room.statuses() == ["cancelled", "cancelled"]


def test_a_command_that_waited_too_long_expires_unsent(room: Room):
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 45009})
    room.now += pf.span("2h")
    assert room.sends() == []
    assert room.statuses() == ["expired", "expired"]


def test_a_call_that_came_too_often_is_made_again_a_minute_later(room: Room):
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 45009})
    assert room.sends() == []
    room.now += pf.span("1m")
    assert [call.purpose for call in room.sends()] == ["send"]


@pytest.fixture
def welcome(room: Room) -> Room:
    """A welcome, called for twice; the first answer got lost."""
    room.now += pf.span("1h")
    room.hear("wmC", "add_external_contact", code="CODE")
    who = next(call for call in room.calls() if isinstance(call, Chore))
    follow = {"userid": "zhang", "createtime": room.now.us // SECOND}
    person = {"external_userid": "wmC", "type": 1}
    answer = {"errcode": 0, "external_contact": person, "follow_user": [follow]}
    room.settle(who, answer)
    (send,) = room.sends()
    room.settle(send, {}, status=502)
    return room


def of_newcomer(room: Room) -> tuple[str, list[str]]:
    """How far the welcome has come, and what was told of it."""
    room.desk.calls(room.now, set())
    (record,) = room.desk.host.state("wmC").ledger
    rows = room.desk.host.db.execute("SELECT key FROM inbox WHERE contact_id = 'wmC'")
    told = [key.split()[2] for (key,) in rows if key.startswith("receipt")]
    return record.status, told


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        (0, "submitted", ["submitted"]),
        (41051, "submitted", ["submitted"]),  # the first call has used the code up
        (41050, "reserved", ["unknown"]),  # too late, or used up: nobody can tell
    ],
)
def test_a_repeated_call_says_nothing_against_the_first_one(
    welcome: Room, code: int, status: str, told: list[str]
):
    """Q4: what may have arrived keeps its place."""
    welcome.now += pf.span("5s")
    (again,) = welcome.sends()
    welcome.settle(again, {"errcode": code})
    assert of_newcomer(welcome) == (status, told)


def test_a_call_in_doubt_stays_in_doubt_when_it_is_told_to_wait(welcome: Room):
    welcome.now += pf.span("5s")
    (again,) = welcome.sends()
    welcome.settle(again, {"errcode": 45009})
    welcome.now += pf.span("1m")
    (again,) = welcome.sends()
    welcome.settle(again, {"errcode": 41050})
    assert of_newcomer(welcome) == ("reserved", ["unknown"])


def test_a_first_call_that_failed_has_failed(room: Room):
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 40096})
    assert room.statuses() == ["failed", "failed"]


def test_a_failed_call_gives_back_what_contacts_share(room: Room):
    """Q2, Q4."""
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    taken = "SELECT count(*) FROM standing"
    assert room.desk.host.db.execute(taken).fetchone() == (2,)
    room.settle(send, {"errcode": 40096})
    assert room.desk.host.db.execute(taken).fetchone() == (0,)


def test_nothing_expires_before_the_platform_has_answered(room: Room):
    """What was delivered before it was recalled has been delivered."""
    room.now = pf.instant("2026-10-20T20:00:00+08:00")
    (send,) = room.sends()
    room.settle(send, {"errcode": 0, "msgid": "M"})
    room.now += pf.span("1d")
    recall = next(call for call in room.sends() if call.purpose == "recall")
    room.settle(recall, {"errcode": 0})
    look = next(call for call in room.sends() if call.purpose == "look")
    room.settle(look, {}, status=502)
    assert room.statuses().count("expired") == 0


def test_a_report_of_the_provider_is_the_end_of_its_touch(tmp_path: Path):
    box = Letterbox(tmp_path / "host.db")
    desk = Desk(tmp_path / "host.db", plan())
    phone = pf.Identity("phone", "13800000001")
    touch = pf.Touch(
        id="t-1",
        contact_id="c",
        channel="sms",
        message="sale",
        kind="marketing",
        source="journey:new-friend",
    )
    ledger = pf.ContactState(pf.Contact("c", identities=[phone])).ledger
    state = pf.ContactState(
        pf.Contact("c", identities=[phone]), ledger=ledger.reserving(touch, now=NOON)
    )
    db = desk.host.db
    row = ("c", json.dumps(pf.dump(state)))
    db.execute("INSERT INTO contact (id, state) VALUES (?, ?)", row)
    command = json.dumps(pf.dump(pf.Send(touch)))
    db.execute(
        "INSERT INTO outbox (key, touch, command) VALUES ('t-1', 't-1', ?)", (command,)
    )
    report = {
        "phone_number": "13800000001",
        "success": True,
        "out_id": "t-1",
        "report_time": "2026-10-20 12:00:05",
    }
    box.keep("sms", json.dumps([report, {**report, "out_id": "t-unknown"}]))
    later = NOON + pf.span("1m")
    calls = desk.calls(later, set())
    assert not [call for call in calls if isinstance(call, Call)]
    (record,) = desk.host.state("c").ledger
    assert record.status == "delivered"
    box.close()
    desk.close()


def test_a_callback_that_nobody_can_read_is_kept_and_stops_nothing(room: Room):
    room.box.keep("wecom", "<xml>")
    room.now += pf.span("1m")
    room.hear("wmA", "del_follow_user")
    room.calls()
    rows = room.desk.host.db.execute(
        "SELECT state FROM mail ORDER BY number"
    ).fetchall()
    assert [state for (state,) in rows][-2:] == ["refused", "read"]
    enrolment = room.desk.host.state("wmA").enrolment("new-friend")
    assert enrolment is not None
    assert enrolment.ended_by == "exit"


def test_somebody_who_left_before_we_asked_gets_nothing(room: Room):
    room.hear("wmGone", "add_external_contact")
    who = next(call for call in room.calls() if isinstance(call, Chore))
    room.settle(who, {"errcode": 84061})
    room.calls()
    state = room.desk.host.state("wmGone")
    assert state.contact.identities[0].value == "wmGone"
    assert not len(state.ledger)


# ── The asynchronous host, for real ──────────────────────────────────────────


def real_clock() -> pf.Instant:
    return pf.Instant(time.time_ns() // 1000)


def hosting(path: Path, url: str = "http://127.0.0.1:9") -> AsyncHost:
    return AsyncHost(
        path,
        evolve(plan(), gates=()),
        account=account(url),
        seal=seal(),
        clock=real_clock,
        sms_path="reports",
    )


def talking(
    path: Path, talk: Callable[[httpx.AsyncClient, AsyncHost], object]
) -> object:
    """Talk to the webhooks of a host whose worker sleeps."""

    async def run() -> object:
        host = hosting(path)
        transport = httpx.ASGITransport(app=host.app())
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url="http://h"
            ) as client:
                return await talk(client, host)  # type: ignore[misc]
        finally:
            await host.close()

    return asyncio.run(run())


def sealed(text: str) -> tuple[dict[str, str], str]:
    closed = seal().sealed(text, noise=bytes(16))
    given = {"timestamp": "1", "nonce": "2"}
    return {**given, "msg_signature": seal().signature(closed, **given)}, closed


def test_the_address_is_verified(tmp_path: Path):
    async def talk(client: httpx.AsyncClient, _host: AsyncHost) -> str:
        marks, echo = sealed("1616140317555161061")
        return (await client.get("/wecom", params={**marks, "echostr": echo})).text

    assert talking(tmp_path / "h.db", talk) == "1616140317555161061"


@pytest.mark.parametrize(
    ("body", "marks", "status"),
    [
        ("<xml><Encrypt>{}</Encrypt></xml>", {}, 200),
        ("<xml><Encrypt>{}</Encrypt></xml>", {"nonce": "3"}, 403),
        ("<xml><Encrypt>{}</Encrypt></xml>", {"msg_signature": "好"}, 403),
        ("<xml><Other>{}</Other></xml>", {}, 400),
        ("{}", {}, 400),
        ("x" * 300_000, {}, 413),
    ],
)
def test_a_webhook_answers(tmp_path: Path, body, marks, status):
    async def talk(client: httpx.AsyncClient, _host: AsyncHost) -> int:
        right, closed = sealed("<xml/>")
        text = body.format(closed) if "{}" in body else body
        answer = await client.post("/wecom", params={**right, **marks}, content=text)
        return answer.status_code

    assert talking(tmp_path / "h.db", talk) == status


def test_reports_of_sms_come_to_a_secret_address(tmp_path: Path):
    async def talk(client: httpx.AsyncClient, _host: AsyncHost) -> list[int]:
        paths = ("/sms/reports", "/sms/guessed")
        return [(await client.post(p, content="[]")).status_code for p in paths]

    assert talking(tmp_path / "h.db", talk) == [200, 404]


def test_a_callback_wakes_the_worker_and_a_welcome_leaves(tmp_path: Path):
    """The whole way, by the real clock: callback, decision, call."""
    platform = Platform(rule="one_a_day", seed=1, faults=0)

    async def run(url: str) -> None:
        host = hosting(tmp_path / "h.db", url)
        transport = httpx.ASGITransport(app=host.app())
        work = asyncio.create_task(host.run())
        async with httpx.AsyncClient(
            transport=transport, base_url="http://h"
        ) as client:
            platform.now = int(time.time())
            platform.add(Customer("wmA", "zhang", platform.now, code="CODE"))
            ((*_, payload),) = platform.callbacks
            marks, closed = sealed(payload)
            body = f"<xml><Encrypt>{closed}</Encrypt></xml>"
            await client.post("/wecom", params=marks, content=body)
            async with asyncio.timeout(10):
                while not platform.received:  # noqa: ASYNC110 - the other side is a thread
                    await asyncio.sleep(0.01)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await host.close()

    with Served(platform.app()) as url:
        asyncio.run(run(url))
    assert [one.channel for one in platform.received] == ["wecom.welcome"]


def test_the_lifespan_starts_the_worker_and_ends_it(tmp_path: Path):
    async def run() -> None:
        host = hosting(tmp_path / "h.db")
        app = host.app()
        async with app.router.lifespan_context(app):
            await asyncio.sleep(0.05)

    asyncio.run(run())


# ── The synchronous worker ───────────────────────────────────────────────────


def test_the_worker_works_until_it_is_told_and_sleeps_in_between(tmp_path: Path):
    platform = Platform(rule="one_a_day", seed=1, faults=0)
    now, naps = [NOON], list[float]()

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        now[0] += pf.span(f"{max(1, round(seconds))}s")
        platform.now = now[0].us // SECOND

    platform.now = NOON.us // SECOND
    with Served(platform.app()) as url:
        worker = SyncWorker(
            tmp_path / "h.db",
            plan(),
            account=account(url),
            clock=lambda: now[0],
            sleep=sleep,
        )
        platform.customers["wmA"] = Customer("wmA", "zhang", platform.now - 60)
        worker.run(until=NOON + pf.span("9h"), at_most=600)
        worker.close()
    assert max(naps) == 600
    assert [task.text["content"][:4] for task in platform.tasks.values()] == ["news"]
