"""The working copy of a state while one call of the engine lasts."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from privflow.conditions import Condition, Scope, Subject
from privflow.engine.command import Command, Outcome, StaffTask
from privflow.engine.gates import Sight
from privflow.engine.index import Index
from privflow.engine.journal import Entry
from privflow.engine.keyed import KeyView
from privflow.engine.state import ContactState
from privflow.engine.visits import Visits
from privflow.facts import EMPTY, Consents, Properties, Tag, maker
from privflow.journeys import Enrolment, StepState
from privflow.rules import Reply
from privflow.timing import Instant

Place = tuple[str, int, int, str, int]
"""Where a step stands: journey, visit, stage visit, step and occurrence."""

NO_PLACES: frozenset[Place] = frozenset()
NO_TRAIL: frozenset[tuple[str, int, str]] = frozenset()


def place_of(enrolment: Enrolment, state: StepState) -> Place:
    """What no two steps of a contact share, nor two occurrences of one."""
    visits = enrolment.journey, enrolment.visit, enrolment.stage_visit
    return (*visits, state.step, state.occurrence)


_entry, _scope = maker(Entry), maker(Scope)
_state, _outcome, _sight = maker(ContactState), maker(Outcome), maker(Sight)


@frozen
class Answer:
    """A reply that a rule has decided on, and that has not left yet.

    Args:
        place: of the action in the rule; with the key of the event it makes the id.
    """

    rule: str
    reply: Reply
    channels: tuple[str, ...]
    at: Instant
    place: tuple[str, int]


class Turn(Visits):
    """A state being changed. It is thrown away when something raises.

    Args:
        now: the host's present; touches leave at it, whatever instant is lived through.

    Its `timezone` is the contact's, which no input changes, or else the plan's.
    What is late, `late` steps and `answers` to earlier events, leaves when the turn
    `has_everything`: all inputs of the call have been taken in. `parted` are visits
    that take their open tasks back when the call ends. `again` are held steps that are
    asked about before their time, and `asked` is the contact as gates saw them last;
    None where they were not asked since something was learned. `lost` are steps that
    are due, and that their journeys do not have. `trail` is where the look at hand has
    led so far: journey, visit and stage entered.
    """

    __slots__ = (
        "_consents",
        "_has_spoken",
        "_horizon",
        "_scopes",
        "_views",
        "again",
        "answers",
        "asked",
        "baseline",
        "commands",
        "contact",
        "handed",
        "has_everything",
        "has_looked",
        "inside",
        "is_restless",
        "is_unseen",
        "is_wake_old",
        "journal",
        "late",
        "ledger",
        "lost",
        "now",
        "offered",
        "parted",
        "reached",
        "rule_memory",
        "seen",
        "state",
        "tasks",
        "timeline",
        "timezone",
        "trail",
        "wake_at",
    )

    def __init__(self, index: Index, state: ContactState, now: Instant) -> None:
        super().__init__(index, state.enrolments)
        self.state, self.now = state, now
        self.contact = contact = state.contact
        self.timezone = contact.timezone or index.plan.timezone
        self.timeline = state.timeline
        self.ledger = state.ledger
        self.inside = state.inside
        self.rule_memory = state.rule_memory
        self.reached = state.at
        self.wake_at = state.wake_at
        self._horizon = now.us - index.plan.remember.us
        self.seen = state.seen.since(self._horizon)
        self.is_unseen = state.stale or state.inside is None or self.has_strangers
        self.is_wake_old = state.stale and state.at is not None
        self.has_looked = self.has_everything = False
        self.late = self.again = self.lost = NO_PLACES
        self.trail = NO_TRAIL
        self.asked = None if state.stale else state.contact
        self.commands: list[Command] = []
        self.journal: list[Entry] = []
        self.answers: tuple[Answer, ...] = ()
        self.tasks: tuple[StaffTask, ...] = ()
        self.offered = state.offered
        self.baseline: tuple[str, ...] = ()
        self.handed: tuple[str, ...] = ()
        self.parted: tuple[Enrolment, ...] = ()
        self.is_restless = False
        self._consents: Consents | None = None
        self._has_spoken = False
        self._views: dict[tuple[str, str], KeyView] = {}
        self._scopes: dict[tuple[int, int], Scope] = {}

    # ── What may be made of what is known ────────────────────────────────────

    def is_restricted(self, at: Instant) -> bool:
        """Whether nothing may be made of what is known about the contact (K4)."""
        consents = self.contact.consents
        if not consents.records:
            return False
        law = self.index.plan.law
        if consents is not self._consents:
            self._consents = consents
            self._has_spoken = law.has_spoken(self.contact)
        if not self._has_spoken:
            return False
        return law.restricted_since(self.contact, now=at) is not None

    def may_hold(self, tag: Tag, at: Instant) -> bool:
        """Whether the law lets the contact have a tag, however old they may be (K3)."""
        age = self.index.plan.law.age
        return self.contact.may_hold(tag, now=at) and self.contact.may_hold(
            tag, now=at, age=age, timezone=self.timezone
        )

    # ── What conditions and gates look at ────────────────────────────────────

    def subject(self, enrolment: Enrolment) -> Subject:
        """Whom the conditions of a visit are about: the contact, by the visit's key."""
        key = enrolment.key
        if not key:
            return self
        own = self.index.versions.of(enrolment).reentry.key, key
        view = self._views.get(own)
        if view is None or view.whole is not self.timeline:
            view = self._views[own] = KeyView(self.timeline, *own)
        view.contact = self.contact
        return view

    def sight(self) -> Sight:
        """The contact as a gate sees them now."""
        return _sight(self.contact, self.timeline, self.ledger, self.timezone)

    def scope(self, enrolment: Enrolment, stage_at: Instant | None = None) -> Scope:
        """The scope of a condition of a journey, in this stage or in a later one."""
        index, entered_at = self.index, enrolment.entered_at
        stage_at = stage_at or enrolment.stage_at
        if index.asks_for_journeys:
            zone = index.plan.timezone
            return _scope(None, entered_at, stage_at, zone, self._journeys())
        place = entered_at.us, stage_at.us
        found = self._scopes.get(place)
        if found is None:
            nowhere = index.nowhere
            found = self._scopes[place] = _scope(
                None, entered_at, stage_at, nowhere.timezone, nowhere.journeys
            )
        return found

    def scope_of_event(self, properties: Properties) -> Scope:
        """The scope of a condition that is asked with an event at hand."""
        index = self.index
        if properties is EMPTY and not index.asks_for_journeys:
            return index.nowhere
        return _scope(properties, None, None, index.plan.timezone, self._journeys())

    def _journeys(self) -> Mapping[str, str]:
        """The running journeys and their stages, where a condition may ask for them."""
        return self.whereabouts() if self.index.asks_for_journeys else {}

    def holds(self, condition: Condition | None, at: Instant, scope: Scope) -> bool:
        """Whether a condition is YES at an instant; no condition always is."""
        return condition is None or condition.holds(self, at, scope)

    # ── What comes of it ─────────────────────────────────────────────────────

    def note(
        self,
        what: str,
        at: Instant,
        source: str = "",
        subject: str = "",
        reason: str = "",
        facts: Properties = EMPTY,
    ) -> None:
        """Write a line into the journal."""
        self.journal.append(_entry(at, what, source, subject, reason, facts))

    def outcome(self) -> Outcome:
        """What the host gets, once the next wake is known.

        While processing is restricted nobody may work it out, and the state is stale.
        """
        enrolments = self.state.enrolments
        if self._is_moved:
            enrolments = tuple(self._enrolments.values())
        state = _state(
            self.contact,
            self.timeline,
            enrolments,
            self.ledger,
            self.inside,
            self.offered,
            self.seen.since(self._horizon),
            self.rule_memory,
            self.now,
            self.wake_at,
            self.is_wake_old,
        )
        return _outcome(state, tuple(self.commands), self.tasks, tuple(self.journal))
