"""The working copy of a state while one call of the engine lasts."""

from __future__ import annotations

from privflow.conditions import Condition, Scope
from privflow.engine.command import Command, Outcome
from privflow.engine.index import Index
from privflow.engine.journal import Entry
from privflow.engine.state import ContactState
from privflow.facts import EMPTY, Properties
from privflow.journeys import Enrolment
from privflow.timing import Instant


class Turn:
    """A state being changed. It is thrown away when something raises.

    Args:
        now: the host's present; touches leave at it, whatever instant is lived through.
    """

    def __init__(self, index: Index, state: ContactState, now: Instant) -> None:
        self.index, self.now = index, now
        self.state = state
        self.contact, self.timeline, self.ledger = (
            state.contact,
            state.timeline,
            state.ledger,
        )
        self.ledger_before = state.ledger
        self.enrolments = {e.journey: e for e in state.enrolments}
        self.inside = state.inside
        self.seen = dict(state.seen)
        self.commands: list[Command] = []
        self.journal: list[Entry] = []

    @property
    def timezone(self) -> str:
        """The contact's zone, or else the plan's."""
        return self.contact.timezone or self.index.plan.timezone

    def running(self) -> list[Enrolment]:
        """The enrolments that have not ended, by journey as the plan lists them."""
        found = (self.enrolments.get(name) for name in self.index.journeys)
        return [e for e in found if e is not None and e.ended_at is None]

    def scope(
        self, enrolment: Enrolment | None = None, event: Properties | None = None
    ) -> Scope:
        """The scope of a condition that a journey or a rule asks."""
        if enrolment is None:
            return Scope(event=event, timezone=self.index.plan.timezone)
        return Scope(
            event=event,
            entered_at=enrolment.entered_at,
            stage_at=enrolment.stage_at,
            timezone=self.index.plan.timezone,
        )

    def holds(self, condition: Condition | None, at: Instant, scope: Scope) -> bool:
        """Whether a condition is YES at an instant; no condition always is."""
        return condition is None or condition.holds(self, at, scope)

    def note(
        self,
        what: str,
        *,
        at: Instant,
        source: str = "",
        subject: str = "",
        reason: str = "",
        facts: Properties = EMPTY,
    ) -> None:
        """Write a line into the journal."""
        entry = Entry(
            what, at=at, source=source, subject=subject, reason=reason, facts=facts
        )
        self.journal.append(entry)

    def outcome(self, wake_at: Instant | None) -> Outcome:
        """What the host gets."""
        horizon = self.now.us - self.index.plan.remember.us
        state = ContactState(
            self.contact,
            timeline=self.timeline,
            enrolments=tuple(self.enrolments.values()),
            ledger=self.ledger,
            inside=self.inside,
            seen=tuple(item for item in self.seen.items() if item[1].us > horizon),
            at=self.now,
            wake_at=wake_at,
        )
        return Outcome(
            state=state, commands=tuple(self.commands), journal=tuple(self.journal)
        )
