"""`repr` is Python text that parses back; `str` is a sentence (C5)."""

from __future__ import annotations

import pickle
import traceback
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conditions.strategies import HOBBY, TIER, Person, written
from privflow.conditions import (
    Condition,
    Truth,
    attr,
    bucket,
    event,
    in_journey,
    in_stage,
    member,
    now,
    parse,
    prop,
    tag,
)
from privflow.conditions.node import MOST_PARTS
from privflow.conditions.wording import WORDS
from privflow.errors import ProtocolError, UnknownFormatError
from privflow.facts import Contact, Timeline
from privflow.timing import aligned, calendar, instant

A_PROP = prop.x == 1
FROM, TO = instant("2026-01-02T00:00Z"), instant("2026-01-03T00:00Z")
A, B, C = attr.a == 1, attr.b == 2, attr.c.is_missing()

WRITTEN = [
    (A, "attr.a == 1"),
    (A & B, "(attr.a == 1) & (attr.b == 2)"),
    (A & B | C, "(attr.a == 1) & (attr.b == 2) | attr.c.is_missing()"),
    (A & (B | C), "(attr.a == 1) & ((attr.b == 2) | attr.c.is_missing())"),
    (~A, "~(attr.a == 1)"),
    (~C, "~attr.c.is_missing()"),
    (~(A & C), "~((attr.a == 1) & attr.c.is_missing())"),
    (~(A | C), "~((attr.a == 1) | attr.c.is_missing())"),
    (attr["a b"] == "x", "attr['a b'] == 'x'"),
    (attr["class"] == "x", "attr['class'] == 'x'"),
    (attr["_a"] == "x", "attr['_a'] == 'x'"),
    # an identifier that Python would read as `fi`
    (attr["\ufb01"] == 1, "attr['\ufb01'] == 1"),
    (attr.城市 == "上海", "attr.城市 == '上海'"),
    (attr.a > Decimal("1.50"), "attr.a > Decimal('1.50')"),
    (attr.a > -1.5, "attr.a > -1.5"),
    (attr.a <= date(2026, 1, 2), "attr.a <= date(2026, 1, 2)"),
    (
        attr.a <= instant("2026-01-02T03:04:05.000006+08:00"),
        "attr.a <= instant('2026-01-01T19:04:05.000006Z')",
    ),
    (attr.a == [1, "x"], "attr.a == [1, 'x']"),
    (attr.a.fill(0) < 3, "attr.a.fill(0) < 3"),
    (attr.a.between(1, 2), "attr.a.between(1, 2)"),
    (attr.a.is_in({"b", "a"}), "attr.a.is_in(['a', 'b'])"),
    (attr.a.contains_any(("b",)), "attr.a.contains_any(['b'])"),
    (prop.text.starts_with("hi"), "prop.text.starts_with('hi')"),
    (now.hour >= 9, "now.hour >= 9"),
    (bucket("pilot") < 0.1, "bucket('pilot') < 0.1"),
    (tag(HOBBY).has("tea"), "tag('hobby').has('tea')"),
    (
        tag(TIER).at_least("mid"),
        "tag('tier', order=['low', 'mid', 'top']).at_least('mid')",
    ),
    (tag(TIER).none_of(["low"]), "tag('tier').none_of(['low'])"),
    (
        event("buy").where(prop.x > 1).within("30d").since_stage().sum("x") >= 5,
        "event('buy').where(prop.x > 1).within('30d').since_stage().sum('x') >= 5",
    ),
    (event("buy").at_least(2), "event('buy').count() >= 2"),
    (
        event("buy").in_(calendar("week", first_day="sun")).exists(),
        "event('buy').in_(calendar('week', first_day='sun')).exists()",
    ),
    (
        event("buy").in_(aligned("1h", tz="Asia/Shanghai")).exists(),
        "event('buy').in_(aligned('1h', tz='Asia/Shanghai')).exists()",
    ),
]


