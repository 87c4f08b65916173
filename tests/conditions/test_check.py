"""What contradicts a catalogue: every problem at once, with path and hint (C3)."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.strategies import TIER
from privflow.conditions import (
    attr,
    bucket,
    event,
    in_journey,
    in_stage,
    member,
    now,
    prop,
    tag,
)
from privflow.facts import Catalog
from privflow.timing import instant

NOW = instant("2026-10-20T01:30Z")
CATALOG = Catalog(
    attributes={
        "city": str,
        "age": int,
        "birthday": date,
        "likes": tuple,
        "vip": bool,
        "seen": type(NOW),
    },
    events={"buy": {"amount": float, "sku": str}, "reply": {}},
    tags=[TIER],
)
CLOSED = Catalog(
    attributes={"level": ["gold", "silver"], "stars": [1, 2, 3], "age": int},
    events={"buy": {"channel": ["shop", "app"], "amount": int, "rate": [0.5, 1.0]}},
    journeys={"welcome": ["acquaint", "convert"]},
    segments=["vip", "asleep"],
)


def test_a_typo_is_found_with_a_hint():
    """C3: as the walkthrough has it."""
    problems = CATALOG.check(attr.ctiy == "上海")
    assert "city" in problems[0].hint


@pytest.mark.parametrize(
    ("condition", "path", "message", "hint"),
    [
        (
            attr.ctiy.is_missing(),
            "$",
            "no such attribute: 'ctiy'",
            "did you mean 'city'?",
        ),
        (
            A := attr.age > "3",
            "$",
            "attr.age is a number, > '3' is not",
            "compare it with a number",
        ),
        (
            ~A,
            "$.part",
            "attr.age is a number, > '3' is not",
            "compare it with a number",
        ),
        (
            attr.vip == 1,
            "$",
            "attr.vip is a bool, == 1 is not",
            "compare it with a bool",
        ),
        (
            attr.birthday == NOW,
            "$",
            f"attr.birthday is a date, == {NOW!r} is not",
            "compare it with a date",
        ),
        (
            attr.seen.after(date(2026, 1, 1)),
            "$",
            "attr.seen is an instant, after date(2026, 1, 1) is not",
            "compare it with an instant",
        ),
        (
            attr.city.is_in(["x", 5]),
            "$",
            "attr.city is never 5",
            "use a text",
        ),
        (
            attr.age.contains("3"),
            "$",
            "attr.age is a number: no contains",
            "ask it of a list or text",
        ),
        (
            attr.likes.starts_with("x"),
            "$",
            "attr.likes is a list: no starts_with",
            "ask it of a text",
        ),
        (
            attr.city.before(NOW),
            "$",
            "attr.city is a text: no before",
            "ask it of a date or instant",
        ),
        (
            now.weekday == 0,
            "$",
            "now.weekday is never 0",
            "use one of 1, 2, 3, 4, 5 and 2 more",
        ),
        (
            now.hour.is_in([9, 24]),
            "$",
            "now.hour is never 24",
            "use one of 0, 1, 2, 3, 4 and 19 more",
        ),
        (
            attr.city.contains_any([1]),
            "$",
            "attr.city is a text, contains_any [1] is not",
            "compare it with a text",
        ),
        (
            (attr.city == "x") & (event("bye").exists() | A),
            "$.parts[1].parts[0]",
            "no such event: 'bye'",
            "did you mean 'buy'?",
        ),
        (
            event("buy").where(prop.amuont > 1).exists(),
            "$.where",
            "no such property: 'amuont'",
            "did you mean 'amount'?",
        ),
        (
            event("buy").where(prop.sku > 1).exists(),
            "$.where",
            "prop.sku is a text, > 1 is not",
            "compare it with a text",
        ),
        (
            event("buy").sum("amuont") > 1,
            "$",
            "no such property of event 'buy': 'amuont'",
            "did you mean 'amount'?",
        ),
        (
            event("buy").sum("sku") > 1,
            "$",
            "'sku' of 'buy' is a text: no sum",
            "name a number",
        ),
        (
            event("buy").last("sku") > 1,
            "$",
            "event('buy').last('sku') is a text, > 1 is not",
            "compare it with a text",
        ),
        (
            event("buy").count() == "x",
            "$",
            "event('buy').count() is a number, == 'x' is not",
            "compare it with a number",
        ),
        (
            now.hour == "x",
            "$",
            "now.hour is a number, == 'x' is not",
            "compare it with a number",
        ),
        (
            attr.age.length() > 3,
            "$",
            "attr.age is a number: no length",
            "name a list or text",
        ),
        (
            attr.city.age() > 3,
            "$",
            "attr.city is a text: no age",
            "name a date or instant",
        ),
        (
            attr.birthday.age() > "3",
            "$",
            "attr.birthday.age() is a number, > '3' is not",
            "compare it with a number",
        ),
        (
            attr.birthday.matches("x"),
            "$",
            "attr.birthday is a date: no matches",
            "ask it of a text",
        ),
        (
            (attr.ctiy == "x").surely(),
            "$.part",
            "no such attribute: 'ctiy'",
            "did you mean 'city'?",
        ),
        (
            event("buy").then(event("rpely"), within="3d"),
            "$.then",
            "no such event: 'rpely'",
            "did you mean 'reply'?",
        ),
        (
            tag("tier").had_within("lwo", "3d"),
            "$",
            "no such tag of group 'tier': 'lwo'",
            "did you mean 'low'?",
        ),
        (
            tag("teir").has("low"),
            "$",
            "no such tag group: 'teir'",
            "did you mean 'tier'?",
        ),
        (
            tag("tier").has("lwo"),
            "$",
            "no such tag of group 'tier': 'lwo'",
            "did you mean 'low'?",
        ),
        (
            tag("tier", order=["top", "low"]).at_least("low"),
            "$",
            "the order of 'tier' here is 'top', 'low'",
            "the catalogue has 'low', 'mid', 'top'",
        ),
    ],
)
def test_every_contradiction_is_a_problem_with_path_and_hint(
    condition, path, message, hint
):
    """C3."""
    problem = CATALOG.check(condition)[0]
    assert (problem.path, problem.message, problem.hint) == (
        path,
        f"condition: {message}",
        hint,
    )
    assert problem.code == "condition"


def test_all_problems_are_told_at_once():
    condition = (
        (attr.ctiy == "x")
        & (attr.age == "x")
        & tag("teir").has("x")
        & event("x").exists()
    )
    assert len(CATALOG.check(condition)) == 4


@pytest.mark.parametrize(
    "condition",
    [
        attr.age > 3.5,
        attr.likes.contains(5),
        (now.weekday == 7) & (now.day != 31) & now.month.is_in([1, 12]),
        prop.anything == 5,
        event("buy").where(prop.sku == "x").within("7d").mean("amount") > 3,
        event("buy").distinct("sku") > 3,
        tag(TIER).at_least("mid"),
        bucket("x") < 0.5,
        event("reply").exists(),
        event("buy").days_with() > 3,
        attr.birthday.anniversary_within("7d") & (attr.likes.length() > 1),
        in_journey("welcome") & member("vip") & tag(TIER).ever("mid"),
    ],
)
def test_what_fits_the_catalogue_has_no_problems(condition):
    assert CATALOG.check(condition) == ()


BUY = event("buy")
NO_ORDER = "ask with is_in, or make it an ordered tag group"


@pytest.mark.parametrize(
    ("condition", "path", "message", "hint"),
    [
        (
            attr.level == "golf",
            "$",
            "attr.level is never 'golf'",
            "did you mean 'gold'?",
        ),
        (
            ~(attr.level != "golf"),
            "$.part",
            "attr.level is never 'golf'",
            "did you mean 'gold'?",
        ),
        (
            attr.level == "x",
            "$",
            "attr.level is never 'x'",
            "use one of 'gold', 'silver'",
        ),
        (
            attr.level.is_in(["gold", "sliver"]),
            "$",
            "attr.level is never 'sliver'",
            "did you mean 'silver'?",
        ),
        (
            attr.level.is_in(["gold", 5]),
            "$",
            "attr.level is never 5",
            "use one of 'gold', 'silver'",
        ),
        (
            attr.level == 5,
            "$",
            "attr.level is a text, == 5 is not",
            "compare it with a text",
        ),
        (
            attr.level >= "gold",
            "$",
            "attr.level is one of a list of texts: >= says nothing",
            NO_ORDER,
        ),
        (
            attr.level.between("gold", "silver"),
            "$",
            "attr.level is one of a list of texts: between says nothing",
            NO_ORDER,
        ),
        (
            attr.level.fill("none") == "nnoe",
            "$",
            "attr.level.fill('none') is never 'nnoe'",
            "did you mean 'none'?",
        ),
        (
            attr.level.fill(0) == "gold",
            "$",
            "attr.level.fill(0): 'level' is a text",
            "fill it with a text",
        ),
        (attr.stars == 4, "$", "attr.stars is never 4", "use one of 1, 2, 3"),
        (
            attr.stars == "1",
            "$",
            "attr.stars is a number, == '1' is not",
            "compare it with a number",
        ),
        (
            attr.stars.is_in([1, True]),
            "$",
            "attr.stars is never True",
            "use one of 1, 2, 3",
        ),
        (
            BUY.where(prop.channel == "shpo").exists(),
            "$.where",
            "prop.channel is never 'shpo'",
            "did you mean 'shop'?",
        ),
        (
            BUY.last("channel") == "shpo",
            "$",
            "event('buy').last('channel') is never 'shpo'",
            "did you mean 'shop'?",
        ),
        (
            BUY.sum("channel") > 3,
            "$",
            "'channel' of 'buy' is a text: no sum",
            "name a number",
        ),
        (
            in_journey("welcom"),
            "$",
            "no such journey: 'welcom'",
            "did you mean 'welcome'?",
        ),
        (
            in_stage("welcom", "acquaint"),
            "$",
            "no such journey: 'welcom'",
            "did you mean 'welcome'?",
        ),
        (
            in_stage("welcome", "aquaint"),
            "$",
            "no such stage of journey 'welcome': 'aquaint'",
            "did you mean 'acquaint'?",
        ),
        (
            (attr.age > 1) & member("asleeep"),
            "$.parts[1]",
            "no such segment: 'asleeep'",
            "did you mean 'asleep'?",
        ),
    ],
)
def test_what_is_outside_of_a_closed_list_is_a_problem(condition, path, message, hint):
    """C3."""
    [problem] = CLOSED.check(condition)
    assert (problem.path, problem.message, problem.hint) == (
        path,
        f"condition: {message}",
        hint,
    )


def test_each_value_that_is_none_is_told():
    assert len(CLOSED.check(attr.level.is_in(["a", "gold", "b", "c"]))) == 3


@pytest.mark.parametrize(
    "condition",
    [
        attr.level.is_in(["gold", "silver"]) & (attr.level != "gold"),
        attr.level.fill("none").is_in(["none", "gold"]),
        attr.level.starts_with("g") & attr.level.contains("x"),
        attr.level.length() > 3,
        (attr.stars == 1.0) & (attr.stars > 2.5) & attr.stars.between(0, 9),
        BUY.where(prop.channel == "app").last("channel") != "shop",
        (BUY.mean("rate") > 0.7) & (BUY.distinct("channel") == 2),
        in_journey("welcome") & ~in_stage("welcome", "convert") & member("vip"),
    ],
)
def test_what_is_in_a_closed_list_has_no_problems(condition):
    assert CLOSED.check(condition) == ()


def test_a_list_of_floats_is_added_up_inexactly():
    """C7a."""
    [remark] = (BUY.sum("rate") > 1).unportable(CLOSED)
    assert "rounded" in remark
