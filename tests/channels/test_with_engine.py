"""From a decision to a call and back: adapters between an engine and a platform."""

from __future__ import annotations

import json

import pytest

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
