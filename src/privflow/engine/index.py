"""A plan, arranged by what can set its parts off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import assert_never

from privflow.conditions import Condition, Crossing, Scope, Trigger
from privflow.engine.gates import Reachable
from privflow.engine.heir import Heirs
from privflow.engine.horizon import conditions_of
from privflow.engine.line import Lines
from privflow.engine.panel import Panels
from privflow.engine.plan import Plan
from privflow.engine.reference import without_references
from privflow.engine.upholding import tag_layers
from privflow.engine.version import Version, Versions
from privflow.facts import EMPTY
from privflow.journeys import Anchor, Journey
from privflow.quotas import TouchQuota
from privflow.rules import Rule, Rulebook
from privflow.segments import Segment
from privflow.timing import Around
from privflow.touches import ChannelProfile, Gate, QuietHours, Recalling, SendWindow


class Index:
    """What an input or an instant can concern, found by name."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan = without_references(plan)
        self.channels: Mapping[str, ChannelProfile] = {c.name: c for c in plan.channels}
        self.staffed = frozenset(c.name for c in plan.channels if c.confirmed_by_staff)
        self.nowhere = Scope(event=EMPTY, timezone=plan.timezone)
        self.scores = {score.name: score for score in plan.scores}
        self.tiered = tuple(s for s in plan.scores if s.tiers is not None)
        self.tag_rules = plan.tag_rules
        self.keeps_tags = bool(self.tiered or self.tag_rules)
        self.tag_layers = tag_layers(plan.tag_rules, plan.scores)
        self.rulebooks = _rules_by_event(plan.rules)
        self._arrange_versions(plan)
        self._arrange_starts(plan)
        self._arrange_gates(plan)
        self._arrange_events(plan)

    def _arrange_versions(self, plan: Plan) -> None:
        """The journeys, by name and version."""
        self.journeys: Mapping[str, Journey] = {j.name: j for j in plan.journeys}
        self.heirs = Heirs(plan.journeys)
        self.versions = Versions(plan.journeys, plan.retired, self.heirs)
        self.has_safe_points = any(
            j.in_flight == "until_safe_point" for j in plan.journeys
        )
        self.anchored = frozenset(
            version
            for version, journey in self.versions.definitions.items()
            if _has_anchors(journey)
        )
        self.reminds = any(
            step.confirm is not None and step.confirm.remind
            for journey in plan.every_journey
            for stage in journey.stages
            for step in stage.steps
        )

    def _arrange_starts(self, plan: Plan) -> None:
        """What starts a journey, and the segments that are watched for it."""
        self.started_by_event: dict[str, list[Journey]] = defaultdict(list)
        self.started_by_crossing: list[tuple[Journey, Crossing]] = []
        self.started_by_date: list[tuple[Journey, Around]] = []
        for journey in plan.journeys:
            self._file(journey)
        self.offered = tuple(journey.name for journey, _ in self.started_by_crossing)
        self.is_choosy = any(j.members != "all" for j in plan.journeys)
        awaited = {crossing.segment for _, crossing in self.started_by_crossing}
        self.watched: tuple[Segment, ...] = tuple(
            segment for segment in plan.segments if segment.name in awaited
        )
        self.timed = tuple(
            segment.condition
            for segment in self.watched
            if segment.condition.reads.by_time
        )

    def _arrange_gates(self, plan: Plan) -> None:
        """Who is asked about a touch, and what opens a gate before its time."""
        own = (*plan.gates, *plan.quotas)
        self.gates: tuple[Gate, ...] = (Reachable(self.channels), plan.law, *own)
        self.panels = Panels(self.gates)
        self.lines = Lines()
        self.counting = frozenset(
            gate.name for gate in own if not isinstance(gate, QuietHours | SendWindow)
        )
        self.opened_by_any = frozenset(
            gate.name for gate in own if not isinstance(gate, Recalling)
        )
        self.opened_by: Mapping[str, frozenset[str]] = {
            name: self.opened_by_any | gates
            for name, gates in _gates_by_event(own).items()
        }
        self.shared = tuple(
            quota
            for quota in plan.quotas
            if isinstance(quota, TouchQuota) and quota.is_shared
        )
        subjects = (getattr(quota, "each", ()) for quota in plan.quotas)
        self.subjects = frozenset(chain(*subjects)) - {"contact", "plan"}

    def _arrange_events(self, plan: Plan) -> None:
        """What an event may set off, and whether conditions ask for journeys."""
        self.setting_off = frozenset(
            chain(
                self.rulebooks,
                self.started_by_event,
                *(segment.condition.reads.events for segment in self.watched),
                *(rule.when.reads.events for rule in plan.tag_rules),
            )
        )
        self.moving: Mapping[Version, frozenset[str]] = {
            version: _events_moving(journey)
            for version, journey in self.versions.definitions.items()
        }
        self.moved_by = frozenset(chain(*self.moving.values()))
        self.moves_by_journeys = any(
            condition.reads.journeys for condition in _moving(plan, self.watched)
        )
        self.asks_for_journeys = any(
            condition.reads.journeys for condition in conditions_of(plan)
        )

    def _file(self, journey: Journey) -> None:
        """Put a journey where what starts it is looked up."""
        match journey.enter_on:
            case None:
                pass
            case Crossing() as crossing:
                self.started_by_crossing.append((journey, crossing))
            case Around() as around:
                self.started_by_date.append((journey, around))
            case Trigger(name=name):
                self.started_by_event[name].append(journey)
            case _:
                assert_never(journey.enter_on)


def _gates_by_event(gates: Iterable[Gate]) -> dict[str, frozenset[str]]:
    """The gates that look at events of each name."""
    found: dict[str, set[str]] = defaultdict(set)
    for gate in gates:
        if isinstance(gate, Recalling):
            for name in gate.recalls():
                found[name].add(gate.name)
    return {name: frozenset(names) for name, names in found.items()}


def _has_anchors(journey: Journey) -> bool:
    return any(_anchors(journey))


def _anchors(journey: Journey) -> Iterator[Anchor]:
    steps = (step for stage in journey.stages for step in stage.steps)
    return (step.since for step in steps if step.since is not None)


def _moving(plan: Plan, watched: Iterable[Segment]) -> Iterator[Condition]:
    """The conditions by which contacts come into journeys, through them and out."""
    yield from (segment.condition for segment in watched)
    yield from (rule.when for rule in plan.tag_rules)
    for journey in plan.every_journey:
        ways = (to.when for stage in journey.stages for to in stage.then)
        for condition in (journey.goal, journey.exit_when, *ways):
            if condition is not None:
                yield condition


def _events_moving(journey: Journey) -> frozenset[str]:
    """The events that its goal, its exit, its ways and its anchors look at."""
    ways = (to.when for stage in journey.stages for to in stage.then)
    conditions = (journey.goal, journey.exit_when, *ways)
    read = (condition.reads.events for condition in conditions if condition is not None)
    anchors = (anchor.events() for anchor in _anchors(journey))
    return frozenset(chain(*read, *anchors))


def _rules_by_event(rules: Iterable[Rule]) -> dict[str, Rulebook]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        found[rule.on.name].append(rule)
    return {name: Rulebook(listed) for name, listed in found.items()}
