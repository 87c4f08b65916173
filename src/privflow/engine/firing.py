"""Rules that an event sets off."""

from __future__ import annotations

from typing import assert_never

from attrs import frozen

from privflow.engine.entry import enter
from privflow.engine.leaving import leave_all
from privflow.engine.release import Draft, ask, made, release
from privflow.engine.turn import Answer, Turn
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


@frozen
class Firing:
    """A rule that fires, the event behind it, and the instant that is lived through."""

    rule: Rule
    event: Event
    key: str
    at: Instant

    @property
    def source(self) -> str:
        """How the journal calls where it comes from."""
        return f"rule:{self.rule.name}"


def fire_rules(turn: Turn, event: Event, key: str, at: Instant) -> None:
    """Run every rule of the event whose condition holds; later ones see the effects."""
    for rule in turn.index.rules.get(event.name, ()):
        if not rule.on.matches(event.properties):
            continue
        if turn.holds(rule.when, at, turn.scope_of_event(event.properties)):
            firing = Firing(rule, event, key, at)
            turn.note("rule", at=at, source=firing.source, subject=event.name)
            for place, action in enumerate(rule.do):
                _act(turn, firing, action, place)


def _act(turn: Turn, firing: Firing, action: Action, place: int) -> None:
    at, source = firing.at, firing.source
    match action:
        case AddTag(tag=tag) if not turn.contact.may_hold(tag, now=at):
            turn.note(
                "not_tagged",
                at=at,
                source=source,
                subject=str(tag),
                reason="no_sensitive_consent",
            )
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
            enter(turn, turn.index.journeys[name], at, firing.event.properties)
        case Leave(name):
            leave_all(turn, name, at, "rule")
        case Reply():
            turn.answers.append(_answer(firing, action, place))
        case _:
            assert_never(action)


def _answer(firing: Firing, reply: Reply, place: int) -> Answer:
    named = firing.event.properties.get("channel")
    own = (named,) if isinstance(named, str) else ()
    channels = reply.via or own
    return Answer(firing.rule.name, reply, channels, firing.at, (firing.key, place))


def answer(turn: Turn) -> None:
    """Let out the replies that rules decided on; each leaves now or not at all."""
    waiting, turn.answers = turn.answers, []
    for decided in waiting:
        if decided.at == turn.now or turn.has_everything:
            _reply(turn, decided)
        else:
            turn.answers.append(decided)


def _reply(turn: Turn, decided: Answer) -> None:
    """Answer on the first channel that every gate allows."""
    message, source = decided.reply.message, f"rule:{decided.rule}"
    draft = Draft(message, source, place=decided.place)
    reason = "no_channel"
    for channel in decided.channels:
        if channel not in turn.index.channels:
            reason = "unknown_channel"
            continue
        asked = ask(turn, made(turn, draft, channel))
        reason = asked.denied or asked.held
        if not reason:
            release(turn, asked.touch, decided.at)
            return
    turn.note(
        "skipped", at=decided.at, source=source, subject=message.name, reason=reason
    )
