"""Tags that follow from facts and time: those of conditions, and tiers of scores.

Theory of operation
-------------------
1. A tag comes when what decides about it changes, and goes when it changes back; as
   long as it stays, nobody's change by hand is undone.
2. Tiers come first, then the rule tags, layer by layer: rules ask only about tags of
   earlier layers, so that one pass settles all. The plan refuses circles.
3. `next_tags` says when time alone may change any of it, so that the engine looks then.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from privflow.engine.tagging import give, take_off
from privflow.engine.turn import Turn
from privflow.facts import EMPTY, Tag
from privflow.rules import ScoreDefinition, TagRule, decided_tags
from privflow.timing import Instant


def keep_tags(turn: Turn, at: Instant) -> None:
    """Let tiers and rule tags be what they have to be at an instant."""
    index = turn.index
    if turn.is_restricted(at):
        return
    for definition in index.tiered:
        settle_tier(turn, definition, at)
    for layer in index.tag_layers:
        _keep_layer(turn, layer, at)


def settle_tier(turn: Turn, definition: ScoreDefinition, at: Instant) -> None:
    """Give the tag of the tier that a score has earned, where it is another one."""
    points, tiers = turn.rule_memory.score(definition.name), definition.tiers
    if points is None or tiers is None:
        return
    tier = tiers.tier(points.left(definition.half_life, now=at), points.tier)
    if tier != points.tier:
        turn.rule_memory = turn.rule_memory.scoring(evolve(points, tier=tier))
        give(turn, tiers.tag(tier), at=at, source=f"rule:{definition.name}")


def _keep_layer(turn: Turn, layer: tuple[TagRule, ...], at: Instant) -> None:
    before = turn.rule_memory.holding
    holding = [rule.name for rule in layer if _holds(turn, rule, at)]
    names = {rule.name for rule in layer}
    if holding == [name for name in before if name in names]:
        return
    order = {rule.name: place for place, rule in enumerate(turn.index.tag_rules)}
    others = [name for name in before if name in order and name not in names]
    now = sorted((*others, *holding), key=order.__getitem__)
    turn.rule_memory = evolve(turn.rule_memory, holding=tuple(now))
    old, new = decided_tags(layer, before), decided_tags(layer, holding)
    for tag, source in old.items():
        if tag not in new and _is_ours(turn, tag, layer, at):
            take_off(turn, tag, at=at, source=source)
    for tag, source in new.items():
        if tag not in old:
            give(turn, tag, at=at, source=source)


def _holds(turn: Turn, rule: TagRule, at: Instant) -> bool:
    """Whether the contact shall have the tag, as far as this rule goes."""
    if not turn.may_hold(rule.tag, at):
        return False
    if rule.after == "kept" and rule.name in turn.rule_memory.holding:
        return True
    return turn.holds(rule.when, at, turn.scope_of_event(EMPTY))


def _is_ours(turn: Turn, tag: Tag, layer: tuple[TagRule, ...], at: Instant) -> bool:
    """Whether a rule tag gave the contact the tag that they have."""
    sources = {rule.source for rule in layer if rule.tag == tag}
    return any(
        fact.tag == tag and fact.source in sources and fact.holds(now=at)
        for fact in turn.contact.tags.history
    )


def next_tags(turn: Turn, after: Instant) -> Iterator[int]:
    """When time alone may change a tier or a rule tag, in microseconds."""
    for definition in turn.index.tiered:
        points = turn.rule_memory.score(definition.name)
        falls_at = None if points is None else definition.falls_at(points)
        if falls_at is not None:
            yield falls_at
    if not turn.index.tag_rules:
        return
    scope = turn.scope_of_event(EMPTY)
    for rule in turn.index.tag_rules:
        is_settled = rule.after == "kept" and rule.name in turn.rule_memory.holding
        if rule.when.reads.by_time and not is_settled:
            yield rule.when.judgement(turn, after, scope)[1]
