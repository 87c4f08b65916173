"""What can be asked of a condition: verdicts, explanations, reads, problems."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.strategies import TIER, Person
from privflow.conditions import (
    Condition,
    Scope,
    Trigger,
    Truth,
    Verdict,
    attr,
    bucket,
    event,
    now,
    prop,
    tag,
    trigger_of,
)
from privflow.errors import ConditionTypeError, DefinitionError, NotABooleanError
from privflow.facts import FOREVER, Catalog, Contact, Event, Properties, Timeline
from privflow.timing import instant

NOW = instant("2026-10-20T01:30Z")
LIN = Person(
    Contact(
        "c-001",
        attributes={"city": "上海", "age": "31", "likes": ["tea", "run"]},
        timezone="Asia/Shanghai",
    ).tagged(TIER["top"], at=NOW),
    Timeline([
        Event(
            "buy", "c-001", at=instant("2026-09-28T04:00Z"), properties={"amount": 320}
        ),
        Event(
            "buy", "c-001", at=instant("2026-10-10T13:00Z"), properties={"amount": 260}
        ),
    ]),
)
SPENDER = (
    attr.city.is_in(["上海", "北京"])
    & tag(TIER).at_least("mid")
    & (event("buy").within("30d").sum("amount") >= 500)
    & ~event("complaint").within("7d").exists()
)
EVERYTHING = (
    (SPENDER | (attr.age > 30) | (now.hour >= 22))
    & ~(attr.email.is_missing() & attr.likes.contains("tea"))
    & ~(prop.text == "x")
    & (bucket("pilot") < 0.5)
    & event("buy").since_entry().exists()
)

EXPLAINED = """\
NO  all of
├─ YES  any of
│  ├─ YES  all of
│  │  ├─ YES  city is one of 上海, 北京 [it is 上海]; \
a new value of city would change it
│  │  ├─ YES  tier is at least mid [holds top]; a tag of tier may change it
│  │  ├─ YES  sum of amount over buy in 30d rolling is at least 500 [it is 580]; \
time alone changes it at 2026-10-28T04:00:00Z
│  │  └─ YES  no complaint in 7d rolling [0 found]; the next complaint may change it
│  ├─ UNKNOWN  age is over 30 [it is '31': another type, so nobody can say]; \
a new value of age would change it
│  └─ NO  the local hour is at least 22 [it is 9]; \
time alone changes it at 2026-10-20T14:00:00Z
├─ NO  not
│  └─ YES  all of
│     ├─ YES  email is not known; a new value of email would change it
│     └─ YES  likes contains tea [it is tea, run]; a new value of likes would change it
├─ UNKNOWN  not (text is x) [missing]; another text of the event would change it
├─ NO  bucket pilot is under 0.5 [it is 0.5134]
└─ UNKNOWN  some buy since entry [the entry is not known here]; \
the next buy may change it
"""


def test_an_explanation_is_a_tree_with_facts_and_what_would_change_them():
    """C7."""
    explanation = EVERYTHING.explain(LIN, now=NOW)
    assert str(explanation).splitlines() == EXPLAINED.splitlines()
    assert explanation.value is EVERYTHING.judge(LIN, now=NOW).value


def test_an_explanation_renders_as_html():
    condition = attr["<b>"] == "<script>"
    html = condition.explain(LIN, now=NOW)._repr_html_()
    assert "<script>" not in html
    assert format(condition.explain(LIN, now=NOW), "html") == html


def test_a_verdict_has_value_horizon_and_reasons():
    """C7."""
    verdict = SPENDER.judge(LIN, now=NOW)
    assert verdict.value is Truth.YES
    assert verdict.stable_until == instant("2026-10-28T04:00Z")
    assert str(verdict).splitlines() == [
        "YES, until 2026-10-28T04:00:00Z at least",
        "YES: city is one of 上海, 北京 [it is 上海]",
        "YES: tier is at least mid [holds top]",
        "YES: sum of amount over buy in 30d rolling is at least 500 [it is 580]",
        "YES: no complaint in 7d rolling [0 found]",
    ]
    assert str(Verdict(value=Truth.NO)) == "NO"


@pytest.mark.parametrize(
    ("condition", "reasons"),
    [
        (SPENDER & (attr.city == "x"), ["NO: city is x [it is 上海]"]),
        (
            (attr.city == "x") | (attr.age > 3),
            ["UNKNOWN: age is over 3 [it is '31': another type, so nobody can say]"],
        ),
        (
            ~((attr.city == "x") | (attr.city == "y")),
            ["NO: city is x [it is 上海]", "NO: city is y [it is 上海]"],
        ),
        (~(attr.city == "x"), ["YES: not (city is x) [it is 上海]"]),
        (tag("none").has("x"), ["NO: none is x [holds none]"]),
    ],
)
def test_reasons_are_the_clauses_that_decided(condition, reasons):
    assert list(condition.judge(LIN, now=NOW).reasons) == reasons


def test_truth_and_verdict_are_no_booleans():
    """C1."""
    for value in (Truth.YES, Verdict(value=Truth.YES)):
        with pytest.raises(NotABooleanError) as caught:
            bool(value)
        assert "is Truth.YES" in caught.value.hint
    assert repr(Truth.UNKNOWN) == "Truth.UNKNOWN"
    assert str(Truth.NO) == "NO"


def test_a_condition_knows_what_it_reads():
    """C8."""
    reads = EVERYTHING.reads
    assert reads.attributes == {"city", "age", "email", "likes"}
    assert reads.tags == {"tier"}
    assert reads.events == {"buy", "complaint"}
    assert reads.properties == {"text"}
    assert reads.by_time
    assert not (attr.a == 1).reads.by_time
    assert event("buy").exists().reads.by_time
    assert (now.hour > 3).reads.by_time
    assert EVERYTHING.reads is reads


def test_until_is_forever_where_nothing_changes():
    assert (attr.city == "x").judgement(LIN, NOW, Scope())[1] == FOREVER
    assert SPENDER.judgement(LIN, NOW, Scope())[1] == instant("2026-10-28T04:00Z").us


# ── Against a catalogue ──────────────────────────────────────────────────────

CATALOG = Catalog(
    attributes={"city": str, "age": int, "birthday": date, "likes": tuple, "vip": bool},
    events={"buy": {"amount": float, "sku": str}, "reply": {}},
    tags=[TIER],
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
            attr.city.contains_any([1]),
            "$",
            "attr.city is a text, contains_any (1,) is not",
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
        attr.city.is_in(["x", 5]),
        prop.anything == 5,
        event("buy").where(prop.sku == "x").within("7d").mean("amount") > 3,
        event("buy").distinct("sku") > 3,
        tag(TIER).at_least("mid"),
        bucket("x") < 0.5,
        event("reply").exists(),
    ],
)
def test_what_fits_the_catalogue_has_no_problems(condition):
    assert CATALOG.check(condition) == ()


# ── Triggers ─────────────────────────────────────────────────────────────────


def test_a_trigger_means_events_of_a_name_that_fit():
    trigger = trigger_of(event("buy").where(prop.amount > 100))
    assert trigger.matches(Properties({"amount": 101}))
    assert not trigger.matches(Properties({"amount": "101"}))
    assert not trigger.matches(Properties())
    assert repr(trigger) == "event('buy').where(prop.amount > 100)"
    assert trigger_of(trigger) is trigger
    assert trigger_of(event("buy")) == Trigger("buy")
    assert Trigger("buy").matches(Properties())


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("buy", ConditionTypeError),
        (event("buy").within("7d"), DefinitionError),
        (event("buy").since_entry(), DefinitionError),
    ],
)
def test_a_trigger_has_no_window(given, error):
    with pytest.raises(error) as caught:
        trigger_of(given)
    assert "event('name')" in caught.value.hint


def test_conditions_are_equal_by_structure():
    assert isinstance(SPENDER, Condition)
    assert (attr.a == 1) == (attr.a == 1)
    assert (attr.a == 1) != (attr.a == 2)
    assert (attr.a == 1).same_as(attr.a == 1)