WRITTEN += [
    (attr.a.matches(r"\d+"), r"attr.a.matches('\\d+')"),
    (attr.a.before(date(2026, 1, 2)), "attr.a.before(date(2026, 1, 2))"),
    (attr.a.length() > 3, "attr.a.length() > 3"),
    (attr.a.fill("x").length() > 3, "attr.a.fill('x').length() > 3"),
    (attr.a.age() >= 18, "attr.a.age() >= 18"),
    (attr.a.anniversary_within("7d"), "attr.a.days_to_anniversary() <= 7"),
    (A.surely(), "(attr.a == 1).surely()"),
    (C.surely(), "attr.c.is_missing().surely()"),
    ((~C).surely(), "(~attr.c.is_missing()).surely()"),
    (~C.surely(), "~attr.c.is_missing().surely()"),
    (
        (A & C).surely() | C,
        "((attr.a == 1) & attr.c.is_missing()).surely() | attr.c.is_missing()",
    ),
    (tag(HOBBY).held_for("tea", "30d"), "tag('hobby').held_for('tea', '30d')"),
    (
        tag(HOBBY).held_since("tea", instant("2026-01-02T00:00Z")),
        "tag('hobby').held_since('tea', instant('2026-01-02T00:00:00Z'))",
    ),
    (tag(HOBBY).had_within("tea", "1d"), "tag('hobby').had_within('tea', '1d')"),
    (tag(HOBBY).ever("tea"), "tag('hobby').ever('tea')"),
    (
        event("cart").within("7d").then(event("buy").where(A_PROP), within="3d"),
        "event('cart').within('7d').then(event('buy').where(prop.x == 1), within='3d')",
    ),
    (
        event("cart").not_followed_by(event("buy"), within="3d"),
        "event('cart').not_followed_by(event('buy'), within='3d')",
    ),
    (
        event("buy")
        .between(instant("2026-01-02T00:00Z"), instant("2026-01-03T00:00Z"))
        .days_with()
        > 1,
        f"event('buy').between({FROM!r}, {TO!r}).days_with() > 1",
    ),
    (member("vip"), "member('vip')"),
    (in_journey("w"), "in_journey('w')"),
    (in_stage("w", "s"), "in_stage('w', 's')"),
]


@pytest.mark.parametrize(("condition", "text"), WRITTEN)
def test_repr_is_source_with_the_parentheses_that_it_needs(condition, text):
    """C5."""
    assert repr(condition) == text
    assert parse(text).same_as(condition)


@given(written)
@settings(max_examples=500)
def test_repr_parses_back(condition):
    """C5."""
    again = parse(repr(condition))
    assert again.same_as(condition)
    assert repr(again) == repr(condition)
    assert hash(again) == hash(condition)


def test_conditions_of_other_types_are_not_the_same():
    """C3: 1 is no bool, and `same_as` must not confuse them."""
    conditions = [attr.a == 1, attr.a == True, attr.a == 1.0, attr.a == Decimal(1)]  # noqa: E712
    assert len({condition.node for condition in conditions}) == 4
    assert not conditions[0].same_as(conditions[1])
    assert not attr.a.is_in([1]).same_as(attr.a.is_in([True]))
    assert not (attr.a.fill(1) == 1).same_as(attr.a.fill(True) == 1)


HOSTILE = [
    "'",
    '"',
    "a\nb",
    "\\",
    "__class__",
    "\ud800",
    "\x00",
    "{x}",
    "\u202e",
    "a" * 500,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name, someone):
    """They are compiled, written and read back, and never executed."""
    condition = (
        (attr[name] == name)
        & (prop[name].contains(name) | tag(name).has(name))
        & ~event(name).where(prop[name] == name).within("7d").exists()
        & (event(name).sum(name) >= 0)
        & (bucket(name) >= 0)
    )
    assert parse(repr(condition)).same_as(condition)
    assert condition.holds(*someone) is False
    assert "\n" not in repr(condition)
    assert str(condition.judge(someone[0], now=someone[1]))
    assert str(condition.explain(someone[0], now=someone[1]))


@given(st.text(min_size=1).filter(str.strip))
@settings(max_examples=200)
def test_any_text_is_a_name_and_a_value(text):
    condition = (attr[text] == text) | tag(text).has(text) | event(text).exists()
    assert parse(repr(condition)).same_as(condition)


