"""Why a step was sent, waits, or was never sent: the journal read back (E4)."""

from __future__ import annotations

from attrs import field, frozen
from typing_extensions import override

from privflow.display import Table, render
from privflow.engine.state import ContactState
from privflow.facts import EMPTY, Properties, Value
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
    "no_anchor": "what it counts from has not come",
    "passed": "its time had passed before the stage was entered",
    "edited": "the journey was edited",
    "control": "the contact is in the control group of {share}",
    "restarted": "it was entered anew",
    "no_date": "its schedule has no date for this contact",
    "too_late": "it was no longer valid when it could have left",
    "kind_not_carried": "the channel does not carry {kind} messages",
    "no_identity": "the contact has no {namespace}",
    "no_relation": "no staff member follows the contact",
    "no_token": "no unused {token} of the last {within}",
    "no_consent": "no consent to marketing on {channel}",
    "refused": "refused or withdrawn since {since}",
    "suppressed": "who was erased at {since} is not written to again",
    "notice_outdated": "the consent since {since} was to the notice {notice}",
    "restricted": "processing is restricted since {since}",
    "minor": "no automated marketing to who is under {adult}",
    "age_unknown": "their age is not known",
    "no_guardian": "who is under {child} needs a guardian's consent",
    "not_personalised": "personalised messages are refused since {since}",
    "cooling_down": "asked again too soon: refused since {since}",
    "quiet_hours": "quiet hours {hours}",
    "send_window": "open {hours}",
    "calendar_ended": "the calendar {calendar} is known until {known_until}",
    "quota_full": "{count} of {limit} used in {window}",
    "room_kept": "{count} of {limit} used in {window}, the rest is kept",
    "window_closed": "the contact did nothing in {window} that opens the reply window",
    "window_used_up": "{count} of {limit} used in the reply window of {window}",
    "grant_exhausted": "no grant is left",
    "cost_over_limit": "costs {cost}, and {limit} in {window} is all there is",
    "too_soon": "less than {gap} after the last touch, at {last}",
    "locked_out": "the platform refused one as too many at {since}",
    "not_granted": "no consent holds",
    "no_key": "the message names no {key}",
    "mix_full": "{count} of the {total} touches in {window} are of that label",
    "goal": "the goal was reached",
    "exit": "the exit condition held",
    "completed": "everything in it was done",
    "rule": "a rule ended it",
    "unmerged": "it was another contact's, and a merge was undone",
    "step": "a blocked step ended it",
    "stage_left": "the contact went on to another stage before",
}


def reason_sentence(reason: str, facts: Properties, zone: str = "UTC") -> str:
    """The reason in words, with its numbers; a user's own code stands as it is."""
    numbers = _Shown({name: shown_fact(v, zone) for name, v in facts.items()})
    winners = numbers.pop("lost_to", "")
    template = _REASONS.get(reason)
    if template is not None:
        text = template.format_map(numbers)
    else:
        listed = ", ".join(f"{name} {value}" for name, value in numbers.items())
        text = f"{reason} ({listed})" if listed else reason
    return f"{text}; gave way to {winners}" if winners else text


def shown_fact(value: Value, zone: str) -> str:
    """A value of a fact as people read it: instants in a zone, lists with commas."""
    if isinstance(value, tuple):
        return ", ".join(shown_fact(part, zone) for part in value)
    return value.isoformat(zone) if isinstance(value, Instant) else str(value)


class _Shown(dict[str, str]):
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
        gives_up_at: when it is given up, where its gates do not open before.
        lines: what each gate said when the step was last judged.
        touch_status: how far the touch has come, where one was sent.
        timezone: in which instants are shown: the contact's, or else the plan's.
    """

    journey: str
    step: str
    decision: str
    reason: str = ""
    next_possible_at: Instant | None = None
    gives_up_at: Instant | None = None
    lines: tuple[GateLine, ...] = field(default=(), converter=tuple[GateLine, ...])
    touch_status: str = ""
    timezone: str = "UTC"

    @property
    def headline(self) -> str:
        """The answer in one sentence."""
        where = f"{self.journey} › {self.step}"  # noqa: RUF001 - an arrow for people
        because = reason_sentence(self.reason, self._facts(), self.timezone)
        parts = [
            f"{where} {_DECISIONS[self.decision]}",
            f": {because}" if because else "",
            f" ({self.touch_status})" if self.touch_status else "",
            self._shown("; next possible at", self.next_possible_at),
            self._shown("; given up at", self.gives_up_at),
        ]
        return "".join(parts)

    def _facts(self) -> Properties:
        """What the gate that gave the reason saw; of several, the last one asked."""
        found = [line.facts for line in self.lines if line.reason == self.reason]
        return found[-1] if found and self.reason else EMPTY

    def _shown(self, words: str, at: Instant | None) -> str:
        return "" if at is None else f"{words} {at.isoformat(self.timezone)}"

    def table(self) -> Table:
        """What each gate said, as a table."""
        columns = ("gate", "channel", "ruling", "because", "until")
        return Table(columns, map(self._row, self.lines), title=self.headline)

    def _row(self, line: GateLine) -> tuple[str, ...]:
        zone = self.timezone
        until = "" if line.until is None else line.until.isoformat(zone)
        numbers = (f"{n} {shown_fact(v, zone)}" for n, v in line.facts.items())
        because = reason_sentence(line.reason, line.facts, zone) or ", ".join(numbers)
        return line.gate, line.channel, line.ruling, because, until

    @override
    def __str__(self) -> str:
        return render(self.table(), "text") if self.lines else self.headline

    @override
    def __format__(self, spec: str) -> str:
        return render(self.table(), spec) if spec else str(self)

    def _repr_html_(self) -> str:
        return render(self.table(), "html")


def explained_step(
    state: ContactState,
    journey: Journey,
    step: str,
    *,
    key: str | None,
    now: Instant,
    timezone: str,
) -> Why:
    """What became of a step, and why."""
    journey.step(step)
    enrolment = state.enrolment(journey.name, key=key)
    if enrolment is None:
        decision, reason = "not_enrolled", ""
    else:
        found = enrolment.step(step)
        if found is not None:
            return _of_step(state, enrolment, found, now, timezone)
        decision = "unreached" if enrolment.ended_at is None else "ended"
        reason = enrolment.ended_by
    return Why(
        journey=journey.name,
        step=step,
        decision=decision,
        reason=reason,
        timezone=timezone,
    )


def _of_step(
    state: ContactState, enrolment: Enrolment, step: StepState, now: Instant, zone: str
) -> Why:
    is_past = step not in enrolment.steps
    decision, reason = step.status, step.reason
    if step.is_open and (enrolment.ended_at is not None or is_past):
        decision = "ended" if enrolment.ended_at is not None else "skipped"
        reason = enrolment.ended_by or "stage_left"
    coming = step.next_at if decision in {"waiting", "deferred"} else None
    gives_up = decision == "deferred" and step.opens_at is None
    coming = None if coming is None else max(coming, now)
    record = state.ledger.find(step.touch_id) if step.touch_id else None
    return Why(
        journey=enrolment.journey,
        step=step.step,
        decision=decision,
        reason=reason,
        next_possible_at=None if gives_up else coming,
        gives_up_at=coming if gives_up else None,
        lines=step.lines,
        touch_status=record.status_at(now) if record else "",
        timezone=zone,
    )
