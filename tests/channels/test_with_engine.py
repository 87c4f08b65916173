"""From a decision to a call and back: adapters between an engine and a platform."""

from __future__ import annotations

import json

import pytest
from attrs import evolve

import privflow as pf
from privflow import event
from privflow.channels import Content, Response, WeComAdapter, merged, wecom

ADAPTER = WeComAdapter(corp="corp-1")
START = pf.instant("2026-10-20T09:30+08:00")


def plan() -> pf.Plan:
    coupon = pf.Message("coupon", kind="service")
    rule = pf.Rule(
        "answer", on=event("asked"), do=[pf.Reply(coupon, via=["wecom.mass"])]
    )
    quota = wecom.mass_send(rule="one_a_day")
    return pf.Plan(rules=[rule], quotas=[quota], timezone="Asia/Shanghai")


def newcomer() -> pf.ContactState:
    who = pf.Identity("wecom.external_userid", "wmA", scope="corp-1")
    relation = pf.Relation(staff="zhang", since=START - pf.span("30d"))
    return pf.ContactState(pf.Contact("c", identities=[who], relations=[relation]))


def ask(engine: pf.Engine, state: pf.ContactState, at: pf.Instant) -> pf.Outcome:
    return engine.advance(state, pf.Event("asked", "c", at=at), now=at)


@pytest.mark.parametrize(("status", "again"), [(1, False), (2, True), (3, True)])
def test_a_receipt_of_the_platform_keeps_or_frees_the_place(status, again):
    """Q4: a definite failure releases."""
    engine = pf.Engine(plan())
    first = ask(engine, newcomer(), START)
    (command,) = first.commands
    assert isinstance(command, pf.AssignTask)
    contact = first.state.contact
    request = ADAPTER.encode(command, contact, Content("券"), now=START)
    assert request.json["sender"] == "zhang"
    (task,) = merged([request])

    taken = Response(200, '{"errcode": 0, "msgid": "M", "fail_list": []}', at=START)
    result = ADAPTER.decode_response(task, taken)
    state = first.state
    for receipt in result.receipts:
        state = engine.advance(state, receipt, now=START).state

    later = START + pf.span("1h")
    question = wecom.mass_results(task, result.reference, staff="zhang")
    fate = {"errcode": 0, "send_list": [{"external_userid": "wmA", "status": status}]}
    answered = ADAPTER.decode_response(
        question, Response(200, json.dumps(fate), at=later)
    )
    for receipt in answered.receipts:
        state = engine.advance(state, receipt, now=later).state

    second = ask(engine, state, START + pf.span("2h"))
    assert bool(second.commands) == again


def test_a_call_that_may_have_been_carried_out_keeps_the_place():
    """Q4: an unknown outcome keeps."""
    engine = pf.Engine(plan())
    first = ask(engine, newcomer(), START)
    request = ADAPTER.encode(
        first.commands[0], first.state.contact, Content("券"), now=START
    )
    (receipt,) = ADAPTER.decode_response(request, Response(0, at=START)).receipts
    state = engine.advance(first.state, receipt, now=START).state
    assert not ask(engine, state, START + pf.span("1h")).commands


def test_a_callback_sets_a_journey_off_with_the_code_of_its_welcome():
    hello = pf.SOPStep(
        "hello",
        pf.after("0s"),
        pf.Message("hello", kind="service"),
        via=["wecom.welcome"],
    )
    journey = pf.Journey(
        "new",
        version=1,
        enter_on=event("contact_added"),
        stages=[pf.Stage("s", steps=[hello])],
    )
    engine = pf.Engine(pf.Plan(journeys=[journey]))
    payload = (
        f"<xml><CreateTime>{START.us // 1_000_000}</CreateTime><MsgType>event</MsgType>"
        "<Event>change_external_contact</Event><ExternalUserID>wmA</ExternalUserID>"
        "<ChangeType>add_external_contact</ChangeType><UserID>zhang</UserID>"
        "<WelcomeCode>CODE</WelcomeCode></xml>"
    )
    (added,) = ADAPTER.decode(payload)
    assert isinstance(added, pf.Event)
    outcome = engine.advance(
        newcomer(),
        pf.Event(added.name, "c", at=added.at, properties=added.properties),
        now=START,
    )
    (command,) = outcome.commands
    request = ADAPTER.encode(command, outcome.state.contact, Content("您好"), now=START)
    assert request.json["welcome_code"] == "CODE"


