"""Rules that an event sets off."""

from __future__ import annotations

from typing import assert_never

from privflow.engine.attempt import ask, made, release
from privflow.engine.travel import enter, leave
from privflow.engine.turn import Turn
from privflow.facts import Event
from privflow.rules import (
    Action,
    AddTag,
    Enrol,
    Leave,
    RemoveTag,
    Reply,
    Rule,
    SetAttribute,
)
from privflow.timing import Instant


def fire_rules(turn: Turn, event: Event, at: Instant) -> None:
    """Run every rule of the event whose condition holds; later ones see the effects."""
    for rule in turn.index.rules.get(event.name, ()):
        if not rule.on.matches(event.properties):
            continue
        if turn.holds(rule.when, at, turn.scope(event=event.properties)):
            turn.note("rule", at=at, source=f"rule:{rule.name}", subject=event.name)
            for place, action in enumerate(rule.do):
                _act(turn, rule, action, event, at, place)


def _act(  # noqa: PLR0913 - an action needs to know where it stands
    turn: Turn, rule: Rule, action: Action, event: Event, at: Instant, place: int
) -> None:
    source = f"rule:{rule.name}"
    match action:
        case AddTag(tag=tag, ttl=ttl):
            turn.contact = turn.contact.tagged(tag, at=at, source=source, ttl=ttl)
            turn.note("tagged", at=at, source=source, subject=str(tag))
        case RemoveTag(tag):
            turn.contact = turn.contact.untagged(tag, at=at)
            turn.note("untagged", at=at, source=source, subject=str(tag))
        case SetAttribute(name, value):
            turn.contact = turn.contact.with_attributes({name: value})
            turn.note("attribute", at=at, source=source, subject=name)
        case Enrol(name):
            enter(turn, turn.index.journeys[name], at, event.properties)
        case Leave(name):
            enrolment = turn.enrolments.get(name)
            if enrolment is not None and enrolment.ended_at is None:
                leave(turn, enrolment, at, "rule")
        case Reply():
            _reply(turn, rule, action, event, at, place)
        case _:
            assert_never(action)


def _reply(  # noqa: PLR0913 - as above
    turn: Turn, rule: Rule, reply: Reply, event: Event, at: Instant, place: int
) -> None:
    """Answer on the first channel that every gate allows; a reply does not wait."""
    source = f"rule:{rule.name}"
    named = event.properties.get("channel")
    channels = reply.via or ((named,) if isinstance(named, str) else ())
    reason = "no_channel"
    for channel in channels:
        if channel not in turn.index.channels:
            reason = "unknown_channel"
            continue
        touch = made(
            turn, reply.message, channel, source=source, place=(event.key, place)
        )
        answer = ask(turn, touch)
        reason = answer.denied or answer.held
        if not reason:
            release(turn, touch, at)
            return
    turn.note(
        "skipped", at=at, source=source, subject=reply.message.name, reason=reason
    )
