"""References to segments become what they stand for, or say what is wrong."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from conditions.strategies import (
    SEGMENTS,
    Case,
    cases,
    definitions,
    settled,
    unnamed,
    written,
)
from privflow.conditions import (
    And,
    Condition,
    Facts,
    Member,
    Missing,
    Node,
    Not,
    Or,
    Surely,
    Truth,
    attr,
    event,
    horizons_of,
    member,
    parse,
    resolved,
)
from privflow.conditions.reference import truth_of
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


NEVER = Missing(attr.x.fill(0).term)


def by_name(node: Node, facts: Facts, segments: dict[str, Condition]) -> Node:
    """The node with NEVER, or its opposite, for each segment: asked, not replaced."""
    match node:
        case Member(name):
            definition = by_name(segments[name].node, facts, segments)
            inside = truth_of(definition, facts) is Truth.YES
            return Not(NEVER) if inside else NEVER
        case And(parts) | Or(parts):
            return type(node)(tuple(by_name(part, facts, segments) for part in parts))
        case Not(part) | Surely(part):
            return type(node)(by_name(part, facts, segments))
        case _:
            return node


@given(written, definitions(), cases)
@settings(max_examples=150)
def test_to_resolve_and_judge_is_to_judge_who_is_in_each_segment(
    condition: Condition, segments: dict[str, Condition], case: Case
) -> None:
    """C2: a segment holds whom its condition says YES of, and nobody else."""
    nodes = {name: segment.node for name, segment in segments.items()}
    found = Condition(resolved(condition.node, nodes))
    meant = truth_of(by_name(condition.node, case.facts, segments), case.facts)
    assert truth_of(found.node, case.facts) is meant
    verdict = found.judge(case.person, now=case.now, scope=case.scope)
    assert verdict.value is meant
    assert not found.reads.segments


@given(unnamed, definitions())
def test_what_names_no_segment_stays_as_it_is(
    condition: Condition, segments: dict[str, Condition]
) -> None:
    nodes = {name: segment.node for name, segment in segments.items()}
    assert resolved(condition.node, nodes) == condition.node


@given(written)
def test_to_resolve_twice_changes_nothing(condition: Condition) -> None:
    once = settled(condition)
    assert resolved(once.node, SEGMENTS) == once.node


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


def test_a_circle_of_any_length_names_its_way():
    names = [f"s{i}" for i in range(1_000)]
    ring = dict(
        zip(names, (member(name).node for name in [*names[1:], "s0"]), strict=True)
    )
    with pytest.raises(DefinitionError, match="refer in a circle: ") as caught:
        resolved(member("s7").node, ring)
    way = caught.value.problem.partition(": ")[2].split(" → ")
    assert way[0] == way[-1]
    assert len(way) == 1_001
    assert all(ring[a] == member(b).node for a, b in pairwise(way))


def test_segments_that_refer_over_many_others_are_told_from_each_end():
    """The order in which they are defined changes nothing."""
    chain = {f"s{i}": member(f"s{i + 1}").node for i in range(60)} | {"s60": LOCAL.node}
    backwards = dict(reversed(chain.items()))
    assert resolved(member("s0").node, chain) == resolved(member("s0").node, backwards)


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
    chain["s10000"] = LOCAL.node
    with pytest.raises(DefinitionError, match="64 levels deep with all references"):
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
