"""Circles of rules that set each other off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privflow.conditions import event, prop
from privflow.rules import Emit, Loop, Rule, SetAttribute, loops


def rule(name: str, on: str, *makes: str) -> Rule:
    do = [Emit(made) for made in makes] or [SetAttribute("n", 1)]
    return Rule(name, on=event(on), do=do)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], ()),
        ([rule("a", "x", "y"), rule("b", "y", "z")], ()),
        ([rule("a", "x", "x")], (Loop(("a",), ("x",)),)),
        (
            [rule("a", "x", "y"), rule("b", "y", "x")],
            (Loop(("a", "b"), ("y", "x")),),
        ),
        (
            [rule("in", "w", "x"), rule("a", "x", "y"), rule("b", "y", "x", "v")],
            (Loop(("a", "b"), ("y", "x")),),
        ),
        (
            [rule("a", "x", "x"), rule("b", "y", "z"), rule("c", "z", "y")],
            (Loop(("a",), ("x",)), Loop(("b", "c"), ("z", "y"))),
        ),
        (
            [rule("a", "x", "y", "z"), rule("b", "y", "x"), rule("c", "z", "x")],
            (Loop(("a", "b"), ("y", "x")),),
        ),
    ],
)
def test_each_knot_is_named_by_one_circle(rules, found):
    """R1."""
    assert loops(rules) == found


def test_an_event_that_does_not_fit_sets_nothing_off():
    other = Rule("a", on=event("x").where(prop.n > 1), do=[Emit("x", {"n": 1})])
    kept = Rule("a", on=event("x").where(prop.n > 1), do=[Emit("x", keeping=["n"])])
    assert loops([other]) == ()
    assert loops([kept]) == (Loop(("a",), ("x",)),)


def test_a_loop_reads_as_a_sentence():
    [loop] = loops([rule("a", "x", "y"), rule("b", "y", "x")])
    assert str(loop) == (
        "rules go round in a circle: 'a' makes 'y', 'b' makes 'x', which sets off 'a'"
    )


edges = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=8
)


@given(edges)
def test_there_is_a_loop_where_somebody_can_come_back(pairs):
    rules = [
        rule(name, name, *(to for start, to in pairs if start == name))
        for name in "abcd"
    ]
    reach = {name: {to for start, to in pairs if start == name} for name in "abcd"}
    for _ in "abcd":
        reach = {name: to.union(*map(reach.get, to)) for name, to in reach.items()}
    found = loops(rules)
    in_circles = {name for name in reach if name in reach[name]}
    assert bool(found) == bool(in_circles)
    for loop in found:
        assert set(loop.rules) <= in_circles
        assert len(set(loop.rules)) == len(loop.rules)
        turns = zip(loop.rules, loop.events, strict=True)
        assert all((name, made) in pairs for name, made in turns)
    named = {name for loop in found for name in loop.rules}
    assert all(reach[name] & named for name in in_circles)
