"""Why a step was sent, waits, or was never sent: the journal read back (E4)."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.display import Table, render
from privflow.engine.state import ContactState
from privflow.facts import Properties
from privflow.journeys import Enrolment, GateLine, Journey, StepState
from privflow.timing import Instant

_DECISIONS = {
    "sent": "was sent",
    "waiting": "is not due yet",
    "deferred": "is blocked for now",
    "skipped": "was skipped",
    "expired": "came too late",
    "ended": "will not be sent: the journey was left",
    "unreached": "has not been reached: the contact is in another stage",
    "not_enrolled": "was never due: the contact did not enter the journey",
}

_REASONS = {
    "": "",
    "condition": "its own condition did not hold",
    "no_date": "its schedule has no date for this contact",
    "too_late": "it was no longer valid when it could have left",
    "kind_not_carried": "the channel does not carry {kind} messages",
    "no_identity": "the contact has no {namespace}",
    "no_relation": "no staff member follows the contact",
    "no_token": "no unused {token} of the last {within}",
    "no_consent": "no consent to marketing on {channel}",
    "refused": "refused or withdrawn since {since}",
    "quiet_hours": "quiet hours {hours}",
    "quota_full": "{count} of {limit} used in {window}",
    "room_kept": "{count} of {limit} used in {window}, the rest is kept",
    "window_closed": "the reply window is closed",
    "window_used_up": "{count} of {limit} used in the reply window",
    "grant_exhausted": "no grant is left",
    "mix": "too many of one label among the last touches",
    "goal": "the goal was reached",
    "exit": "the exit condition held",
    "completed": "everything in it was done",
    "rule": "a rule ended it",
    "step": "a blocked step ended it",
    "stage_left": "the contact went on to another stage before",
}


def reason_sentence(reason: str, facts: Properties) -> str:
    """The reason in words, with its numbers; the code itself where it is a user's own."""
    template = _REASONS.get(reason)
    if template is None:
        listed = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{reason} ({listed})" if listed else reason
    return template.format_map(_Shown(facts))


class _Shown(dict[str, object]):
    """The facts of a reason; what a gate did not say is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"


@frozen(kw_only=True)
class Why:
    """The answer for one step of one journey and one contact.

    Args:
        decision: `"sent"`, `"waiting"`, `"deferred"`, `"skipped"`, `"expired"`,
            `"ended"`, `"unreached"` or `"not_enrolled"`.
        reason: the code behind it, where there is one.
        next_possible_at: when it may leave; None where time alone brings nothing.
        lines: what each gate said when the step was last judged.
        touch_status: how far the touch has come, where one was sent.
    """

    journey: str
    step: str
    decision: str
    reason: str = ""
    next_possible_at: Instant | None = None
    lines: tuple[GateLine, ...] = field(default=(), converter=tuple[GateLine, ...])
    touch_status: str = ""

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        text = f"{self.journey} › {self.step} {_DECISIONS[self.decision]}"
        facts = next(
            (l.facts for l in self.lines if l.reason == self.reason), Properties()
        )
        because = reason_sentence(self.reason, facts)
        text += f": {because}" if because else ""
        text += f" ({self.touch_status})" if self.touch_status else ""
        if self.next_possible_at is not None:
            text += f"; next possible at {self.next_possible_at}"
        return text

    def table(self) -> Table:
        """What each gate said, as a table."""
        rows = [
            (
                line.gate,
                line.channel,
                line.ruling,
                reason_sentence(line.reason, line.facts) or _numbers(line.facts),
                line.until or "",
            )
            for line in self.lines
        ]
        columns = ("gate", "channel", "ruling", "because", "until")
        return Table(columns, rows, title=self.headline)

    @override
    def __str__(self) -> str:
        return render(self.table(), "text") if self.lines else self.headline

    @override
    def __format__(self, spec: str) -> str:
        return render(self.table(), spec) if spec else str(self)

    def _repr_html_(self) -> str:
        return render(self.table(), "html")


def _numbers(facts: Properties) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())


def explained_step(
    state: ContactState, journey: Journey, step: str, *, now: Instant
) -> Why:
    """What became of a step, and why."""
    journey.step(step)
    enrolment = state.enrolment(journey.name)
    if enrolment is None:
        return Why(journey=journey.name, step=step, decision="not_enrolled")
    found = enrolment.step(step)
    if found is None:
        decision = "unreached" if enrolment.ended_at is None else "ended"
        return Why(
            journey=journey.name,
            step=step,
            decision=decision,
            reason=enrolment.ended_by,
        )
    return _of_step(state, enrolment, found, now)


def _of_step(
    state: ContactState, enrolment: Enrolment, step: StepState, now: Instant
) -> Why:
    is_past = step not in enrolment.steps
    decision, reason = step.status, step.reason
    if step.is_open and (enrolment.ended_at is not None or is_past):
        decision = "ended" if enrolment.ended_at is not None else "skipped"
        reason = enrolment.ended_by or "stage_left"
    coming = step.next_at if decision in {"waiting", "deferred"} else None
    record = state.ledger.find(step.touch_id) if step.touch_id else None
    return Why(
        journey=enrolment.journey,
        step=step.step,
        decision=decision,
        reason=reason,
        next_possible_at=None if coming is None else max(coming, now),
        lines=step.lines,
        touch_status=record.status if record else "",
    )
