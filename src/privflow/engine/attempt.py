"""Steps that are due: condition, gates, arbitration, and what becomes of each.

Theory of operation
-------------------
1. Steps due at one instant are tried one after another in an order that does not depend
   on how they are listed (E2); each sees the touches of those before it.
2. A step is judged at the instant at which it was due or is tried again; the gates are
   asked about `turn.now`, the instant at which a touch really leaves (E6).
3. Of a step's channels the first one that no gate denies is meant. A denial passes on
   to the next channel; a hold is answered as the step says.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from attrs import evolve, frozen

from privflow.conditions import chosen
from privflow.engine.command import AssignTask, Send
from privflow.engine.gates import ruling_name, token_for
from privflow.engine.travel import leave
from privflow.engine.turn import Turn
from privflow.facts import Properties
from privflow.journeys import (
    Defer,
    End,
    Enrolment,
    Fallback,
    GateLine,
    Journey,
    SOPStep,
    StepState,
)
from privflow.timing import Instant
from privflow.touches import (
    KINDS,
    PRIORITIES,
    Allow,
    Deny,
    Gate,
    Hold,
    Message,
    Ruling,
    Touch,
)

_ID_BYTES = 12


@frozen
class Attempt:
    """One step that is due."""

    journey: Journey
    enrolment: Enrolment
    step: SOPStep
    state: StepState

    @property
    def source(self) -> str:
        """How the journal calls where it comes from."""
        return f"journey:{self.journey.name}"

    def order(self) -> tuple[object, ...]:
        """Kind, priority, waiting time, then names (E2)."""
        due = self.state.due_at
        return (
            KINDS.index(self.step.message.kind),
            -PRIORITIES.index(self.step.priority),
            0 if due is None else due.us,
            self.journey.name,
            self.step.name,
        )


@frozen
class Asked:
    """What the gates said of one touch, all of them together."""

    touch: Touch
    lines: tuple[GateLine, ...]
    denied: str = ""
    held: str = ""
    until: Instant | None = None


def attempt_due(turn: Turn, at: Instant) -> None:
    """Try every step that is due at an instant or before it."""
    for attempt in sorted(_due(turn, at), key=Attempt.order):
        current = turn.enrolments[attempt.enrolment.journey]
        if current.ended_at is None:
            _try(turn, evolve(attempt, enrolment=current), at)


def _due(turn: Turn, at: Instant) -> Iterator[Attempt]:
    for enrolment in turn.running():
        journey = turn.index.journeys[enrolment.journey]
        stage = journey.stage(enrolment.stage)
        for state in enrolment.steps:
            step = None if stage is None else stage.step(state.step)
            if step is not None and state.next_at is not None and state.next_at <= at:
                yield Attempt(journey, enrolment, step, state)


def _try(turn: Turn, attempt: Attempt, at: Instant) -> None:
    step = attempt.step
    end = _end(turn, attempt)
    if end is not None and turn.now >= end:
        _close(turn, attempt, at, "expired", attempt.state.reason or "too_late")
        return
    if not turn.holds(step.when, at, turn.scope(attempt.enrolment)):
        _close(turn, attempt, at, "skipped", "condition")
        return
    answers = []
    for channel in step.via:
        answer = ask(turn, _touch(turn, attempt, channel))
        answers.append(answer)
        if not answer.denied and not answer.held:
            release(turn, answer.touch, at)
            _close(turn, attempt, at, "sent", lines=answer.lines, touch=answer.touch)
            return
        if answer.held and not isinstance(step.on_blocked, Fallback):
            break
    _blocked(turn, attempt, at, answers, end)


def _blocked(
    turn: Turn,
    attempt: Attempt,
    at: Instant,
    answers: list[Asked],
    end: Instant | None,
) -> None:
    """No channel may carry the step now: do what it says (Q6)."""
    last = answers[-1]
    lines = tuple(line for answer in answers for line in answer.lines)
    reason = last.held or last.denied
    policy = attempt.step.on_blocked
    if isinstance(policy, End):
        _close(turn, attempt, at, "skipped", reason, lines)
        leave(turn, turn.enrolments[attempt.journey.name], at, "step")
    elif last.until is None or not isinstance(policy, Defer):
        _close(turn, attempt, at, "skipped", reason, lines)
    else:
        limit = _limit(attempt, policy)
        if limit is not None and turn.now >= limit:
            _close(turn, attempt, at, "expired", reason, lines)
            return
        again = min(bound for bound in (last.until, limit, end) if bound is not None)
        _defer(turn, attempt, at, again, reason, lines)


def _limit(attempt: Attempt, policy: Defer) -> Instant | None:
    due = attempt.state.due_at
    if policy.until_at_most is None or due is None:
        return None
    return due + policy.until_at_most


def _end(turn: Turn, attempt: Attempt) -> Instant | None:
    """When the step may not leave any more: its own validity, or its next occurrence."""
    due, valid_for = attempt.state.due_at, attempt.step.valid_for
    own = None if due is None or valid_for is None else due + valid_for
    following = _next_occurrence(turn, attempt)
    return min((e for e in (own, following) if e is not None), default=None)


def _next_occurrence(turn: Turn, attempt: Attempt) -> Instant | None:
    due = attempt.state.due_at
    if due is None:
        return None
    us = attempt.step.schedule.due(
        anchor_us=attempt.enrolment.stage_at.us,
        after_us=due.us,
        tz=turn.timezone,
        attributes=turn.contact.attributes,
    )
    return None if us is None else Instant(us)


def _close(
    turn: Turn,
    attempt: Attempt,
    at: Instant,
    status: str,
    reason: str = "",
    lines: tuple[GateLine, ...] = (),
    touch: Touch | None = None,
) -> None:
    """Give the step its final outcome; a recurring one goes on as its next occurrence."""
    closed = evolve(
        attempt.state,
        status=status,
        reason=reason,
        again_at=None,
        decided_at=turn.now,
        touch_id=touch.id if touch else "",
        lines=lines or attempt.state.lines,
    )
    if touch is None:
        turn.note(
            status,
            at=at,
            source=attempt.source,
            subject=attempt.step.name,
            reason=reason,
        )
    following = _next_occurrence(turn, attempt)
    if following is None:
        _replace(turn, attempt, closed)
        return
    opened = StepState(closed.step, due_at=following, occurrence=closed.occurrence + 1)
    _replace(turn, attempt, opened, closed)


def _defer(
    turn: Turn,
    attempt: Attempt,
    at: Instant,
    again: Instant,
    reason: str,
    lines: tuple[GateLine, ...],
) -> None:
    state = evolve(
        attempt.state,
        status="deferred",
        reason=reason,
        again_at=again,
        decided_at=turn.now,
        lines=lines,
    )
    _replace(turn, attempt, state)
    turn.note(
        "deferred",
        at=at,
        source=attempt.source,
        subject=attempt.step.name,
        reason=reason,
        facts=Properties({"again_at": again}),
    )


def _replace(
    turn: Turn, attempt: Attempt, new: StepState, past: StepState | None = None
) -> None:
    enrolment = turn.enrolments[attempt.journey.name]
    earlier = enrolment.earlier
    if past is not None:
        earlier = (*(s for s in earlier if s.step != past.step), past)
    steps = tuple(new if s.step == new.step else s for s in enrolment.steps)
    turn.enrolments[attempt.journey.name] = evolve(
        enrolment, steps=steps, earlier=earlier
    )


# ── Touches and gates ────────────────────────────────────────────────────────


def _touch(turn: Turn, attempt: Attempt, channel: str) -> Touch:
    enrolment, state = attempt.enrolment, attempt.state
    place = (enrolment.visit, enrolment.stage_visit, state.occurrence)
    return made(
        turn,
        attempt.step.message,
        channel,
        source=attempt.source,
        step=attempt.step.name,
        priority=attempt.step.priority,
        place=place,
    )


def made(
    turn: Turn,
    message: Message,
    channel: str,
    *,
    source: str,
    place: tuple[object, ...],
    step: str = "",
    priority: str = "normal",
) -> Touch:
    """The touch that would leave; its id depends on where it comes from alone."""
    contact = turn.contact.id
    key = repr((turn.index.plan.name, contact, source, step, *place))
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES)
    parameters = message.parameters
    profile = turn.index.channels.get(channel)
    if profile is not None and profile.token is not None:
        code = token_for(channel, profile.token, turn, now=turn.now)
        parameters = parameters.updated({profile.token.property: code or None})
    return Touch(
        id=digest.hexdigest(),
        contact_id=contact,
        channel=channel,
        message=message.name,
        kind=message.kind,
        source=source,
        step=step,
        labels=message.labels,
        variant=chosen(message.variants, message.name, contact),
        priority=priority,
        parameters=parameters,
    )


def ask(turn: Turn, touch: Touch) -> Asked:
    """Ask every gate, in order; a denial ends the asking, holds add up."""
    lines: list[GateLine] = []
    held, until = "", None
    for gate in turn.index.gates:
        ruling = gate.judge(touch, turn, now=turn.now)
        lines.append(_line(turn, gate, touch, ruling))
        if isinstance(ruling, Deny):
            return Asked(touch, tuple(lines), denied=ruling.reason)
        if isinstance(ruling, Hold) and (until is None or ruling.until > until):
            held, until = ruling.reason, ruling.until
    return Asked(touch, tuple(lines), held=held, until=until)


def _line(turn: Turn, gate: Gate, touch: Touch, ruling: Ruling) -> GateLine:
    facts = ruling.facts
    if not isinstance(ruling, Allow):
        facts = _with_winner(turn, gate, touch, facts)
    return GateLine(
        gate=gate.name,
        channel=touch.channel,
        ruling=ruling_name(ruling),
        reason="" if isinstance(ruling, Allow) else ruling.reason,
        until=ruling.until if isinstance(ruling, Hold) else None,
        facts=facts,
    )


def _with_winner(turn: Turn, gate: Gate, touch: Touch, facts: Properties) -> Properties:
    """Who was faster, where the gate would have let this touch through before them."""
    if turn.ledger is turn.ledger_before:
        return facts
    ledger, turn.ledger = turn.ledger, turn.ledger_before
    ruling = gate.judge(touch, turn, now=turn.now)
    turn.ledger = ledger
    if not isinstance(ruling, Allow):
        return facts
    winners = [
        f"{r.touch.source} {r.touch.step}".strip()
        for r in ledger.records[len(turn.ledger_before) :]
    ]
    return facts.updated({"lost_to": winners})


def release(turn: Turn, touch: Touch, at: Instant) -> None:
    """Reserve the touch and hand it to the host."""
    turn.ledger = turn.ledger.reserving(touch, now=turn.now)
    staffed = turn.index.channels[touch.channel].confirmed_by_staff
    staff = _staff(turn)
    turn.commands.append(
        AssignTask(touch, staff=staff) if staffed else Send(touch, staff=staff)
    )
    turn.note(
        "assigned" if staffed else "sent",
        at=at,
        source=touch.source,
        subject=touch.step or touch.message,
        facts=Properties({"touch": touch.id, "channel": touch.channel}),
    )


def _staff(turn: Turn) -> str:
    """The member who added the contact last and still follows them."""
    lasting = [r for r in turn.contact.relations if r.lasts(now=turn.now)]
    return max(lasting, key=lambda r: (r.since, r.staff)).staff if lasting else ""
