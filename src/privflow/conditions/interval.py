"""Comparisons of one value with two bounds, asked as one: `25 <= age < 60`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from attrs import frozen

from privflow.conditions.node import Node, Test
from privflow.conditions.operator import OPERATORS
from privflow.conditions.term import Attribute, Property
from privflow.facts import Value

_MIRRORED = {">": "<", ">=": "<="}
_UPPER = frozenset({"<", "<="})


@frozen
class Interval:
    """A value over one bound and under another one."""

    low: Test
    high: Test

    @property
    def lets_a_bool_in(self) -> bool:
        """Whether Python would say yes of a bool, which is no number here (C3)."""
        halves = (self.low, self.high)
        return any(
            all(lets_in(half.operator, bit, half.argument) for half in halves)
            for bit in (0, 1)
        )

    def source(self, value: str, low: str, high: str) -> str:
        """Source of the two comparisons, from that of the value and of the bounds."""
        above = _MIRRORED[self.low.operator]
        return f"{low} {above} {value} {self.high.operator} {high}"


def lets_in(operator: str, bit: int, argument: Value) -> bool:
    """Whether Python would say that a bool of this value passes a test."""
    return bool(OPERATORS[operator].holds(bit, argument))


def with_intervals(parts: Iterable[Node]) -> list[Node | Interval]:
    """The parts of an And, where two that bound one number are one.

    The interval stands where the first of the two stood.
    """
    found: list[Node | Interval] = []
    waiting: dict[tuple[object, bool], tuple[int, Test]] = {}
    for part in parts:
        if not _is_bound(part):
            found.append(part)
            continue
        is_upper = part.operator in _UPPER
        place, other = waiting.pop((part.term, not is_upper), (0, None))
        if other is None:
            waiting.setdefault((part.term, is_upper), (len(found), part))
            found.append(part)
        else:
            low, high = (other, part) if is_upper else (part, other)
            found[place] = Interval(low, high)
    return found


def _is_bound(node: Node) -> TypeGuard[Test]:
    """Whether a clause bounds a number that has a name, in plain Python numbers."""
    return (
        isinstance(node, Test)
        and isinstance(node.term, Attribute | Property)
        and (node.operator in _UPPER or node.operator in _MIRRORED)
        and node.argument.__class__ in {int, float}
    )
