"""What a plan refers to by name, put in its place: segments, and renamed journeys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import overload

from attrs import evolve

from privflow.conditions import Condition, Node, resolved
from privflow.engine.heir import Heirs
from privflow.engine.plan import Plan
from privflow.errors import DefinitionError
from privflow.journeys import Journey, Stage
from privflow.quotas import AnyOf, Selection
from privflow.touches import Gate

Definitions = Mapping[str, Node]


def without_references(plan: Plan) -> Plan:
    """The plan with `member("vip")` replaced by what the segment says.

    Gates that are about one journey are about it under all the names that it had (J6).

    Raises:
        UnknownNameError: a condition refers to a segment that the plan has not.
        DefinitionError: a segment refers to itself, over whichever way.
    """
    heirs = Heirs(plan.journeys)
    definitions = {s.name: s.condition.node for s in plan.segments}
    return evolve(
        plan,
        segments=[
            evolve(s, condition=_resolved(s.condition, definitions, f"$.segments[{i}]"))
            for i, s in enumerate(plan.segments)
        ],
        journeys=[
            _journey(journey, definitions, f"$.journeys[{i}]")
            for i, journey in enumerate(plan.journeys)
        ],
        retired=[
            _journey(journey, definitions, f"$.retired[{i}]")
            for i, journey in enumerate(plan.retired)
        ],
        tag_rules=[
            evolve(r, when=_resolved(r.when, definitions, f"$.tag_rules[{i}].when"))
            for i, r in enumerate(plan.tag_rules)
        ],
        rules=[
            evolve(rule, when=_resolved(rule.when, definitions, f"$.rules[{i}].when"))
            for i, rule in enumerate(plan.rules)
        ],
        gates=[_gate(gate, heirs) for gate in plan.gates],
        quotas=[_gate(gate, heirs) for gate in plan.quotas],
    )


def _gate(gate: Gate, heirs: Heirs) -> Gate:
    if isinstance(gate, AnyOf):
        return evolve(gate, gates=[_gate(one, heirs) for one in gate.gates])
    if not isinstance(gate, Selection) or gate.journey is None:
        return gate
    names = heirs.names_of(gate.journey)
    return gate.under(names) if len(names) > 1 else gate


def _journey(journey: Journey, definitions: Definitions, path: str) -> Journey:
    return evolve(
        journey,
        audience=_resolved(journey.audience, definitions, f"{path}.audience"),
        goal=_resolved(journey.goal, definitions, f"{path}.goal"),
        exit_when=_resolved(journey.exit_when, definitions, f"{path}.exit_when"),
        stages=[
            _stage(stage, definitions, f"{path}.stages[{i}]")
            for i, stage in enumerate(journey.stages)
        ],
    )


def _stage(stage: Stage, definitions: Definitions, path: str) -> Stage:
    return evolve(
        stage,
        steps=[
            evolve(step, when=_resolved(step.when, definitions, f"{path}.steps[{i}]"))
            for i, step in enumerate(stage.steps)
        ],
        then=[
            evolve(to, when=_resolved(to.when, definitions, f"{path}.then[{i}]"))
            for i, to in enumerate(stage.then)
        ],
    )


@overload
def _resolved(given: Condition, definitions: Definitions, path: str) -> Condition: ...
@overload
def _resolved(
    given: Condition | None, definitions: Definitions, path: str
) -> Condition | None: ...
def _resolved(
    given: Condition | None, definitions: Definitions, path: str
) -> Condition | None:
    """The condition without references; itself where it has none."""
    if given is None:
        return None
    try:
        node = resolved(given.node, definitions)
    except DefinitionError as error:
        raise error.at(path) from None
    return given if node == given.node else Condition(node)
