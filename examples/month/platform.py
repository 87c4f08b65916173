"""A tiny WeCom: what becomes of a command, decided by the touch's id alone.

The shares are made up. 2 % of the WeCom messages fail because the contact is no friend
any more, 3 % of the SMS because the number is dead. Staff send a mass task within two
hours, so that an evening's task is done before the quiet hours; 5 % of the tasks are
never sent and lapse after a day. Of what arrives in a WeCom chat, 8 % is answered,
by one in seven with the wish to get no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import privflow as pf
from month.dates import between, chance, chosen_from
from month.people import Arrival, removed

NOT_FRIEND, DEAD_NUMBER, NEVER_SENT, ANSWERED = 0.02, 0.03, 0.05, 0.08
UNSUBSCRIBE: Final = "退订"
ANSWERS: Final = (
    "这款多少钱",
    "口红有新色吗",
    "精华快用完了",
    "谢谢, 收到",
    UNSUBSCRIBE,
    "价格还能再优惠吗",
    "周末来店里看看",
)

_CHATTY: Final = ("wecom.mass", "wecom.message", "wecom.welcome")

News = Arrival | pf.Receipt


def news_of(command: pf.Command, *, at: pf.Instant) -> Iterator[News]:
    """What the host will hear about a command that was given at an instant."""
    if isinstance(command, pf.AssignTask):
        yield from _task(command, at)
    else:
        yield from _message(command, at)


def _task(task: pf.AssignTask, at: pf.Instant) -> Iterator[News]:
    touch = task.touch
    if chance("never-sent", touch.id, NEVER_SENT):
        yield pf.Receipt(touch.id, "expired", at=at + pf.span("1d"))
        return
    sent_at = at + _minutes(between(5, 115, "staff", touch.id))
    yield pf.Receipt(touch.id, "confirmed", at=sent_at)
    yield from _arrival(task, sent_at)


def _message(send: pf.Send, at: pf.Instant) -> Iterator[News]:
    yield from _arrival(send, at + pf.span("2s"))


def _arrival(command: pf.Command, at: pf.Instant) -> Iterator[News]:
    touch = command.touch
    if touch.channel == "sms":
        is_dead = chance("dead-number", touch.contact_id, DEAD_NUMBER)
        yield _receipt(touch, at, "invalid" if is_dead else "")
        return
    if touch.channel == "wecom.message" and chance("fails", touch.id, NOT_FRIEND):
        yield _receipt(touch, at, "not_friend")
        # The platform's callback of the deletion had got lost; now the host knows.
        yield Arrival(removed(touch.contact_id, command.staff, at=at, told_by=touch.id))
        return
    yield _receipt(touch, at, "")
    if touch.channel in _CHATTY and chance("answers", touch.id, ANSWERED):
        yield _answer(touch, at + _minutes(between(1, 90, "answers-after", touch.id)))


def _receipt(touch: pf.Touch, at: pf.Instant, reason: str) -> pf.Receipt:
    status = "failed" if reason else "delivered"
    return pf.Receipt(touch.id, status, at=at, reason=reason)


def _answer(touch: pf.Touch, at: pf.Instant) -> Arrival:
    text = chosen_from(ANSWERS, "text", touch.id)
    event = pf.Event(
        "message_received",
        touch.contact_id,
        at=at,
        properties={"channel": "wecom.message", "kind": "text", "text": text},
        id=f"answer:{touch.id}",
    )
    if text != UNSUBSCRIBE:
        return Arrival(event)
    refusal = pf.Consent("wecom", False, purpose="marketing", at=at)
    return Arrival(event, consent=refusal)


def _minutes(minutes: float) -> pf.Span:
    return pf.span(f"{int(minutes * 60)}s")
