"""References to segments become what they stand for, or say what is wrong."""

from __future__ import annotations

import pytest

from privflow.conditions import (
    attr,
    event,
    horizons_of,
    member,
    parse,
    resolved,
)
from privflow.errors import ConditionError, DefinitionError, UnknownNameError

RICH, LOCAL = attr.level > 3, attr.city == "上海"


def test_a_reference_is_replaced_by_its_closed_definition():
    definitions = {"rich": RICH.node, "best": (member("rich") & LOCAL).node}
    found = resolved((~member("best") | LOCAL).node, definitions)
    best = (RICH.surely() & LOCAL).surely()
    assert found == (~best | LOCAL).node
    assert resolved(LOCAL.node, {}) == LOCAL.node
    assert (
        resolved(member("rich").surely().node, definitions)
        == RICH.surely().surely().node
    )


def test_a_circle_names_its_way():
    definitions = {
        "a": member("b").node,
        "b": (LOCAL & ~member("c")).node,
        "c": member("b").node,
    }
    with pytest.raises(DefinitionError, match="b → c → b"):
        resolved(member("a").node, definitions)
    with pytest.raises(DefinitionError, match="refer in a circle: a → a"):
        resolved(member("a").node, {"a": member("a").node})


def test_an_unknown_name_has_a_suggestion():
    with pytest.raises(UnknownNameError) as caught:
        resolved(member("rcih").node, {"rich": RICH.node})
    assert "did you mean 'rich'" in caught.value.hint


def test_what_would_grow_without_bound_is_refused():
    doubling = {"s0": LOCAL.node}
    for i in range(1, 40):
        doubling[f"s{i}"] = (member(f"s{i - 1}") & member(f"s{i - 1}")).node
    with pytest.raises(DefinitionError, match="more than 100000 clauses"):
        resolved(member("s39").node, doubling)
    chain = {f"s{i}": member(f"s{i + 1}").node for i in range(10_000)}
    with pytest.raises(DefinitionError, match="refer over 64 others"):
        resolved(member("s0").node, chain)


def test_an_unresolved_reference_is_never_judged(someone):
    condition = member("vip") & LOCAL
    assert condition.reads.segments == {"vip"}
    assert parse(repr(condition)).same_as(condition)
    person, now = someone
    for ask in [
        lambda: condition.holds(person, now),
        lambda: condition.judge(person, now=now).value,
        lambda: condition.explain(person, now=now),
        lambda: horizons_of([condition]),
        lambda: event("b").where(condition),
    ]:
        with pytest.raises(ConditionError) as caught:
            ask()
        assert caught.value.hint
