"""Which clause is asked first: what is cheap, for an And may end there.

The order changes no answer: And and Or mean the same in any order (C1).
"""

from __future__ import annotations

from collections.abc import Iterable

from privflow.conditions.node import (
    And,
    Exists,
    Followed,
    Happening,
    Measure,
    Node,
    Not,
    Or,
    Surely,
    Test,
)
from privflow.conditions.tag_node import Held, Tagged
from privflow.conditions.term import Attribute, Property

_KEPT = frozenset({"count", "sum", "first", "last"})
_SEARCHES = frozenset({"matches", "contains_any", "contains_all"})


def by_cost(nodes: Iterable[Node]) -> list[Node]:
    """The nodes, the cheap ones first; those that cost the same stay in their order."""
    return sorted(nodes, key=_cost)


def _cost(node: Node) -> int:
    match node:
        case And(parts) | Or(parts):
            return max(map(_cost, parts))
        case Not(part) | Surely(part):
            return _cost(part)
        case Tagged():
            return 2
        case Exists(of):
            return _cost_of_window(of)
        case Test(Measure(what, of)):
            return _cost_of_window(of) + (what not in _KEPT)
        case Held() | Followed():
            return 6
        case Test(Attribute() | Property(), operator):
            return int(operator in _SEARCHES)
        case Test():
            return 1
        case _:
            return 0


def _cost_of_window(of: Happening) -> int:
    is_simple = of.where is None and (of.window is None or of.is_recent)
    return 3 if is_simple else 4
