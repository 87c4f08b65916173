"""What is cheap is asked first, and no answer depends on it."""

from __future__ import annotations

from privflow.conditions import attr, event, now, tag
from privflow.conditions.cost import by_cost
from privflow.timing import calendar

DEAR_LAST = [
    attr.city == "x",
    (attr.city == "y") | (attr.age > 3),
    attr.name.matches("^a"),
    ~(now.hour >= 9),
    tag("t").has("a"),
    event("buy").exists(),
    event("buy").within("3d").sum("x") > 1,
    event("buy").within("3d").max("x") > 1,
    event("buy").in_(calendar("day")).exists(),
    (attr.city == "z") | event("a").then(event("b"), within="1d"),
]


def test_cheap_clauses_come_first_and_equals_stay_in_their_order():
    nodes = [condition.node for condition in DEAR_LAST]
    assert by_cost(nodes) == nodes
    reordered = by_cost([*nodes[5:], *nodes[:5]])
    assert [nodes.index(node) for node in reordered] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
