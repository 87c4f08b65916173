"""The parts of a plan that name something, each with its place in the document."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import fields, has

from privflow.conditions import Condition, Trigger
from privflow.engine import Plan
from privflow.facts import Tag
from privflow.journeys import DateOf, Journey, Occurrence, SOPStep, TagAdded
from privflow.quotas import AnyOf
from privflow.rules import AddTag, Emit, RemoveTag, Reply, SetAttribute
from privflow.timing import Around
from privflow.touches import Gate, Message


def journeys_in(plan: Plan) -> Iterator[tuple[str, Journey]]:
    """The journeys, and their earlier versions."""
    for place, journey in enumerate(plan.journeys):
        yield f"$.journeys[{place}]", journey
    for place, journey in enumerate(plan.retired):
        yield f"$.retired[{place}]", journey


def steps_in(plan: Plan) -> Iterator[tuple[str, SOPStep]]:
    """The steps of all journeys."""
    for path, journey in journeys_in(plan):
        for s, stage in enumerate(journey.stages):
            for p, step in enumerate(stage.steps):
                yield f"{path}.stages[{s}].steps[{p}]", step


def conditions_in(plan: Plan) -> Iterator[tuple[str, Condition]]:
    """The conditions of segments, rules, journeys, stages and steps."""
    for place, segment in enumerate(plan.segments):
        yield f"$.segments[{place}].condition", segment.condition
    for place, rule in enumerate(plan.rules):
        if rule.when is not None:
            yield f"$.rules[{place}].when", rule.when
    for place, tag_rule in enumerate(plan.tag_rules):
        yield f"$.tag_rules[{place}].when", tag_rule.when
    for path, journey in journeys_in(plan):
        yield from _conditions_of(path, journey)


def _conditions_of(path: str, journey: Journey) -> Iterator[tuple[str, Condition]]:
    found = {role: getattr(journey, role) for role in ("audience", "goal", "exit_when")}
    for s, stage in enumerate(journey.stages):
        here = f"stages[{s}]"
        ways, steps = enumerate(stage.then), enumerate(stage.steps)
        found |= {f"{here}.then[{w}].when": to.when for w, to in ways}
        found |= {f"{here}.steps[{p}].when": step.when for p, step in steps}
    for where, condition in found.items():
        if condition is not None:
            yield f"{path}.{where}", condition


def gates_in(plan: Plan) -> Iterator[tuple[str, Gate]]:
    """The gates and quotas, and of alternatives each of them."""
    for kind, gates in (("gates", plan.gates), ("quotas", plan.quotas)):
        for place, gate in enumerate(gates):
            yield from _with_alternatives(f"$.{kind}[{place}]", gate)


def _with_alternatives(path: str, gate: Gate) -> Iterator[tuple[str, Gate]]:
    yield path, gate
    if isinstance(gate, AnyOf):
        for place, one in enumerate(gate.gates):
            yield f"{path}.gates[{place}]", one


def messages_in(plan: Plan) -> Iterator[tuple[str, Message]]:
    """The messages of steps and of replies."""
    for path, step in steps_in(plan):
        yield f"{path}.message", step.message
    for path, action in _actions(plan):
        if isinstance(action, Reply):
            yield f"{path}.message", action.message


def triggers_in(plan: Plan) -> Iterator[tuple[str, Trigger]]:
    """The events that something waits for, or that a rule brings about."""
    for place, rule in enumerate(plan.rules):
        yield f"$.rules[{place}].on", rule.on
    for path, action in _actions(plan):
        if isinstance(action, Emit):
            yield f"{path}.event", Trigger(action.event)
    for path, journey in journeys_in(plan):
        if isinstance(journey.enter_on, Trigger):
            yield f"{path}.enter_on", journey.enter_on
    for path, step in steps_in(plan):
        if isinstance(step.since, Occurrence):
            yield f"{path}.since", step.since.trigger
    for path, gate in gates_in(plan):
        yield from _triggers_of(path, gate)


def _triggers_of(path: str, gate: Gate) -> Iterator[tuple[str, Trigger]]:
    kind: type = type(gate)
    for part in fields(kind) if has(kind) else ():
        trigger = getattr(gate, part.name)
        if isinstance(trigger, Trigger):
            yield f"{path}.{part.name}", trigger


def tags_in(plan: Plan) -> Iterator[tuple[str, Tag]]:
    """The tags that are given, taken off, or waited for."""
    for path, action in _actions(plan):
        if isinstance(action, AddTag | RemoveTag):
            yield f"{path}.tag", action.tag
    for place, rule in enumerate(plan.tag_rules):
        yield f"$.tag_rules[{place}].tag", rule.tag
    for place, score in enumerate(plan.scores):
        tiers = () if score.tiers is None else score.tiers.group
        yield from ((f"$.scores[{place}].tiers", tag) for tag in tiers)
    for path, journey in journeys_in(plan):
        for e, end in enumerate(journey.at_end):
            yield from ((f"{path}.at_end[{e}]", tag) for tag in (*end.add, *end.remove))
    for path, step in steps_in(plan):
        if isinstance(step.since, TagAdded):
            yield f"{path}.since", step.since.tag


def attributes_in(plan: Plan) -> Iterator[tuple[str, str]]:
    """The attributes that are set, or that something counts from."""
    for path, action in _actions(plan):
        if isinstance(action, SetAttribute):
            yield f"{path}.name", action.name
    for path, journey in journeys_in(plan):
        if isinstance(journey.enter_on, Around):
            yield f"{path}.enter_on", journey.enter_on.attribute
    for path, step in steps_in(plan):
        if isinstance(step.since, DateOf):
            yield f"{path}.since", step.since.attribute
        if isinstance(step.schedule, Around):
            yield f"{path}.schedule", step.schedule.attribute


def _actions(plan: Plan) -> Iterator[tuple[str, object]]:
    for r, rule in enumerate(plan.rules):
        for a, action in enumerate(rule.do):
            yield f"$.rules[{r}].do[{a}]", action