def test_nothing_in_a_name_is_executed(someone):
    evil = "x'] or __import__('os').abort() or g['"
    condition = (attr[evil] == evil) | event(evil).exists() | (bucket(evil) < 0)
    assert condition.holds(*someone) is False
    assert parse(repr(condition)).holds(*someone) is False


def test_a_traceback_shows_the_source(someone):
    condition = (attr.a == "x") & (attr.b == "y")
    with pytest.raises(ProtocolError) as caught:
        condition.holds(None, someone[1])
    shown = "".join(traceback.format_exception(caught.value))
    assert "<condition a is x and b is y" in shown
    assert "state.contact" in shown


@pytest.mark.parametrize("joined", ["&", "|"])
def test_a_wide_condition_is_read_back(joined):
    parts = [attr[f"a{i}"].is_missing() for i in range(MOST_PARTS)]
    text = f" {joined} ".join(map(repr, parts))
    condition = parse(text)
    assert repr(condition) == text
    assert parse(repr(condition)).same_as(condition)


def test_the_deepest_condition_is_read_back_and_compiled(someone):
    condition = deep(63)
    assert parse(repr(condition)).same_as(condition)
    assert condition.holds(*someone) is False
    verdict = condition.judge(someone[0], now=someone[1])
    assert verdict.value is Truth.UNKNOWN
    bought = event("buy").where(deep(60, prop)).exists() & A
    assert parse(repr(bought)).same_as(bought)
    assert bought.holds(*someone) is False


def deep(levels: int, space: object = attr) -> Condition:
    found = space.x == 1
    for level in range(levels):
        found = (found & (space.y == 2)) if level % 2 else (found | (space.y == 2))
    return found


def test_a_compiled_condition_still_pickles(someone):
    condition = A & event("buy").within("7d").exists()
    condition.holds(*someone)
    again = pickle.loads(pickle.dumps(condition))
    assert again == condition
    assert again.holds(*someone) is False


SENTENCES = [
    (A & B | ~C, "(a is 1 and b is 2) or not (c is not known)"),
    (attr.a.fill(0) < 3, "a (or 0) is under 3"),
    (attr.a.is_in(["x", "y"]), "a is one of x, y"),
    (attr.a.between(1, 2), "a is between 1, 2"),
    (~event("buy").within("30d").exists(), "no buy in 30d rolling"),
    (event("buy").since_entry().exists(), "some buy since entry"),
    (event("buy").count() >= 2, "number of buy is at least 2"),
    (
        event("buy").where(prop.x > 1).in_(calendar("day")).mean("x") < 5,
        "mean of x over buy where x is over 1 in calendar day is under 5",
    ),
    (
        event("buy").since_stage().last("x") == "y",
        "last of x over buy since the stage began is y",
    ),
    (tag(TIER).at_least("mid"), "tier is at least mid"),
    (tag(TIER).none_of(["low", "mid"]), "tier is none of low or mid"),
    (now.weekday < 6, "the local weekday is under 6"),
    (bucket("pilot") < 0.1, "bucket pilot is under 0.1"),
    (attr.a.matches("x"), "a matches x"),
    (attr.a.age() >= 18, "years since a is at least 18"),
    (tag(HOBBY).held_for("tea", "30d"), "hobby has been tea for 30d"),
    (tag(HOBBY).ever("tea"), "hobby was tea at some time"),
    (
        event("cart").not_followed_by(event("buy"), within="3d"),
        "cart not followed by buy within 3d",
    ),
    (
        event("buy")
        .between(instant("2026-01-02T00:00Z"), instant("2026-01-03T00:00Z"))
        .days_with()
        > 1,
        f"number of days with buy from {FROM} before {TO} is over 1",
    ),
    (
        (member("vip") & ~in_stage("w", "s")).surely(),
        "surely (in segment vip and not (in stage s of journey w))",
    ),
]

