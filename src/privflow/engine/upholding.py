"""What rules, rule tags and scores of one plan must not do to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from privflow.errors import DefinitionError, DuplicateNameError, UnknownNameError
from privflow.rules import Emit, Rule, Score, ScoreDefinition, TagRule
from privflow.touches import ChannelProfile, Gate, Recalling

Layers = tuple[tuple[TagRule, ...], ...]


def check_scores(rules: Sequence[Rule], scores: Sequence[ScoreDefinition]) -> None:
    """Refuse points of a score that there is not, and two scores in one group.

    Raises:
        UnknownNameError: a rule adds to an unknown score.
        DuplicateNameError: two scores decide about one tag group.
    """
    known = [score.name for score in scores]
    for place, action in _actions(rules, Score):
        if action.score not in known:
            path = f"{place}.score"
            raise UnknownNameError("score", action.score, known).at(path)
    groups: set[str] = set()
    for score in scores:
        if score.tiers is not None:
            group = score.tiers.group.name
            if group in groups:
                what = "Plan.scores: tag groups of tiers"
                raise DuplicateNameError(what, group)
            groups.add(group)


def check_emitted(
    rules: Sequence[Rule], gates: Iterable[Gate], channels: Iterable[ChannelProfile]
) -> None:
    """Refuse events by which a plan would give itself leave to write to somebody.

    Raises:
        DefinitionError: a gate counts on events of this name, or a channel on a code
            among the properties.
    """
    counted = {
        name: gate.name
        for gate in gates
        if isinstance(gate, Recalling)
        for name in gate.recalls()
    }
    codes = {c.token.property: c.name for c in channels if c.token is not None}
    for place, action in _actions(rules, Emit):
        if action.event in counted:
            what, asks = repr(action.event), f"gate {counted[action.event]!r}"
        else:
            fields = (*action.properties, *action.keeping)
            code = next((name for name in fields if name in codes), "")
            if not code:
                continue
            what, asks = f"a property {code!r}", f"channel {codes[code]!r}"
        problem = f"makes {what}, by which {asks} knows what the contact did"
        remedy = "take a name of your own: leave to write comes from outside"
        raise DefinitionError("Emit", problem, remedy).at(place)


def tag_layers(rules: Sequence[TagRule], scores: Iterable[ScoreDefinition]) -> Layers:
    """The rule tags, so that each asks only about groups of earlier layers.

    Raises:
        DefinitionError: rules ask about each other's tags in a circle, or one gives a
            tag that a score decides about.
    """
    tiered = {s.tiers.group.name: s.name for s in scores if s.tiers is not None}
    asked: dict[str, set[str]] = {rule.tag.group: set() for rule in rules}
    for place, rule in enumerate(rules):
        group = rule.tag.group
        if group in tiered:
            problem = f"gives a tag of group {group!r}, and so does {tiered[group]!r}"
            remedy = "let one of both decide about the group"
            path = f"$.tag_rules[{place}]"
            raise DefinitionError("TagRule", problem, remedy).at(path)
        asked[group] |= rule.when.reads.tags
    layers: list[tuple[TagRule, ...]] = []
    while asked:
        ready = {g for g, groups in asked.items() if groups.isdisjoint(asked)}
        if not ready:
            raise _circle(asked)
        layers.append(tuple(rule for rule in rules if rule.tag.group in ready))
        asked = {g: groups for g, groups in asked.items() if g not in ready}
    return tuple(layers)


def _circle(asked: Mapping[str, set[str]]) -> DefinitionError:
    """The error that names one circle of groups."""
    path = [min(asked)]
    while path.count(path[-1]) == 1:
        path.append(min(asked[path[-1]] & asked.keys()))
    circle = path[path.index(path[-1]) :]
    ways = " asks about ".join(repr(group) for group in circle)
    problem = f"tags follow from themselves: {ways}"
    remedy = "ask about a group that no such rule gives, or write a Rule on an event"
    return DefinitionError("Plan.tag_rules", problem, remedy)


_A = TypeVar("_A")


def _actions(rules: Sequence[Rule], kind: type[_A]) -> Iterator[tuple[str, _A]]:
    """The actions of a class, each with its path."""
    for r, rule in enumerate(rules):
        for a, action in enumerate(rule.do):
            if isinstance(action, kind):
                yield f"$.rules[{r}].do[{a}]", action
