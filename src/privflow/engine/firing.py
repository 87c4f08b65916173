"""Rules that an event sets off, and the events that they make.

Theory of operation
-------------------
1. First all rules of the event at hand run, then those of the events that they made, in
   the order in which these were made, and so on.
2. A rule fires once for an input, however often the events that follow from it ask for
   it, and an input makes at most `MOST_EVENTS` events: no circle goes on for ever.
3. An event that a rule makes has an id made from the input's, the rule and the place of
   the action: a replay makes the same one, and it is known when it comes from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import assert_never

from attrs import field, frozen

from privflow.engine.command import StaffTask
from privflow.engine.course import Draft
from privflow.engine.entry import enter
from privflow.engine.following import settle_tier
from privflow.engine.gates import facts_behind
from privflow.engine.leaving import leave_all
from privflow.engine.release import ask, id_of, made, release, staff_of
from privflow.engine.tagging import give, take_off
from privflow.engine.turn import Answer, Turn
from privflow.facts import Event, Properties
from privflow.journeys import GateLine
from privflow.rules import (
    Action,
    AddTag,
    Emit,
    Enrol,
    GiveTask,
    Leave,
    RemoveTag,
    Reply,
    Rule,
    Score,
    SetAttribute,
)
from privflow.timing import Instant, Span

MOST_EVENTS = 100
"""That rules may make of one input; the journal says what was left out beyond it."""

_ID_BYTES = 12


@frozen
class Cascade:
    """What one input has brought about so far: events made, and rules that fired."""

    events: list[Event] = field(factory=list)
    fired: set[str] = field(factory=set)


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

    def id(self, turn: Turn, place: int) -> str:
        """The id of what an action of the rule makes."""
        plan, contact = turn.index.plan.name, turn.contact.id
        whole = repr((plan, contact, self.source, self.key, place))
        data = whole.encode("utf-8", "surrogatepass")
        return blake2b(data, digest_size=_ID_BYTES).hexdigest()


def fire_rules(turn: Turn, event: Event, key: str, at: Instant) -> Sequence[Event]:
    """Run every rule of the event whose condition holds; later ones see the effects.

    Returns:
        The events that rules made, which may start journeys, too.
    """
    if event.name not in turn.index.rulebooks:
        return ()
    cascade = Cascade()
    _fire_all(turn, cascade, event, key, at)
    for made_event in cascade.events:  # it grows while it is walked
        _fire_all(turn, cascade, made_event, made_event.id, at)
    return cascade.events


def _fire_all(
    turn: Turn, cascade: Cascade, event: Event, key: str, at: Instant
) -> None:
    for firing in _firings(turn, event, key, at):
        reason = _refusal(turn, cascade, firing)
        source = firing.source
        if reason:
            turn.note(
                "not_fired", at=at, source=source, subject=event.name, reason=reason
            )
            continue
        turn.note("rule", at=at, source=source, subject=event.name)
        cascade.fired.add(firing.rule.name)
        _remember(turn, firing)
        for place, action in enumerate(firing.rule.do):
            _act(turn, cascade, firing, action, place)


def _firings(turn: Turn, event: Event, key: str, at: Instant) -> Iterator[Firing]:
    """The rules whose condition holds, each judged after those before it have acted."""
    book, fields = turn.index.rulebooks.get(event.name), event.properties
    for rule in book.candidates(fields) if book is not None else ():
        if rule.on.matches(fields) and turn.holds(
            rule.when, at, turn.scope_of_event(fields)
        ):
            yield Firing(rule, event, key, at)


def _refusal(turn: Turn, cascade: Cascade, firing: Firing) -> str:
    """Why a rule whose condition holds may not fire; empty where it may."""
    rule = firing.rule
    if rule.name in cascade.fired:
        return "fired_already"
    if not rule.is_limited:
        return ""
    return rule.refusal(turn.rule_memory.firings(rule.name), firing.event.at)


def _remember(turn: Turn, firing: Firing) -> None:
    """Note the firing of a rule with a limit, as long as an event may ask for it."""
    rule, remember = firing.rule, turn.index.plan.remember
    if rule.is_limited:
        gap = rule.once_per
        keep = None if gap is None else Span(gap.us + remember.us)
        turn.rule_memory = turn.rule_memory.firing(
            rule.name, firing.event.at, keep=keep
        )


def _act(
    turn: Turn, cascade: Cascade, firing: Firing, action: Action, place: int
) -> None:
    at, source = firing.at, firing.source
    match action:
        case AddTag(tag=tag, ttl=ttl):
            give(turn, tag, at=at, source=source, ttl=ttl)
        case RemoveTag(tag):
            take_off(turn, tag, at=at, source=source)
        case SetAttribute(name, value):
            turn.contact = turn.contact.with_attributes({name: value})
            turn.note("attribute", at=at, source=source, subject=name)
        case Score():
            _score(turn, firing, action)
        case Enrol() | Leave():
            _travel(turn, firing, action)
        case Reply():
            turn.answers = (*turn.answers, _answer(firing, action, place))
        case GiveTask():
            _give_task(turn, firing, action, place)
        case Emit():
            _emit(turn, cascade, firing, action, place)
        case _:
            assert_never(action)


def _travel(turn: Turn, firing: Firing, action: Enrol | Leave) -> None:
    if isinstance(action, Enrol):
        journey = turn.index.journeys[action.journey]
        enter(turn, journey, firing.at, firing.event.properties)
    else:
        leave_all(turn, action.journey, firing.at, "rule")


def _score(turn: Turn, firing: Firing, action: Score) -> None:
    at, definition = firing.at, turn.index.scores[action.score]
    before = turn.rule_memory.score(action.score)
    points = definition.added(before, action.points, since=firing.event.at, now=at)
    turn.rule_memory = turn.rule_memory.scoring(points)
    score = definition.value(turn.rule_memory, now=at)
    facts = Properties({"points": action.points, "score": score})
    name = definition.name
    turn.note("scored", at=at, source=firing.source, subject=name, facts=facts)
    settle_tier(turn, definition, at)


def _give_task(turn: Turn, firing: Firing, action: GiveTask, place: int) -> None:
    at, source = firing.at, firing.source
    due_at = None if action.within is None else at + action.within
    task = StaffTask(
        action.task,
        id=firing.id(turn, place),
        contact_id=turn.contact.id,
        staff=action.staff or staff_of(turn),
        due_at=due_at,
        source=source,
        parameters=action.parameters,
    )
    turn.tasks = (*turn.tasks, task)
    facts = Properties({"task": task.id, "staff": task.staff})
    turn.note("tasked", at=at, source=source, subject=action.task, facts=facts)


def _emit(
    turn: Turn, cascade: Cascade, firing: Firing, action: Emit, place: int
) -> None:
    at, source, name = firing.at, firing.source, action.event
    if len(cascade.events) >= MOST_EVENTS:
        turn.note("not_emitted", at=at, source=source, subject=name, reason="too_many")
        return
    fields = firing.event.properties
    kept = {name: fields[name] for name in action.keeping if name in fields}
    event = Event(
        name,
        turn.contact.id,
        at=at,
        properties=action.properties.updated(kept),
        id=firing.id(turn, place),
    )
    turn.timeline = turn.timeline.with_event(event)
    turn.seen = turn.seen.adding(event.id, at)
    turn.note("emitted", at=at, source=source, subject=name)
    cascade.events.append(event)


def _answer(firing: Firing, reply: Reply, place: int) -> Answer:
    named = firing.event.properties.get("channel")
    own = (named,) if isinstance(named, str) else ()
    channels = reply.via or own
    return Answer(firing.rule.name, reply, channels, firing.at, (firing.key, place))


def answer(turn: Turn) -> None:
    """Let out the replies that rules decided on; each leaves now or not at all."""
    waiting, turn.answers = turn.answers, ()
    for decided in waiting:
        if decided.at == turn.now or turn.has_everything:
            _reply(turn, decided)
        else:
            turn.answers = (*turn.answers, decided)


def _reply(turn: Turn, decided: Answer) -> None:
    """Answer on the first channel that every gate allows.

    What was answered before is not: an event may come again under its id when the plan
    has forgotten that id.
    """
    message, source = decided.reply.message, f"rule:{decided.rule}"
    draft = Draft(message, source)
    touch_id = id_of(turn, draft.origin, decided.place)
    reason = "no_channel"
    lines: tuple[GateLine, ...] = ()
    for channel in decided.channels:
        if channel not in turn.index.channels:
            reason = "unknown_channel"
            continue
        touch = made(turn, draft, channel, touch_id)
        if turn.ledger.find(touch.id) is not None:
            reason = "repeated"
            break
        asked = ask(turn, touch)
        reason = asked.denied or asked.held
        lines = asked.lines
        if not reason:
            release(turn, asked.touch, decided.at)
            return
    facts = facts_behind(reason, lines)
    turn.note("skipped", decided.at, source, message.name, reason, facts)
