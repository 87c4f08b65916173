"""How long a plan can ask about events, so that the rest can be dropped (C8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from privflow.conditions import Condition, Trigger, horizons_of
from privflow.engine.plan import Plan
from privflow.journeys import Occurrence
from privflow.timing import Span
from privflow.touches import Gate, Recalling


@frozen
class Horizons:
    """How old an event can be and still matter to a plan.

    Args:
        named: by event name; None for ever.
        least: of all others: codes that open a channel come with any event.
    """

    named: Mapping[str, Span | None]
    least: Span

    def of(self, name: str) -> Span | None:
        """How old an event of a name can be; None for ever."""
        length = self.named.get(name, self.least)
        return None if length is None else max(length, self.least)


def conditions_of(plan: Plan) -> Iterator[Condition]:
    """Every condition of a plan: of segments, rules, journeys, stages and steps."""
    found: list[Condition | None] = [segment.condition for segment in plan.segments]
    found += [rule.when for rule in plan.rules]
    found += [rule.when for rule in plan.tag_rules]
    for journey in plan.every_journey:
        found += [journey.audience, journey.goal, journey.exit_when]
        for stage in journey.stages:
            found += [step.when for step in stage.steps]
            found += [to.when for to in stage.then]
    return (condition for condition in found if condition is not None)


def horizons_of_plan(plan: Plan, *, without: Gate | None = None) -> Horizons | None:
    """How old an event can be and still matter to anything in the plan.

    An event that sets something off is kept as long as its id is remembered, so that a
    repeat is known for one.

    Args:
        without: a gate that is not asked.

    Returns:
        None where a gate of the user's own may ask about anything.
    """
    found = dict(horizons_of(conditions_of(plan)))
    for gate in (*plan.gates, *plan.quotas):
        if gate is without:
            continue
        if not isinstance(gate, Recalling):
            return None
        for name, length in gate.recalls().items():
            _keep(found, name, length)
    for name in _triggers(plan):
        _keep(found, name, plan.remember)
    for name in _anchors(plan):
        _keep(found, name, None)
    lives = (channel.token.within for channel in plan.channels if channel.token)
    return Horizons(found, max(lives, default=Span(0)))


def _keep(found: dict[str, Span | None], name: str, length: Span | None) -> None:
    known = found.get(name, length)
    found[name] = None if known is None or length is None else max(known, length)


def _triggers(plan: Plan) -> Iterator[str]:
    yield from (rule.on.name for rule in plan.rules)
    for journey in plan.journeys:
        if isinstance(journey.enter_on, Trigger):
            yield journey.enter_on.name


def _anchors(plan: Plan) -> Iterator[str]:
    """The events that steps count from: however old, they are asked for again."""
    for journey in plan.every_journey:
        for stage in journey.stages:
            for step in stage.steps:
                if isinstance(step.since, Occurrence):
                    yield step.since.trigger.name
