"""A plan, arranged by what can set its parts off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain

from privflow.conditions import Crossing
from privflow.engine.gates import Reachable
from privflow.engine.horizon import conditions_of
from privflow.engine.plan import Plan
from privflow.engine.reference import without_references
from privflow.journeys import Journey
from privflow.rules import Rule
from privflow.segments import Segment
from privflow.touches import ChannelProfile, Gate


class Index:
    """What an input or an instant can concern, found by name."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan = without_references(plan)
        self.journeys: Mapping[str, Journey] = {j.name: j for j in plan.journeys}
        self.channels: Mapping[str, ChannelProfile] = {c.name: c for c in plan.channels}
        self.gates: tuple[Gate, ...] = (
            Reachable(self.channels),
            plan.law,
            *plan.gates,
            *plan.quotas,
        )
        self.quotas = frozenset(quota.name for quota in plan.quotas)
        subjects = (getattr(quota, "each", ()) for quota in plan.quotas)
        self.subjects = frozenset(chain(*subjects)) - {"contact", "plan"}
        self.rules = _rules_by_event(plan.rules)
        self.started_by_event: dict[str, list[Journey]] = defaultdict(list)
        self.started_by_crossing: dict[Crossing, list[Journey]] = defaultdict(list)
        for journey in plan.journeys:
            if isinstance(journey.enter_on, Crossing):
                self.started_by_crossing[journey.enter_on].append(journey)
            else:
                self.started_by_event[journey.enter_on.name].append(journey)
        awaited = {crossing.segment for crossing in self.started_by_crossing}
        self.watched: tuple[Segment, ...] = tuple(
            segment for segment in plan.segments if segment.name in awaited
        )
        self.setting_off = frozenset(
            chain(
                self.rules,
                self.started_by_event,
                *(segment.condition.reads.events for segment in self.watched),
            )
        )
        self.asks_for_journeys = any(
            condition.reads.journeys for condition in conditions_of(plan)
        )
        self.moving: Mapping[str, frozenset[str]] = {
            journey.name: _events_moving(journey) for journey in plan.journeys
        }

    def concerns(self, event: str, journeys: Iterable[str]) -> bool:
        """Whether an event can set something off for who is in these journeys."""
        return event in self.setting_off or any(
            event in self.moving[name] for name in journeys
        )


def _events_moving(journey: Journey) -> frozenset[str]:
    """The events that its goal, its exit and its ways look at."""
    ways = (to.when for stage in journey.stages for to in stage.then)
    conditions = (journey.goal, journey.exit_when, *ways)
    read = (condition.reads.events for condition in conditions if condition is not None)
    return frozenset(chain.from_iterable(read))


def _rules_by_event(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = defaultdict(list)
    for rule in sorted(rules, key=lambda rule: -rule.priority):
        found[rule.on.name].append(rule)
    return found