# ── A group has a life of its own ────────────────────────────────────────────


def group_plan() -> pf.Plan:
    """A vote on the first and the second day of a group's life, one task a day."""
    steps = [
        pf.SOPStep(
            f"vote-{number}",
            pf.day(number, "10:00"),
            pf.Message("vote", kind="service"),
            via=["wecom.group"],
        )
        for number in (1, 2)
    ]
    journey = pf.Journey(
        "calendar",
        enter_on=event("group_created"),
        stages=[pf.Stage("s", steps=steps)],
    )
    quota = wecom.group_send(rule="one_a_day")
    return pf.Plan(journeys=[journey], quotas=[quota], timezone="Asia/Shanghai")


def of_group(change: str, at: pf.Instant, inner: str = "") -> list[pf.Event]:
    """What a callback tells, with the host's id of the group in place of the chat's."""
    payload = (
        f"<xml><CreateTime>{at.us // 1_000_000}</CreateTime><MsgType>event</MsgType>"
        f"<Event>change_external_chat</Event><ChatId>wrTea</ChatId>"
        f"<ChangeType>{change}</ChangeType>{inner}</xml>"
    )
    told = [one for one in ADAPTER.decode(payload) if isinstance(one, pf.Event)]
    return [
        evolve(one, contact_id="g-1") if one.contact_id == "wrTea" else one
        for one in told
    ]


def founded(group: pf.Group) -> tuple[pf.Engine, pf.ContactState]:
    engine = pf.Engine(group_plan())
    state = pf.ContactState(group.as_contact(now=START))
    (created,) = of_group("create", START)
    return engine, engine.advance(state, created, now=START).state


TEA = pf.Group("g-1", "wrTea", owner="zhang", created_at=START, scope="corp-1")


def test_a_calendar_of_a_group_becomes_tasks_of_its_owner():
    """J8, J7: from the callback to the words that the owner confirms."""
    engine, state = founded(TEA)
    due = pf.instant("2026-10-21T10:00+08:00")
    outcome = engine.advance(state, now=due)
    (command,) = outcome.commands
    assert isinstance(command, pf.AssignTask) and command.staff == "zhang"
    contact = outcome.state.contact
    request = ADAPTER.encode(command, contact, Content("投票"), now=due)
    assert request.json == {
        "chat_type": "group",
        "chat_id_list": ["wrTea"],
        "sender": "zhang",
        "text": {"content": "投票"},
    }
    taken = Response(200, '{"errcode": 0, "msgid": "M", "fail_list": []}', at=due)
    result = ADAPTER.decode_response(request, taken)
    question = wecom.mass_results(request, result.reference, staff="zhang")
    fate = {"errcode": 0, "send_list": [{"chat_id": "wrTea", "status": 3}]}
    (told,) = ADAPTER.decode_response(
        question, Response(200, json.dumps(fate), at=due)
    ).receipts
    assert (told.touch_id, told.status, told.reason) == (
        command.touch.id,
        "failed",
        "over_limit",
    )
    state = engine.advance(outcome.state, told, now=due).state
    second = engine.advance(state, now=due + pf.span("1d"))
    assert [one.touch.message for one in second.commands] == ["vote"]


def test_who_joins_has_an_event_and_the_group_grows_by_it():
    later = START + pf.span("1h")
    inner = (
        "<UpdateDetail>add_member</UpdateDetail><JoinScene>3</JoinScene>"
        "<MemChangeList><Item>wmA</Item></MemChangeList>"
    )
    whole, joined = of_group("update", later, inner)
    assert (whole.name, whole.contact_id) == ("group_changed", "g-1")
    assert (joined.name, joined.contact_id) == ("group_joined", "wmA")
    grown = TEA.joined("c-1", at=joined.at, by=joined.properties["join_scene"])
    assert [one.joined_by for one in grown.members] == ["qr_code"]


def test_a_group_that_is_dismissed_gets_no_task():
    """J8."""
    engine, state = founded(TEA)
    (gone,) = of_group("dismiss", START + pf.span("1h"))
    contact = TEA.dismissed(at=gone.at).as_contact(now=gone.at, known=state.contact)
    state = engine.advance(evolve(state, contact=contact), gone, now=gone.at).state
    assert not engine.advance(state, now=START + pf.span("5d")).commands
