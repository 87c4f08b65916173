"""How conditions are written, and what is said to who writes them wrongly."""

from __future__ import annotations

import pytest

from conditions.strategies import HOBBY, TIER
from privflow.conditions import (
    And,
    Attribute,
    Exists,
    Happening,
    Not,
    Or,
    Tagged,
    Test,
    attr,
    bucket,
    event,
    now,
    prop,
    tag,
)
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    DefinitionError,
    DuplicateNameError,
    NotABooleanError,
    UnknownNameError,
)
from privflow.timing import calendar

A, B, C = attr.a == 1, attr.b == 1, attr.c == 1


@pytest.mark.parametrize(
    ("write", "error", "code", "hint"),
    [
        (lambda: A and B, NotABooleanError, "not-a-boolean", "join with `a & b`"),
        (lambda: not A, NotABooleanError, "not-a-boolean", "`~a`"),
        (lambda: 1 < attr.a < 3, NotABooleanError, "not-a-boolean", "join with"),
        (lambda: bool(attr.a), NotABooleanError, "not-a-boolean", "compare it"),
        (lambda: bool(event("b")), NotABooleanError, "not-a-boolean", ".exists()"),
        (lambda: A & attr.b, ConditionError, "condition", "put comparisons in"),
        (lambda: A | True, ConditionError, "condition", "put comparisons in"),
        (lambda: tag(TIER).has("tpo"), UnknownNameError, "unknown-name", "'top'"),
        (
            lambda: tag(TIER).at_least("x"),
            UnknownNameError,
            "unknown-name",
            "use one of",
        ),
        (
            lambda: tag(TIER).any_of(["low", "x"]),
            UnknownNameError,
            "unknown-name",
            "use",
        ),
        (
            lambda: tag(TIER).any_of("low"),
            ConditionTypeError,
            "condition-type",
            "a list",
        ),
        (
            lambda: tag(TIER).none_of([]),
            ConditionTypeError,
            "condition-type",
            "one label",
        ),
        (lambda: tag(TIER).has(HOBBY["tea"]), ConditionError, "condition", "own group"),
        (
            lambda: tag("tier").has(HOBBY["tea"]),
            ConditionError,
            "condition",
            "own group",
        ),
        (
            lambda: tag(HOBBY).at_least("tea"),
            ConditionError,
            "condition",
            "ordered=True",
        ),
        (
            lambda: tag(HOBBY).at_most("tea"),
            ConditionError,
            "condition",
            "any_of([...])",
        ),
        (lambda: tag("t").has(5), DefinitionError, "definition", "non-empty text"),
        (lambda: tag("t", order="ab"), ConditionTypeError, "condition-type", "a list"),
        (
            lambda: tag("t", order=["a", "a"]),
            DuplicateNameError,
            "duplicate-name",
            "rename",
        ),
        (lambda: tag(""), DefinitionError, "definition", "non-empty text"),
        (lambda: event(" "), DefinitionError, "definition", "non-empty text"),
        (lambda: event("b").sum(""), DefinitionError, "definition", "non-empty text"),
        (lambda: attr[""], DefinitionError, "definition", "non-empty text"),
        (lambda: prop[None], DefinitionError, "definition", "non-empty text"),
        (lambda: bucket(""), DefinitionError, "definition", "non-empty text"),
        (
            lambda: event("b").where(prop.a),
            ConditionError,
            "condition",
            "put comparisons",
        ),
        (
            lambda: event("b").where(now.hour > 3),
            ConditionError,
            "condition",
            "prop alone",
        ),
        (
            lambda: event("b").where(A & (prop.a == 1)),
            ConditionError,
            "condition",
            "join",
        ),
        (
            lambda: event("b").where(event("c").exists()),
            ConditionError,
            "condition",
            "prop",
        ),
        (
            lambda: event("b").in_("7d"),
            ConditionTypeError,
            "condition-type",
            "calendar('day')",
        ),
        (
            lambda: event("b").within("7d").within("1d"),
            ConditionError,
            "condition",
            "clause",
        ),
        (
            lambda: event("b").since_entry().since_stage(),
            ConditionError,
            "condition",
            "one",
        ),
        (
            now.hour.is_missing,
            ConditionError,
            "condition",
            "compare it as it is",
        ),
        (lambda: event("b").count().fill(0), ConditionError, "condition", "compare it"),
        (lambda: now.hour.name, ConditionError, "condition", "attr.birthday"),
    ],
)
def test_a_mistake_is_told_where_it_is_made(write, error, code, hint):
    with pytest.raises(error) as caught:
        write()
    assert type(caught.value) is error
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_private_names_are_no_attributes():
    """So that copying and drawing tools that ask for `__deepcopy__` find nothing."""
    assert not hasattr(attr, "_repr_html_")
    assert not hasattr(prop, "__deepcopy__")


def test_nodes_built_by_hand_are_checked_too():
    for build, error in [
        (lambda: Tagged("t", "hsa", ("a",)), UnknownNameError),
        (lambda: Tagged("t", "at_least", ("a",)), UnknownNameError),
        (lambda: Tagged("t", "has", ()), ConditionTypeError),
        (lambda: And(()), ConditionError),
        (lambda: Or(()), ConditionError),
        (lambda: Test(Attribute("a"), "~=", 1), UnknownNameError),
        (lambda: Test(Attribute("a"), "is_in", 1), ConditionTypeError),
        (lambda: Test(Attribute("a"), "between", (1,)), ConditionTypeError),
        (lambda: Happening(""), DefinitionError),
        (lambda: Happening("b", A.node), ConditionError),
    ]:
        with pytest.raises(error):
            build()


def test_joins_are_flat_and_two_negations_cancel():
    assert (A & B & C).node == And((A.node, B.node, C.node))
    assert (A | (B | C)).node == Or((A.node, B.node, C.node))
    assert (~A).node == Not(A.node)
    assert (~~A).same_as(A)


def test_a_set_is_listed_in_one_order():
    assert attr.a.is_in({"b", "c", "a"}).same_as(attr.a.is_in(["a", "b", "c"]))
    assert tag(TIER).any_of({"top", "low"}).same_as(tag(TIER).any_of(["low", "top"]))


def test_windows_and_clauses_may_come_in_any_order():
    one = event("b").within("7d").where(prop.a == 1).since_entry().exists()
    two = event("b").since_entry().where(prop.a == 1).within("7d").exists()
    assert one.same_as(two)
    assert one.node == Exists(two.node.of)
    assert not one.same_as(event("b").in_(calendar("day")).exists())


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (tag(TIER).has(TIER["mid"]), {"mid"}),
        (tag(TIER).at_least("mid"), {"mid", "top"}),
        (tag(TIER).at_most("mid"), {"low", "mid"}),
        (tag(TIER).any_of(["low", "top"]), {"low", "top"}),
        (tag("free").none_of(["x"]), {"x"}),
    ],
)
def test_an_ordered_group_knows_what_is_at_least(condition, wanted):
    """C4."""
    assert condition.node.wanted == wanted
