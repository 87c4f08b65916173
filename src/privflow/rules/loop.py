"""Rules that set each other off in a circle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen
from typing_extensions import override

from privflow.rules.action import Emit
from privflow.rules.rule import Rule


@frozen
class Loop:
    """Rules of which each makes the event that the next one waits for (循环触发).

    Args:
        rules: the first one is set off by the last one.
        events: what each of them makes.
    """

    rules: tuple[str, ...]
    events: tuple[str, ...]

    @override
    def __str__(self) -> str:
        pairs = zip(self.rules, self.events, strict=True)
        steps = ", ".join(f"{rule!r} makes {event!r}" for rule, event in pairs)
        return f"rules go round in a circle: {steps}, which sets off {self.rules[0]!r}"


def loops(rules: Iterable[Rule]) -> tuple[Loop, ...]:
    """Circles of rules that set each other off by `Emit`: one for each knot of them.

    The engine runs every rule once for an input, so that no circle goes on for ever;
    but whoever writes one means something else. Conditions are not looked at: a loop
    that is found may be one that never comes about.

    >>> from privflow.conditions import event
    >>> loops([Rule("echo", on=event("say"), do=[Emit("say")])])
    (Loop(rules=('echo',), events=('say',)),)
    """
    listed = list(rules)
    waiting: dict[str, list[Rule]] = {}
    for rule in listed:
        waiting.setdefault(rule.on.name, []).append(rule)
    ways = {rule.name: dict(_ways(rule, waiting)) for rule in listed}
    found: list[Loop] = []
    known: set[str] = set()
    for rule in listed:
        path = () if rule.name in known else _way_back(rule.name, ways)
        if path:
            known.update(path)
            known.update(_knot(rule.name, ways))
            turns = zip(path, (*path[1:], path[0]), strict=True)
            found.append(Loop(path, tuple(ways[a][b] for a, b in turns)))
    return tuple(found)


_Ways = Mapping[str, Mapping[str, str]]
"""For each rule the rules that it sets off, each by which event."""


def _ways(
    rule: Rule, waiting: Mapping[str, Sequence[Rule]]
) -> Iterable[tuple[str, str]]:
    for action in rule.do:
        if isinstance(action, Emit):
            for after in waiting.get(action.event, ()):
                if action.keeping or after.on.matches(action.properties):
                    yield after.name, action.event


def _way_back(start: str, ways: _Ways) -> tuple[str, ...]:
    """The shortest way from a rule back to itself; empty where there is none."""
    came: dict[str, str] = {}
    level = [start]
    while level:
        after: list[str] = []
        for name in level:
            for other in ways[name]:
                if other == start:
                    return _path(start, name, came)
                if other not in came:
                    came[other] = name
                    after.append(other)
        level = after
    return ()


def _path(start: str, last: str, came: Mapping[str, str]) -> tuple[str, ...]:
    path = [last]
    while path[-1] != start:
        path.append(came[path[-1]])
    return tuple(reversed(path))


def _knot(start: str, ways: _Ways) -> set[str]:
    """The rules that lie on some circle with a rule."""
    backwards: dict[str, dict[str, str]] = {name: {} for name in ways}
    for name, after in ways.items():
        for other, event in after.items():
            backwards[other][name] = event
    return _reached(start, ways) & _reached(start, backwards)


def _reached(start: str, ways: _Ways) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        fresh = [name for name in ways[waiting.pop()] if name not in reached]
        reached.update(fresh)
        waiting.extend(fresh)
    return reached
