"""Everything that a brand wants to happen, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field, frozen
from typing_extensions import override

from privflow.conditions import Crossing
from privflow.engine.lawful import STRICT, Lawful
from privflow.engine.upholding import check_emitted, check_scores, tag_layers
from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError, brief
from privflow.facts import all_of, channel_matches, required_text, tuple_of
from privflow.journeys import Journey
from privflow.rules import Enrol, Leave, Reply, Rule, ScoreDefinition, TagRule
from privflow.segments import Segment
from privflow.timing import Span, span, zone_name
from privflow.touches import STANDARD_CHANNELS, ChannelProfile, Gate

_WEEK = span("7d")

GATES_OF_THE_ENGINE = ("reachable", "consent")
"""Asked before the gates and quotas of the plan; the names are taken."""


def _journeys_of(given: Iterable[Journey]) -> tuple[Journey, ...]:
    return all_of("Plan.journeys", Journey, given)


def _retired_of(given: Iterable[Journey]) -> tuple[Journey, ...]:
    return all_of("Plan.retired", Journey, given)


def _segments_of(given: Iterable[Segment]) -> tuple[Segment, ...]:
    return all_of("Plan.segments", Segment, given)


def _rules_of(given: Iterable[Rule]) -> tuple[Rule, ...]:
    return all_of("Plan.rules", Rule, given)


def _tag_rules_of(given: Iterable[TagRule]) -> tuple[TagRule, ...]:
    return all_of("Plan.tag_rules", TagRule, given)


def _scores_of(given: Iterable[ScoreDefinition]) -> tuple[ScoreDefinition, ...]:
    return all_of("Plan.scores", ScoreDefinition, given)


def _channels_of(given: Iterable[ChannelProfile]) -> tuple[ChannelProfile, ...]:
    return all_of("Plan.channels", ChannelProfile, given)


def _quotas_of(given: Iterable[Gate]) -> tuple[Gate, ...]:
    return _ruling("Plan.quotas", given)


def _gates_of(given: Iterable[Gate]) -> tuple[Gate, ...]:
    return _ruling("Plan.gates", given)


def _ruling(what: str, given: Iterable[Gate]) -> tuple[Gate, ...]:
    """The gates of a list; users write their own, so they go by what they can do."""
    gates = tuple_of(what, given)
    for gate in gates:
        if isinstance(gate, type) or not hasattr(gate, "judge"):
            problem = f"got {brief(gate)} in it, expected values that `judge` a touch"
            remedy = "list gates like TouchQuota(...); where a call gives several, "
            raise DefinitionError(what, problem, f"{remedy}write [*caps(...)]")
    return gates


def _check_name(given: object) -> None:
    if not isinstance(given, str):
        problem = f"got {brief(given)}, expected a text"
        remedy = "say what each list is: Plan(journeys=[...], rules=[...])"
        raise DefinitionError("Plan.name", problem, remedy)
    required_text("Plan.name", given)


def _check_law(given: object) -> None:
    if not isinstance(given, Lawful):
        problem = f"got {brief(given)}, expected a Lawful"
        remedy = "leave it out for the strictest; no plan can do without"
        raise DefinitionError("Plan.law", problem, remedy)


@frozen(kw_only=True, repr=False)
class Plan:
    """Journeys, segments, rules, quotas and gates (运营计划).

    Args:
        name: part of every touch id: two plans never make the same id.
        retired: earlier versions of journeys, for those who are still in them (J6).
        tag_rules: tags that people have while a condition holds.
        scores: what rules may add points to, and the tiers that it earns.
        quotas: gates that count; asked after `gates`.
        gates: quiet hours and the user's own, asked in this order.
        timezone: of contacts that have none of their own; IANA name. In UTC, which it
            is unless you say so, 20:00 is four in the morning in Shanghai.
        channels: what there is to send through, and what each asks for.
        remember: how long an input's id is remembered against repeats.
        law: whom marketing may be sent to; asked of every touch, always.

    Raises:
        DuplicateNameError: two journeys, segments, rules or gates share a name.
        UnknownNameError: a channel, segment, journey or score is named that is not
            there.
        DefinitionError: tags follow from themselves, or a plan makes up an event that
            would open a gate.
        UnknownZoneError: the zone does not exist.
    """

    name: str = field(default="plan", kw_only=False)
    journeys: tuple[Journey, ...] = field(default=(), converter=_journeys_of)
    retired: tuple[Journey, ...] = field(default=(), converter=_retired_of)
    segments: tuple[Segment, ...] = field(default=(), converter=_segments_of)
    rules: tuple[Rule, ...] = field(default=(), converter=_rules_of)
    tag_rules: tuple[TagRule, ...] = field(default=(), converter=_tag_rules_of)
    scores: tuple[ScoreDefinition, ...] = field(default=(), converter=_scores_of)
    quotas: tuple[Gate, ...] = field(default=(), converter=_quotas_of)
    gates: tuple[Gate, ...] = field(default=(), converter=_gates_of)
    timezone: str = field(default="UTC", converter=zone_name)
    channels: tuple[ChannelProfile, ...] = field(
        default=STANDARD_CHANNELS, converter=_channels_of
    )
    remember: Span = field(default=_WEEK, converter=span)
    law: Lawful = STRICT

    def __attrs_post_init__(self) -> None:
        _check_name(self.name)
        _check_law(self.law)
        for kind in ("journeys", "segments", "channels"):
            _unique(f"Plan.{kind}", (thing.name for thing in getattr(self, kind)))
        self._check_sources()
        gates = (gate.name for gate in (*self.gates, *self.quotas))
        _unique("Plan.gates and Plan.quotas", (*GATES_OF_THE_ENGINE, *gates))
        self._check_versions()
        self._check_channels()
        self._check_references()
        check_scores(self.rules, self.scores)
        check_emitted(self.rules, (*self.gates, *self.quotas), self.channels)
        tag_layers(self.tag_rules, self.scores)

    def _check_sources(self) -> None:
        """Refuse names under which two things would speak of themselves as a rule."""
        names = [rule.name for rule in self.rules]
        names += [rule.name for rule in self.tag_rules]
        names += [score.name for score in self.scores]
        _unique("Plan.rules, Plan.tag_rules and Plan.scores", names)

    def _check_versions(self) -> None:
        """Refuse names and versions of which two journeys mean one thing."""
        names = (name for journey in self.journeys for name in journey.names)
        _unique("Plan.journeys", names)
        both = (*self.journeys, *self.retired)
        versions = (f"{journey.name} {journey.version}" for journey in both)
        _unique("Plan.retired", versions)

    @property
    def every_journey(self) -> tuple[Journey, ...]:
        """The journeys, and behind them their earlier versions."""
        return (*self.journeys, *self.retired)

    def _check_channels(self) -> None:
        known = [channel.name for channel in self.channels]
        for path, name in self._channels_named():
            if name not in known:
                raise UnknownNameError("channel", name, known).at(path)
        for path, pattern in self._channels_ruled():
            if not any(channel_matches(pattern, name) for name in known):
                families = {name.split(".")[0] for name in known}
                names = sorted(families.union(known))
                raise UnknownNameError("channel", pattern, names).at(path)

    def _channels_ruled(self) -> Iterator[tuple[str, str]]:
        """The channels and families that gates are about, with their places."""
        named = {"gates": self.gates, "quotas": self.quotas}
        for kind, gates in named.items():
            for place, gate in enumerate(gates):
                pattern = getattr(gate, "channel", None)
                if pattern and isinstance(pattern, str):
                    yield f"$.{kind}[{place}].channel", pattern

    def _channels_named(self) -> Iterator[tuple[str, str]]:
        for j, journey in enumerate(self.every_journey):
            for s, stage in enumerate(journey.stages):
                for p, step in enumerate(stage.steps):
                    path = f"{self._path(j)}.stages[{s}].steps[{p}].via"
                    yield from ((path, channel) for channel in step.via)
        for r, rule in enumerate(self.rules):
            for a, action in enumerate(rule.do):
                if isinstance(action, Reply):
                    path = f"$.rules[{r}].do[{a}].via"
                    yield from ((path, channel) for channel in action.via)

    def _path(self, place: int) -> str:
        """Where the journey of a place in `every_journey` stands."""
        known = len(self.journeys)
        here = f"journeys[{place}]" if place < known else f"retired[{place - known}]"
        return f"$.{here}"

    def _check_references(self) -> None:
        segments = [segment.name for segment in self.segments]
        journeys = [journey.name for journey in self.journeys]
        for j, journey in enumerate(self.journeys):
            start = journey.enter_on
            if isinstance(start, Crossing) and start.segment not in segments:
                path = f"$.journeys[{j}].enter_on"
                raise UnknownNameError("segment", start.segment, segments).at(path)
        for j, journey in enumerate(self.every_journey):
            for e, end in enumerate(journey.at_end):
                if end.enrol and end.enrol not in journeys:
                    path = f"{self._path(j)}.at_end[{e}].enrol"
                    raise UnknownNameError("journey", end.enrol, journeys).at(path)
        for r, rule in enumerate(self.rules):
            for a, action in enumerate(rule.do):
                if isinstance(action, Enrol | Leave) and action.journey not in journeys:
                    path = f"$.rules[{r}].do[{a}].journey"
                    raise UnknownNameError("journey", action.journey, journeys).at(path)

    def journey(self, name: str) -> Journey:
        """The journey of a name.

        Raises:
            UnknownNameError: there is none.
        """
        for journey in self.journeys:
            if journey.name == name:
                return journey
        known = [journey.name for journey in self.journeys]
        raise UnknownNameError("journey", name, known)

    @override
    def __repr__(self) -> str:
        kinds = ("journeys", "segments", "rules", "quotas", "gates")
        counts = (f"{len(getattr(self, kind))} {kind}" for kind in kinds)
        return f"<Plan {self.name!r} {', '.join(counts)}>"


def _unique(what: str, names: Iterable[str]) -> None:
    seen = set()
    for name in names:
        if name in GATES_OF_THE_ENGINE and name in seen:
            problem = f"{name!r} is the name of a gate that the engine brings itself"
            raise DefinitionError(what, problem, "name yours otherwise")
        if name in seen:
            raise DuplicateNameError(what, name)
        seen.add(name)


def required_plan(what: str, given: object) -> Plan:
    """The plan, if it is one; of an engine, the hint names the plan in it."""
    if isinstance(given, Plan):
        return given
    problem = f"got {brief(given)}, expected a plan"
    has_one = isinstance(getattr(given, "plan", None), Plan)
    remedy = "write Plan(journeys=[...], quotas=[...])"
    raise DefinitionError(what, problem, "pass its plan" if has_one else remedy)