CHINESE = [
    (A & (B | ~C), "a 是 1 且 (b 是 2 或 并非 (c 未知))"),
    (attr.a.fill(0) < 3, "a (缺省为 0) 小于 3"),
    (~event("buy").within("1d12h").exists(), "没有 近1天12小时的 buy"),
    (
        event("buy")
        .in_(calendar("week", first_day="sun", tz="Asia/Shanghai"))
        .mean("x")
        < 5,
        "本周 (周日起) (Asia/Shanghai)的 buy 的 x 平均值 小于 5",
    ),
    (
        event("buy").in_(aligned("1h")).where(prop.x > 1).since_stage().count() > 1,
        "进入阶段后的 当前1小时时段的 buy (其中 x 大于 1) 的次数 大于 1",
    ),
    (tag(TIER).none_of(["low", "mid"]), "tier 不属于 low 或 mid"),
    (tag(TIER).had_within("low", "30d"), "tier 近 30天内曾为 low"),
    (event("cart").then(event("buy"), within="3d"), "cart 之后 3天内有 buy"),
    (now.weekday < 6, "当地星期 小于 6"),
    (attr.a.anniversary_within("7d"), "距 a 周年日的天数 至多为 7"),
    (in_journey("w") & ~member("vip"), "在旅程 w 中 且 并非 (在人群包 vip 中)"),
]


@pytest.mark.parametrize(("condition", "text"), CHINESE)
def test_a_sentence_may_be_chinese(condition, text):
    """C5."""
    assert format(condition, "zh") == text


@pytest.mark.parametrize(
    ("city", "told"),
    [
        ("上海", "上海"),
        ("上海 ", "'上海 '"),
        ("\u3000上海", r"'\u3000上海'"),
        ("上\u200b海", r"'上\u200b海'"),
        ("上海\n浦东", r"'上海\n浦东'"),
        ("", "''"),
        ("New York 👨\u200d👩\u200d👧", "New York 👨\u200d👩\u200d👧"),
    ],
)
def test_a_sentence_shows_what_cannot_be_seen_in_a_text(city, told):
    assert str(attr.city == city) == f"city is {told}"
    someone = Person(Contact("c-1", attributes={"city": [city]}), Timeline())
    found = attr.city.contains("x").explain(someone, now=FROM)
    assert f"[it is {told}]" in str(found)


def test_a_sentence_tells_the_beginning_of_what_is_long():
    """C5: `repr` has all of it."""
    many, long = attr.n.is_in(range(1_000)), attr.s == "上" * 1_000
    first = ", ".join(map(str, range(20)))
    assert str(many) == f"n is one of {first}, … (1000)"
    assert str(long) == f"s is {'上' * 200}…"
    assert parse(repr(many & long)).same_as(many & long)
    contact = Contact("c", attributes={"s": "下" * 1_000, "n": "1" * 1_000})
    for condition in (many, long):
        known = str(condition.explain(Person(contact, Timeline()), now=FROM))
        assert len(known) < 700


def test_a_format_is_a_language():
    assert f"{A}" == format(A, "en") == str(A)
    with pytest.raises(UnknownFormatError, match="cannot be drawn as 'fr'"):
        format(A, "fr")


@given(written)
def test_every_condition_has_a_sentence_in_both_languages(condition):
    assert str(condition)
    assert format(condition, "zh")


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["zh"].keys()


@pytest.mark.parametrize(("condition", "sentence"), SENTENCES)
def test_str_is_a_sentence(condition, sentence):
    assert str(condition) == sentence


def test_what_conditions_are_made_of_reads_as_source():
    assert repr(attr) == "attr"
    assert repr(prop) == "prop"
    assert repr(now) == "now"
    assert repr(attr.a.fill("x")) == "attr.a.fill('x')"
    assert repr(tag(TIER)) == "tag('tier', order=['low', 'mid', 'top'])"
    assert repr(event("buy").within("7d")) == "event('buy').within('7d')"
    assert attr["a b"].name == "a b"


@pytest.mark.parametrize(
    ("window", "en", "zh"),
    [
        (calendar("day", count=2), "2 calendar days", "近2个自然日"),
        (
            calendar("week", count=3, first_day="sun", tz="UTC"),
            "3 calendar weeks from sun in UTC",
            "近3个自然周 (周日起) (UTC)",
        ),
    ],
)
def test_several_periods_of_the_calendar_are_said(window, en, zh):
    found = event("buy").in_(window).exists()
    assert en in str(found)
    assert zh in format(found, "zh")
