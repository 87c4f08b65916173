"""Each operator over present, missing, empty and wrongly typed values (C1, C3, C4)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from operator import eq, ge, gt, le, lt, ne

import pytest

from conditions.strategies import Case, Person
from privflow.conditions import NOWHERE, Condition, Scope, Truth, attr, event, prop
from privflow.conditions.operator import OPERATORS, checked
from privflow.conditions.reference import rows_of
from privflow.errors import (
    ConditionError,
    ConditionTypeError,
    DefinitionError,
    NaiveTimeError,
    UnknownNameError,
)
from privflow.facts import Contact, Event, Properties, Timeline
from privflow.timing import Instant, instant

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
NOW = instant("2026-10-20T01:30Z")
MISSING = object()
DAY = date(2026, 10, 20)
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused


def truth(condition: Condition, value: object = MISSING) -> Truth:
    """What the condition says, and the compiled form of it and of its opposite."""
    attributes = {} if value is MISSING else {"x": value}
    person = Person(Contact("c", attributes=attributes), Timeline())
    said = condition.judge(person, now=NOW).value
    assert condition.holds(person, NOW) is (said is YES)
    assert (~condition).holds(person, NOW) is (said is NO)
    return said


@pytest.mark.parametrize(
    ("compare", "value", "argument", "expected"),
    [
        (eq, 1, 1, YES),
        (eq, 1, 1.0, YES),
        (eq, Decimal(1), 1, YES),
        (eq, 2, 1, NO),
        (eq, True, 1, UNKNOWN),
        (eq, 1, True, UNKNOWN),
        (eq, True, True, YES),
        (eq, False, True, NO),
        (eq, "1", 1, UNKNOWN),
        (eq, 1, "1", UNKNOWN),
        (eq, "", "", YES),
        (eq, "a", "b", NO),
        (eq, [], [], YES),
        (eq, [1, "a"], [1, "a"], YES),
        (eq, [True], [1], NO),
        (eq, ["a"], "a", UNKNOWN),
        (eq, DAY, DAY, YES),
        (eq, NOW, NOW, YES),
        (eq, NOW, DAY, UNKNOWN),
        (ne, 2, 1, YES),
        (ne, 1, 1, NO),
        (ne, "2", 1, UNKNOWN),
        (ne, True, 0, UNKNOWN),
        (ne, True, False, YES),
        (ne, "a", "b", YES),
        (ne, 1, "b", UNKNOWN),
        (ne, [True], [1], YES),
        (ne, DAY, DAY, NO),
        (lt, 1, 2, YES),
        (lt, 2, 2, NO),
        (lt, "10", 9, UNKNOWN),
        (lt, False, 9, UNKNOWN),
        (lt, [1], 9, UNKNOWN),
        (lt, DAY, 9, UNKNOWN),
        (lt, "a", "b", YES),
        (lt, 1, "b", UNKNOWN),
        (lt, date(2026, 1, 1), DAY, YES),
        (lt, Instant(0), NOW, YES),
        (le, 2, 2, YES),
        (le, 2.5, 2, NO),
        (gt, Decimal("2.5"), 2, YES),
        (gt, 2.5, Decimal("2.5"), NO),
        (ge, Decimal("2.5"), Decimal("2.5"), YES),
        (ge, True, Decimal(0), UNKNOWN),
        (ge, 10**25, 1e25, NO),
        (ge, "上海", "上海", YES),
    ],
)
def test_comparisons_never_coerce(compare, value, argument, expected):
    """C3."""
    assert truth(compare(attr.x, argument), value) is expected


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        (attr.x.between(1, 3), 3, YES),
        (attr.x.between(1, 3), 3.1, NO),
        (attr.x.between(1, Decimal(3)), "2", UNKNOWN),
        (attr.x.between(DAY, DAY), DAY, YES),
        (attr.x.is_in(["a", "b"]), "a", YES),
        (attr.x.is_in(["a", "b"]), "c", NO),
        (attr.x.is_in(["a", "b"]), 1, UNKNOWN),
        (attr.x.is_in(["a", 1]), True, UNKNOWN),
        (attr.x.is_in([1, 2]), 1.0, YES),
        (attr.x.is_in(["a"]), ["a"], UNKNOWN),
        (attr.x.contains("b"), "abc", YES),
        (attr.x.contains(""), "", YES),
        (attr.x.contains("b"), ["b"], YES),
        (attr.x.contains("b"), ["abc"], NO),
        (attr.x.contains(1), [True], NO),
        (attr.x.contains(1), ["a", 1.0], YES),
        (attr.x.contains(1), "1", UNKNOWN),
        (attr.x.contains("b"), [], NO),
        (attr.x.contains("b"), 5, UNKNOWN),
        (attr.x.contains_any(["口红", "粉底"]), "有口红吗", YES),
        (attr.x.contains_any(["a", "b"]), ["b"], YES),
        (attr.x.contains_any(["a", "b"]), [], NO),
        (attr.x.contains_any(["a", 1]), "a", UNKNOWN),
        (attr.x.contains_all(["a", "b"]), "ba", YES),
        (attr.x.contains_all(["a", "b"]), ["a"], NO),
        (attr.x.contains_all(["a", "b"]), True, UNKNOWN),
        (attr.x.starts_with("a"), "ab", YES),
        (attr.x.starts_with("b"), "ab", NO),
        (attr.x.starts_with("a"), ["a"], UNKNOWN),
        (attr.x.ends_with("b"), "ab", YES),
        (attr.x.ends_with("a"), "ab", NO),
        (attr.x.ends_with("1"), 1, UNKNOWN),
        (attr.x.matches("^1[3-9]"), "13800138000", YES),
        (attr.x.matches("^1[3-9]"), "上13", NO),
        (attr.x.matches("^$"), "", YES),
        (attr.x.matches("a"), ["a"], UNKNOWN),
        (attr.x.before(DAY), date(2026, 10, 19), YES),
        (attr.x.before(DAY), DAY, NO),
        (attr.x.before(DAY), NOW, UNKNOWN),
        (attr.x.after(NOW), instant("2026-10-20T01:30:01Z"), YES),
        (attr.x.after(NOW), "2027", UNKNOWN),
    ],
)
def test_operators_on_texts_and_lists(condition, value, expected):
    """C4."""
    assert truth(condition, value) is expected


ONE_OF_EACH = [
    *(compare(attr.x, 1) for compare in (eq, ne, lt, le, gt, ge)),
    *(compare(attr.x, Decimal(1)) for compare in (eq, ne, lt, le, gt, ge)),
    *(compare(attr.x, "a") for compare in (eq, ne, lt, le, gt, ge)),
    *(compare(attr.x, DAY) for compare in (eq, ne, lt, le, gt, ge)),
    *(compare(attr.x, NOW) for compare in (eq, ne, lt, le, gt, ge)),
    attr.x == True,  # noqa: E712 - a condition
    attr.x != True,  # noqa: E712 - a condition
    attr.x.between(1, 2),
    attr.x.is_in(["a"]),
    attr.x.is_in([1]),
    attr.x.contains("a"),
    attr.x.contains_any(["a"]),
    attr.x.contains_all(["a"]),
    attr.x.starts_with("a"),
    attr.x.ends_with("a"),
    attr.x.matches("a"),
    attr.x.before(DAY),
    attr.x.after(NOW),
]


@pytest.mark.parametrize("condition", ONE_OF_EACH, ids=repr)
def test_a_missing_attribute_leaves_it_unknown(condition):
    """C1, C7a: NaN is missing, too."""
    assert truth(condition) is UNKNOWN
    assert truth(condition, None) is UNKNOWN
    assert truth(condition, float("nan")) is UNKNOWN
    assert truth(condition, Decimal("sNaN")) is UNKNOWN


def test_every_operator_is_in_the_table_above():
    assert {condition.node.operator for condition in ONE_OF_EACH} == set(OPERATORS)


def test_missing_and_fill_decide_the_unknown():
    """C1."""
    assert truth(attr.x.is_missing()) is YES
    assert truth(attr.x.is_missing(), "") is NO
    assert truth(attr.x.fill(0) < 3) is YES
    assert truth(attr.x.fill(0) < 3, 5) is NO
    assert truth(attr.x.fill("a") == "a") is YES
    assert truth(attr.x.fill(True) == True) is YES  # noqa: E712 - a condition
    assert truth(attr.x.fill("a") < 3) is UNKNOWN
    assert truth(attr.x.fill(True) < 3) is UNKNOWN
    assert truth(attr.x.fill(0).is_missing()) is NO


class Tier(IntEnum):
    TOP = 3


class City(str, Enum):  # noqa: UP042 - also the older way
    SHANGHAI = "上海"


def test_values_of_subclasses_count_as_what_they_are():
    assert truth(attr.x == 3, Tier.TOP) is YES
    assert truth(attr.x == City.SHANGHAI, "上海") is YES
    assert truth(attr.x < "z", City.SHANGHAI) is NO
    assert truth(attr.x > DAY, datetime(2026, 10, 20, tzinfo=UTC)) is UNKNOWN
    assert truth(attr.x <= NOW, datetime(2026, 10, 20, tzinfo=UTC)) is YES


@pytest.mark.parametrize(
    ("write", "error", "hint"),
    [
        (lambda: attr.x == None, ConditionError, "ask `.is_missing()` instead"),  # noqa: E711
        (
            lambda: attr.x == Decimal("nan"),
            ConditionError,
            "ask `.is_missing()` instead",
        ),
        (lambda: attr.x > float("inf"), DefinitionError, "leave it out instead"),
        (
            lambda: attr.x > Decimal("-Infinity"),
            DefinitionError,
            "leave it out instead",
        ),
        (
            lambda: attr.x > 10**300,
            DefinitionError,
            "keep it as text, or in a larger unit",
        ),
        (
            lambda: attr.x > True,
            ConditionTypeError,
            "write a number, text, a date or an instant",
        ),
        (
            lambda: attr.x < [1],
            ConditionTypeError,
            "write a number, text, a date or an instant",
        ),
        (lambda: attr.x == b"x", DefinitionError, "flatten or convert the value"),
        (
            lambda: attr.x == attr.y,
            ConditionTypeError,
            "write a value that everybody shares",
        ),
        (
            lambda: attr.x < NAIVE,
            NaiveTimeError,
            "give it a zone or pass tz='Asia/Shanghai'; for a day take its .date()",
        ),
        (
            lambda: attr.x.between(1, "a"),
            ConditionTypeError,
            "write two numbers, texts, dates or instants, the smaller one first",
        ),
        (
            lambda: attr.x.between(3, 1),
            ConditionTypeError,
            "write two numbers, texts, dates or instants, the smaller one first",
        ),
        (
            lambda: event("buy").at_least(-1),
            ConditionTypeError,
            "write a whole number, 0 or more",
        ),
        (
            lambda: event("buy").at_least("2"),
            ConditionTypeError,
            "write a whole number, 0 or more",
        ),
        (
            lambda: event("buy").at_least(1.5),
            ConditionTypeError,
            "write a whole number, 0 or more",
        ),
        (lambda: attr.x.is_in("上海"), ConditionTypeError, "write a list of values"),
        (lambda: attr.x.is_in(5), ConditionTypeError, "write a list of values"),
        (
            lambda: attr.x.is_in([]),
            ConditionTypeError,
            "write a non-empty list of texts, bools, numbers, dates or instants",
        ),
        (
            lambda: attr.x.is_in([["a"]]),
            DefinitionError,
            "flatten or convert the value",
        ),
        (
            lambda: attr.x.contains(["a"]),
            ConditionTypeError,
            "ask for one of several with .contains_any([...])",
        ),
        (
            lambda: attr.x.contains_any("口红"),
            ConditionTypeError,
            "write a list of values",
        ),
        (
            lambda: attr.x.contains_all([]),
            ConditionTypeError,
            "write a non-empty list of texts, bools, numbers, dates or instants",
        ),
        (lambda: attr.x.starts_with(5), ConditionTypeError, "write text"),
        (lambda: attr.x.ends_with(["a"]), ConditionTypeError, "write text"),
        (lambda: attr.x.fill(None), ConditionError, "ask `.is_missing()` instead"),
        (
            lambda: checked("=~", "a"),
            UnknownNameError,
            "use one of '==', '!=', '<', '<=', '>' and 11 more",
        ),
    ],
)
def test_an_impossible_argument_is_refused_where_it_is_written(write, error, hint):
    with pytest.raises(error) as caught:
        write()
    assert caught.value.hint == hint
    assert caught.value.code


# ── What events say ──────────────────────────────────────────────────────────


def bought(*amounts: object) -> Person:
    rows = [
        Event("buy", "c", at=Instant(NOW.us - 10 + i), properties={"x": amount})
        for i, amount in enumerate(amounts)
    ]
    return Person(Contact("c"), Timeline(rows))


@pytest.mark.parametrize(
    ("condition", "amounts", "expected"),
    [
        (event("buy").exists(), [], NO),
        (event("buy").exists(), [1], YES),
        (event("buy").count() == 0, [], YES),
        (event("buy").at_least(2), [1, None], YES),
        (event("buy").sum("x") == 0, [], YES),
        (event("buy").sum("x") == 3, [1, "a", 2, None, True], YES),
        (event("buy").sum("x") == Decimal("0.3"), [Decimal("0.1")] * 3, YES),
        (event("buy").sum("x") == Decimal("0.3"), [0.1] * 3, NO),
        (event("buy").sum("x") == 1.0, [0.1] * 10, YES),
        (event("buy").sum("x") == 10**25 + 1, [10**25, 1], YES),
        (event("buy").sum("x") == Decimal(10**40 + 1), [Decimal("1e40"), 1], YES),
        (event("buy").sum("y") == 0, [1], YES),
        (event("buy").mean("x") == 1.5, [1, 2], YES),
        (event("buy").mean("x") == 1.5, ["a"], UNKNOWN),
        (event("buy").mean("x") == Decimal("1.5"), [Decimal(1), 2], YES),
        (event("buy").min("x") == 1, [2, 1, "a"], YES),
        (event("buy").max("x") > 0, [], UNKNOWN),
        (event("buy").max("x") == 2, [2, Decimal(1), 0.5], YES),
        (event("buy").distinct("x") == 3, [1, 1.0, True, "1", None], YES),
        (event("buy").distinct("y") == 0, [1], YES),
        (event("buy").first("x") == "a", ["a", "b"], YES),
        (event("buy").last("x") == "a", ["a", "b"], NO),
        (event("buy").last("x") == "a", ["a", None], UNKNOWN),
        (event("buy").first("x") == "a", [], UNKNOWN),
        (event("buy").last("x") == "a", [1], UNKNOWN),
        (event("buy").where(prop.x > 1).count() == 1, [1, 2, "a", None], YES),
        (event("buy").where(prop.x > 1).sum("x") == 5, [1, 2, 3], YES),
        (event("buy").where(~(prop.x > 1)).count() == 1, [1, 2, "a", None], YES),
        (event("buy").where(prop.x.is_missing()).exists(), [1, None], YES),
        (event("buy").where(prop.x > 1).where(prop.x < 3).count() == 1, [1, 2, 3], YES),
        (event("buy").where(prop.x > 1).last("x") == 1, [], UNKNOWN),
    ],
)
def test_events_are_a_closed_world(condition, amounts, expected):
    """C2, C4, C7a."""
    case = Case(bought(*amounts), NOW, NOWHERE)
    assert condition.judge(case.person, now=NOW).value is expected
    assert condition.holds(case.person, NOW) is (expected is YES)
    assert (~condition).holds(case.person, NOW) is (expected is NO)


@pytest.mark.parametrize(
    "ask",
    [
        lambda events: events.exists(),
        lambda events: events.count() == 1,
        lambda events: events.sum("x") == 1,
        lambda events: events.last("x") == 1,
        lambda events: events.where(prop.x == 1).exists(),
        lambda events: events.since_entry().exists(),
    ],
)
def test_a_window_is_open_at_its_start_and_closed_at_now(ask):
    """T2."""
    at = Instant(NOW.us - 3_600_000_000)
    row = Event("buy", "c", at=at, properties={"x": 1})
    person = Person(Contact("c"), Timeline([row]))
    scope = Scope(entered_at=Instant(0))
    for length, now, inside in [
        ("1h1us", NOW, True),
        ("1h", NOW, False),
        ("1us", at, True),
    ]:
        bought = ask(event("buy").within(length))
        assert bought.holds(person, now, scope) is inside
        verdict = bought.judge(person, now=now, scope=scope)
        assert (verdict.value is YES) is inside


def test_events_before_the_journey_do_not_count_since_entry():
    person = bought(1, 2, 3)
    at = person.timeline.series["buy"].times
    inside = Scope(entered_at=Instant(at[0]), stage_at=Instant(at[1]))
    assert (event("buy").since_entry().count() == 2).holds(person, NOW, inside)
    assert (event("buy").since_stage().count() == 1).holds(person, NOW, inside)
    outside = event("buy").since_entry().exists()
    assert rows_of(outside.node.of, Case(person, NOW, NOWHERE).facts) == []
    assert outside.judge(person, now=NOW).value is UNKNOWN
    assert outside.holds(person, NOW) is (~outside).holds(person, NOW) is False


def test_a_property_is_of_the_event_at_hand():
    person = bought(5)
    condition = prop.x == 1
    assert condition.judge(person, now=NOW).value is UNKNOWN
    assert condition.holds(person, NOW, Scope(event=Properties({"x": 1})))
