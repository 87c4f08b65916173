"""Comparisons of one value with two bounds, asked as one: `25 <= age < 60`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeGuard

from attrs import frozen

from privflow.conditions.node import Node, Test
from privflow.conditions.operator import OPERATORS
from privflow.conditions.term import Attribute, Property

_MIRRORED = {">": "<", ">=": "<="}
_UPPER = frozenset({"<", "<="})


@frozen
class Interval:
    """A value over one bound and under another one."""

    low: Test
    high: Test

    @property
    def no_bool(self) -> str:
        """What the value must be beside the two comparisons; empty for nothing."""
        return no_bool(self.low, self.high)

    def source(self, value: str, low: str, high: str) -> str:
        """Source of the two comparisons, from that of the value and of the bounds."""
        above = _MIRRORED[self.low.operator]
        return f"{low} {above} {value} {self.high.operator} {high}"


def no_bool(*tests: Test) -> str:
    """What keeps out a bool of which Python would say that it passes all of the tests.

    It is no number here (C3). The rest of an expression, to put behind the value; empty
    where no bool would pass.
    """
    passing = [
        bit
        for bit in (False, True)
        if all(OPERATORS[one.operator].holds(int(bit), one.argument) for one in tests)
    ]
    match passing:
        case []:
            return ""
        case [bit]:
            return f" is not {bit}"
        case _:
            return ".__class__ is not bool"


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
