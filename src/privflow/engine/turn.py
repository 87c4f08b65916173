"""The working copy of a state while one call of the engine lasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter

from attrs import frozen

from privflow.conditions import Condition, Scope, Subject
from privflow.engine.command import Command, Outcome, StaffTask
from privflow.engine.course import Course
from privflow.engine.gates import Sight
from privflow.engine.index import Index
from privflow.engine.journal import Entry
from privflow.engine.keyed import KeyView
from privflow.engine.state import ContactState
from privflow.facts import EMPTY, Consents, Properties, Tag, maker
from privflow.journeys import Enrolment, Journey, StepState
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


_by_place, _by_visit = attrgetter("journey", "visit"), attrgetter("visit")
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


class Turn:
    """A state being changed. It is thrown away when something raises.

    Args:
        now: the host's present; touches leave at it, whatever instant is lived through.

    Its `timezone` is the contact's, which no input changes, or else the plan's.
    What is late, `late` steps and `answers` to earlier events, leaves when the turn
    `has_everything`: all inputs of the call have been taken in. `parted` are visits
    that take their open tasks back when the call ends; `outlived` are complete ones
    that made room for another, and when: nobody is reminded of them later. `again` are
    held steps that are asked about before their time, and `asked` is the contact as
    gates saw them last; None where they were not asked since something was learned.
    `lost` are steps that are due, and that their journeys do not have. `trail` is where
    the look at hand has led so far: journey, visit and stage entered.
    """

    __slots__ = (
        "_consents",
        "_enrolments",
        "_has_spoken",
        "_horizon",
        "_is_moved",
        "_running",
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
        "has_strangers",
        "index",
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
        "outlived",
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
        self.index, self.now = index, now
        self.state = state
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
        self.is_unseen = state.stale or state.inside is None
        self.is_wake_old = state.stale and state.at is not None
        self.has_looked = self.has_everything = False
        self.late = self.again = self.lost = NO_PLACES
        self.trail = NO_TRAIL
        self.asked = None if state.stale else state.contact
        self.answers: list[Answer] = []
        self.commands: list[Command] = []
        self.tasks: list[StaffTask] = []
        self.journal: list[Entry] = []
        self.offered = state.offered
        self.baseline: tuple[str, ...] = ()
        self.handed: list[str] = []
        self.parted: list[Enrolment] = []
        self.outlived: list[tuple[Enrolment, Instant]] = []
        self.is_restless = False
        self._enrolments: dict[tuple[str, int], Enrolment] = {}
        self._running: list[Enrolment] | None = None
        self._is_moved = False
        self._consents: Consents | None = None
        self._has_spoken = False
        self._views: dict[str, KeyView] = {}
        self._scopes: dict[tuple[int, int], Scope] = {}
        self.has_strangers = False
        for e in state.enrolments:
            self._enrolments[e.journey, e.visit] = e
            if e.ended_at is None and (e.journey, e.version) not in index.current:
                self.has_strangers = self.is_unseen = True

    # ── What a contact is enrolled in ────────────────────────────────────────

    def enrolment(self, journey: str) -> Enrolment | None:
        """The latest visit of a journey, running or ended."""
        visits = self.visits(journey)
        return visits[-1] if visits else None

    def visits(self, journey: str) -> list[Enrolment]:
        """The known visits of a journey, under whichever name, in their order."""
        found: list[Enrolment] = []
        if self._enrolments:
            heirs = self.index.heirs
            names = heirs.names_of(journey)
            for one in self._enrolments.values():
                if one.journey in names or (
                    one.former.journey and heirs.is_of(one, names)
                ):
                    found.append(one)
            found.sort(key=_by_visit)
        return found

    def standing(self, enrolment: Enrolment) -> Enrolment:
        """A visit as it is by now."""
        place = enrolment.journey, enrolment.visit
        return self._enrolments.get(place, enrolment)

    def keeps(self, enrolment: Enrolment) -> bool:
        """Whether a visit is still known: a later one may have taken its place."""
        return (enrolment.journey, enrolment.visit) in self._enrolments

    def running(self) -> list[Enrolment]:
        """The visits that have not ended, of journeys that the plan knows.

        They are in the order of their names, whichever the plan lists first (E2).
        """
        found = self._running
        if found is None:
            found, known = [], self.index.definitions
            self._running = found
            for one in self._enrolments.values():
                if one.ended_at is None and (one.journey, one.version) in known:
                    found.append(one)
            if len(found) > 1:
                found.sort(key=_by_place)
        return found

    def complete_visits(self) -> list[Enrolment]:
        """The known visits that are complete: their last tasks may not be done yet."""
        found = (e for e in self._enrolments.values() if e.ended_by == "completed")
        return sorted(filter(self.is_known, found), key=_by_place)

    def open_visits(self) -> list[Enrolment]:
        """The visits that have not ended, those of journeys that are gone included."""
        found = (e for e in self._enrolments.values() if e.ended_at is None)
        return sorted(found, key=_by_place)

    def waiting_for_safety(self) -> list[tuple[Enrolment, Journey]]:
        """The visits that go by an earlier version until a safe point comes.

        Each with the version that they go by from then on.
        """
        index = self.index
        if not index.has_safe_points:
            return []
        heirs = ((e, index.heirs.of(e)) for e in self.running())
        return [
            (enrolment, heir)
            for enrolment, heir in heirs
            if heir is not None
            and heir.in_flight == "until_safe_point"
            and heir is not self.definition(enrolment)
        ]

    def definition(self, enrolment: Enrolment) -> Journey:
        """The journey of a visit that is known, in the version that it goes by."""
        return self.index.definitions[enrolment.journey, enrolment.version]

    def course(self, enrolment: Enrolment) -> Course:
        """The same, as the engine walks it."""
        return self.index.courses[enrolment.journey, enrolment.version]

    def is_known(self, enrolment: Enrolment) -> bool:
        """Whether the plan has the journey of a visit, in its version."""
        return (enrolment.journey, enrolment.version) in self.index.definitions

    def concerned_by(self, event: str) -> bool:
        """Whether an event of this name can set anything off."""
        index = self.index
        if event in index.setting_off:
            return True
        return event in index.moved_by and index.moves(event, self.running())

    def forget_before(self, visits: Iterable[Enrolment], at: Instant) -> None:
        """Drop those visits that nobody asks about once another one begins.

        Of those that ended, keyed ones are kept for the horizon, so that `why` answers.
        """
        for old in visits:
            ended = old.ended_at
            oldest = at.us - self.index.plan.remember.us
            if ended is not None and (not old.key or ended.us <= oldest):
                del self._enrolments[old.place]
                if old.ended_by == "completed":
                    self.outlived.append((old, at))

    def keep(self, enrolment: Enrolment) -> None:
        """Put an enrolment in the place of the one before it."""
        self._enrolments[enrolment.journey, enrolment.visit] = enrolment
        self._is_moved, self._running = True, None

    def replace(self, old: Enrolment, new: Enrolment) -> None:
        """Put an enrolment in the place of one whose journey may have another name."""
        kept = self._enrolments.values()
        found = [new if e.place == old.place else e for e in kept]
        self._enrolments = {enrolment.place: enrolment for enrolment in found}
        self._is_moved, self._running = True, None

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
        view = self._views.get(key)
        if view is None or view.whole is not self.timeline:
            name = self.definition(enrolment).reentry.key
            view = self._views[key] = KeyView(self.timeline, name, key)
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

    def whereabouts(self) -> dict[str, str]:
        """The running journeys under all their names, and their stages."""
        return {
            name: enrolment.stage
            for enrolment in self.running()
            for name in self.index.heirs.names_of_visit(enrolment)
        }

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
        journal, commands = tuple(self.journal), tuple(self.commands)
        return _outcome(state, commands, tuple(self.tasks), journal)
