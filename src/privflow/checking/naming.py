"""Names that nothing in the plan, or in the catalogue, has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from privflow.checking.finding import Finding, is_nearly, of_error, unknown
from privflow.checking.place import (
    attributes_in,
    conditions_in,
    gates_in,
    journeys_in,
    messages_in,
    tags_in,
    triggers_in,
)
from privflow.conditions import (
    Condition,
    Exists,
    Happening,
    InJourney,
    Trigger,
    clauses_of,
    problems_of,
)
from privflow.engine import Plan
from privflow.facts import (
    MARKETING,
    PERSONALISATION,
    PROCESSING,
    Catalog,
    Tag,
)
from privflow.quotas import MixQuota, Selection

PURPOSES: Final = (MARKETING, PERSONALISATION, PROCESSING)
"""The purposes that the law of a plan asks for by itself."""

Stages = dict[str, tuple[str, ...]]


# ── Known to the plan ────────────────────────────────────────────────────────


def unknown_in_plan(plan: Plan) -> Iterator[Finding]:
    """Names of journeys, stages, labels and purposes that nothing in the plan has."""
    stages = _stages(plan)
    segments = tuple(segment.name for segment in plan.segments)
    for path, condition in conditions_in(plan):
        yield from _unknown_journeys(path, condition, stages)
        for name in sorted(condition.reads.segments.difference(segments)):
            yield unknown(path, "no such segment", name, segments)
    labels = tuple(
        dict.fromkeys(one for _, message in messages_in(plan) for one in message.labels)
    )
    for path, gate in gates_in(plan):
        journey = gate.journey if isinstance(gate, Selection) else None
        if journey is not None and journey not in stages:
            yield unknown(f"{path}.journey", "no such journey", journey, tuple(stages))
        what, label = _label(gate)
        if label and label not in labels:
            problem = "no message of the plan has the label"
            yield unknown(f"{path}.{what}", problem, label, labels)
    for path, message in messages_in(plan):
        purpose = message.asks_for
        if is_nearly(purpose, PURPOSES):
            yield unknown(f"{path}.asks_for", "no such purpose", purpose, PURPOSES)


def _label(gate: object) -> tuple[str, str | None]:
    """The label that a gate is about, and the field that says so."""
    if isinstance(gate, MixQuota):
        return "of", gate.of
    return "label", gate.label if isinstance(gate, Selection) else None


def _stages(plan: Plan) -> Stages:
    """The stages of all versions of each journey, by all names that it has and had."""
    found: dict[str, list[str]] = {}
    names = {name: j.names for j in plan.journeys for name in j.names}
    for _, journey in journeys_in(plan):
        for name in dict.fromkeys((*journey.names, *names.get(journey.name, ()))):
            found.setdefault(name, []).extend(stage.name for stage in journey.stages)
    return {name: tuple(dict.fromkeys(stages)) for name, stages in found.items()}


def _unknown_journeys(
    path: str, condition: Condition, stages: Stages
) -> Iterator[Finding]:
    for clause in clauses_of(condition.node) if condition.reads.journeys else ():
        if not isinstance(clause, InJourney):
            continue
        journey, stage = clause.journey, clause.stage
        if journey not in stages:
            yield unknown(path, "no such journey", journey, tuple(stages))
        elif stage and stage not in stages[journey]:
            problem = f"no such stage of journey {journey!r}"
            yield unknown(path, problem, stage, stages[journey])


# ── Known to the catalogue ───────────────────────────────────────────────────


def unknown_to_catalog(plan: Plan, catalog: Catalog) -> Iterator[Finding]:
    """What contradicts the catalogue: in conditions, triggers, tags and attributes.

    Journeys and segments are those of the plan.
    """
    catalog = evolve(catalog, journeys=None, segments=None)
    fields = {
        f"$.rules[{place}].when": catalog.events.get(rule.on.name)
        for place, rule in enumerate(plan.rules)
    }
    for path, condition in conditions_in(plan):
        node = condition.node
        yield from map(of_error, problems_of(node, catalog, path, fields.get(path)))
    for path, trigger in triggers_in(plan):
        node = Exists(Happening(trigger.name, trigger.where))
        yield from map(of_error, problems_of(node, catalog, path))
    for path, journey in journeys_in(plan):
        start, key = journey.enter_on, journey.reentry.key
        known = catalog.events.get(start.name) if isinstance(start, Trigger) else None
        if key and known is not None and key not in known:
            yield unknown(f"{path}.reentry.key", "no such property", key, tuple(known))
    for path, tag in tags_in(plan):
        yield from _unknown_tag(path, tag, catalog)
    attributes = tuple(catalog.attributes)
    for path, name in attributes_in(plan):
        if name not in attributes:
            yield unknown(path, "no such attribute", name, attributes)


def _unknown_tag(path: str, tag: Tag, catalog: Catalog) -> Iterator[Finding]:
    group = catalog.group(tag.group)
    if group is None:
        groups = tuple(group.name for group in catalog.tags)
        yield unknown(path, "no such tag group", tag.group, groups)
    elif tag.label not in group:
        problem = f"no such tag of group {group.name!r}"
        yield unknown(path, problem, tag.label, group.labels)
