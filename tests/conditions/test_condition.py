"""What can be asked of a condition: verdicts, explanations, reads, problems."""

from __future__ import annotations

import pickle
from datetime import date
from types import SimpleNamespace

import pytest

from conditions.strategies import TIER, Person
from privflow.conditions import (
    NOWHERE,
    Condition,
    Scope,
    Trigger,
    Truth,
    Verdict,
    attr,
    bucket,
    event,
    in_journey,
    in_stage,
    now,
    prop,
    tag,
    trigger_of,
)
from privflow.errors import (
    ConditionTypeError,
    DefinitionError,
    NotABooleanError,
    UnknownFormatError,
)
from privflow.facts import FOREVER, Contact, Event, Properties, Timeline
from privflow.timing import Instant, calendar, instant

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
│  │  ├─ YES  tier is at least mid [holds top]; losing the tag tier:top would change it
│  │  ├─ YES  sum of amount over buy in 30d rolling is at least 500 [it is 580]; \
time alone changes it at 2026-10-28T04:00:00Z
│  │  └─ YES  no complaint in 7d rolling [0 found]; one complaint would change it
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
└─ UNKNOWN  some buy since entry [the entry is not known here]
"""


def test_an_explanation_is_a_tree_with_facts_and_what_would_change_them():
    """C7."""
    explanation = EVERYTHING.explain(LIN, now=NOW)
    assert str(explanation).splitlines() == EXPLAINED.splitlines()
    assert explanation.value is EVERYTHING.judge(LIN, now=NOW).value


EXPLAINED_IN_CHINESE = """\
NO  全部满足
├─ YES  city 属于 上海, 北京 [现为 上海]; city 换一个值就会改变
├─ YES  近30天的 buy 的 amount 合计 至少为 500 [现为 580]; \
不做任何事, 到 2026-10-28T04:00:00Z 也会改变
├─ NO  近30天的 buy 的次数 至少为 4 [现为 2]; 再有 2 次 buy 即可满足
├─ NO  并非
│  └─ YES  任一满足
│     ├─ YES  没有 近7天的 complaint [共 0 次]; 有一次 complaint 就会改变
│     └─ UNKNOWN  age 大于 3 [现为 '31': 类型不同, 无法判断]; age 换一个值就会改变
└─ NO  tier 为 low 已满 3天 [现有 top]; tier 的标签可能改变它
"""


def test_an_explanation_speaks_chinese():
    month = event("buy").within("30d")
    condition = (
        attr.city.is_in(["上海", "北京"])
        & (month.sum("amount") >= 500)
        & month.at_least(4)
        & ~(~event("complaint").within("7d").exists() | (attr.age > 3))
        & tag(TIER).held_for("low", "3d")
    )
    explanation = condition.explain(LIN, now=NOW, language="zh")
    assert str(explanation).splitlines() == EXPLAINED_IN_CHINESE.splitlines()
    with pytest.raises(UnknownFormatError):
        condition.explain(LIN, now=NOW, language="fr")


N = Person(Contact("c", attributes={"n": 3, "x": 2.5}), LIN.timeline)
BUY = event("buy")
LONG_AGO, LATER = instant("2020-01-01T00:00Z"), instant("2026-11-01T00:00Z")
EVEN_LATER, FIRST = instant("2026-12-01T00:00Z"), instant("0001-01-01T00:00Z")


@pytest.mark.parametrize(
    ("condition", "change"),
    [
        (BUY.within("30d").sum("amount") >= 700, "; 120 more would do"),
        (BUY.sum("amount") > 580, "; anything more would do"),
        (BUY.sum("amount") > 590, "; more than 10 more would do"),
        (BUY.sum("amount") > 500, "; the next buy may change it"),
        (BUY.at_least(3), "; 1 more buy would do"),
        (BUY.count() <= 2, "; 1 more buy would change it"),
        (BUY.count() == 5, "; 3 more buy would do"),
        (BUY.days_with() > 3, "; buy on 2 more days would do"),
        (BUY.distinct("amount") >= 3, "; 1 more different amount would do"),
        (event("reply").exists(), "; one reply would do"),
        (event("reply").where(prop.x == 1).exists(), "; one such reply would do"),
        (~event("reply").exists(), "; one reply would change it"),
        (BUY.then(event("reply"), within="13d"), "; one reply in time would do"),
        (
            BUY.then(event("reply").where(prop.x == 1), within="13d"),
            "; one such reply in time would do",
        ),
        (
            BUY.then(event("reply"), within="3d"),
            "; the next buy / reply may change it",
        ),
        (
            BUY.between(NOW, LATER).then(event("reply"), within="3d"),
            "; the next buy / reply may change it",
        ),
        (
            BUY.between(LONG_AGO, NOW).then(event("reply"), within="13d"),
            "; one reply in time would do",
        ),
        (BUY.where(prop.amount > 1).count() >= 4, "; 2 more such buy would do"),
        (BUY.between(LATER, EVEN_LATER).count() >= 2, "; the next buy may change it"),
        (event("no").between(LONG_AGO, NOW).exists(), ""),
        (event("no").between(LONG_AGO, NOW).count() >= 2, ""),
        (
            BUY.not_followed_by(event("reply"), within="13d"),
            "; the next buy / reply may change it",
        ),
        (
            BUY.within("10d").not_followed_by(event("reply"), within="9d23h"),
            "; time alone changes it at 2026-10-20T12:00:00.000001Z",
        ),
        (attr.n >= 5, "; 2 more would do"),
        (attr.n > 3, "; anything more would do"),
        (attr.n >= 3, "; anything less would change it"),
        (attr.n > 1, "; 2 less would change it"),
        (attr.n < 3, "; anything less would do"),
        (attr.n <= 1, "; 2 less would do"),
        (attr.n < 1, "; more than 2 less would do"),
        (attr.n.between(5, 9), "; 2 more would do"),
        (attr.n.between(0, 1), "; 2 less would do"),
        (attr.n.between(0, 5), "; a new value of n would change it"),
        (attr.n == 5, "; 2 more would do"),
        (attr.n == 3, "; a new value of n would change it"),
        (attr.n.is_in([1, 2]), "; 1 or 2 as n would do"),
        (attr.x >= 2.75, "; 0.25 more would do"),
        (tag(TIER).at_least("mid"), "; the tag tier:mid or top would do"),
        (tag("t").any_of(["b", "a"]), "; the tag t:b or a would do"),
        (tag("t").none_of(["b", "a"]), "; the tag t:b or a would change it"),
        (tag("t").ever("a"), "; the tag t:a would do"),
        (tag("t").had_within("a", "3d"), "; the tag t:a would do"),
        (tag("t").held_for("a", "3d"), "; a tag of t may change it"),
        (now.hour >= 5, "; time alone changes it at 2026-10-20T05:00:00Z"),
        (attr.n >= "5", "; a new value of n would change it"),
        (attr.n.between("a", "b"), "; a new value of n would change it"),
    ],
)
def test_the_smallest_change_is_named(condition, change):
    """C7."""
    explained = str(condition.explain(N, now=NOW))
    assert explained.rpartition("]")[2] == change


KNOWN = Person(
    Contact(
        "c",
        attributes={
            "n": 3,
            "x": 2.5,
            "s": "北京",
            "d": date(2000, 3, 1),
            "i": NOW,
            "last": instant("2026-10-23T01:00:00.5Z"),
        },
        tags=LIN.contact.tags,
    ),
    LIN.timeline,
)


@pytest.mark.parametrize(
    ("condition", "change"),
    [
        (attr.n.is_in([3, 4]), "; a new value of n would change it"),
        (attr.n.is_in(range(10, 20)), "; a new value of n would change it"),
        (attr.n == "5", "; '5' as n would change it"),
        (attr.no == 5, "; 5 as no would change it"),
        (attr.no != 5, "; a new value of no would change it"),
        (attr.s == "上海", "; '上海' as s would do"),
        (attr.s != "上海", "; '上海' as s would change it"),
        (attr.s != "北京", "; a new value of s would change it"),
        (attr.d >= date(2000, 3, 4), "; 3d later would do"),
        (attr.d.after(date(2000, 3, 4)), "; 4d later would do"),
        (attr.d.before(date(2000, 2, 28)), "; 3d earlier would do"),
        (attr.d.before(date(2001, 3, 1)), "; 365d later would change it"),
        (attr.i.after(NOW), "; 1us later would do"),
        (attr.i <= NOW, "; 1us later would change it"),
        (attr.i.before(FIRST), "; a new value of i would change it"),
        (attr.last.before(NOW), "; 2d23h30m500ms1us earlier would do"),
        (attr.s.is_missing(), "; forgetting s would do"),
        (attr.s.fill("x").is_missing(), ""),
        (attr.no.is_missing(), "; a new value of no would change it"),
        (prop.s.is_missing(), "; another s of the event would change it"),
        (attr.n > 10**50, "; a new value of n would change it"),
        (attr.x >= 2.6, "; 0.1 more would do"),
        (tag(TIER).has("top"), "; losing the tag tier:top would change it"),
        (tag(TIER).at_least("low"), "; losing the tag tier:top would change it"),
        (tag(TIER).none_of(["top", "low"]), "; losing the tag tier:top would do"),
        (
            tag(TIER).held_since("top", EVEN_LATER),
            "; losing the tag tier:top would change it",
        ),
        (tag(TIER).ever("top"), ""),
        (tag(TIER).had_within("top", "3d"), "; a tag of tier may change it"),
        (BUY.count() >= 2.0000000001, "; 1 more buy would do"),
    ],
)
def test_a_value_a_time_or_a_tag_is_named_where_it_is_the_smallest_change(
    condition, change
):
    """C7."""
    explained = str(condition.explain(KNOWN, now=NOW))
    _, mark, named = explained.partition(";")
    assert mark + named == change


def test_where_no_fact_is_named_a_step_of_the_journey_would_do():
    here = str(in_journey("welcome").explain(N, now=NOW))
    assert here.endswith("; a step into or out of welcome would change it")
    missing = str(prop.x.is_missing().explain(N, now=NOW))
    assert missing.endswith("; another x of the event would change it")


def test_an_amount_and_time_may_both_change_it():
    waiting = (BUY.within("30d").count() < 2) & (BUY.within("30d").count() == 3)
    lines = str(waiting.explain(N, now=NOW)).splitlines()
    assert lines[1].endswith("; time alone changes it at 2026-10-28T04:00:00Z")
    assert lines[2].endswith("; 1 more buy would do")
    month = BUY.in_(calendar("month"))
    first = str((month.count() != 2).explain(N, now=NOW)).splitlines()
    assert first[0].endswith("; 1 more buy would change it")
    soon = instant("2026-10-05T00:00Z")
    coming = str(BUY.at_least(2).explain(N, now=soon))
    assert coming.endswith(
        "; 1 more buy would do, or leave it until 2026-10-10T13:00:00Z"
    )


def test_reasons_look_into_what_is_closed():
    condition = (attr.city == "x").surely()
    reasons = condition.judge(LIN, now=NOW).reasons
    assert list(reasons) == ["NO: city is x [it is 上海]"]
    tree = str((~condition).explain(LIN, now=NOW))
    assert tree.splitlines()[1] == "└─ NO  surely"


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
    assert str(Verdict.of(Truth.NO)) == "NO"


def test_a_verdict_cannot_be_changed():
    verdict = SPENDER.judge(LIN, now=NOW)
    with pytest.raises(AttributeError):
        verdict.value = Truth.NO
    assert verdict.value is Truth.YES


def test_judging_looks_an_attribute_up_once_however_often_it_is_asked_about():
    young = (attr.age >= 18) & (attr.age < 30) & (attr.city == "x")
    looked_up = []

    class Counted(dict):
        def get(self, name: str, default: object = None) -> object:
            looked_up.append(name)
            return super().get(name, default)

    known = Counted(age=20, city="y")
    state = SimpleNamespace(contact=SimpleNamespace(attributes=known))
    assert young.judgement(state, NOW, NOWHERE) == (Truth.NO, FOREVER)
    assert sorted(looked_up) == ["age", "city"]


IN_CHINESE = """\
YES, 至少到 2026-10-28T04:00:00Z 不变
YES: city 属于 上海, 北京 [现为 上海]
YES: tier 至少为 mid [现有 top]
YES: 近30天的 buy 的 amount 合计 至少为 500 [现为 580]
YES: 没有 近7天的 complaint [共 0 次]"""


def test_a_verdict_speaks_chinese():
    """C7: as an explanation does, and it keeps its language where it goes."""
    verdict = SPENDER.judge(LIN, now=NOW, language="zh")
    assert str(verdict) == format(verdict, "text") == IN_CHINESE
    again = pickle.loads(pickle.dumps(verdict))
    assert again == verdict
    assert again.language == "zh"
    assert str(again) == IN_CHINESE
    with pytest.raises(UnknownFormatError, match="cannot be drawn as 'fr'"):
        SPENDER.judge(LIN, now=NOW, language="fr")


def test_verdicts_in_other_words_are_other_verdicts():
    verdicts = [
        SPENDER.judge(LIN, now=NOW, language=language) for language in ("en", "zh")
    ]
    assert verdicts[0] != verdicts[1]
    assert verdicts[0].value is verdicts[1].value


def test_a_verdict_renders_as_markdown_and_html():
    verdict = (attr["<b>"] == "*").judge(LIN, now=NOW)
    assert format(verdict, "md").splitlines() == [
        "- UNKNOWN",
        r"  - UNKNOWN: \<b\> is \* \[missing\]",
    ]
    assert format(verdict, "html") == verdict._repr_html_()
    assert "<b>" not in verdict._repr_html_()
    with pytest.raises(UnknownFormatError):
        format(verdict, "pdf")


ODD = Person(
    Contact("c", attributes={"n": 3, "born": date(2030, 1, 1)}),
    Timeline([
        Event("buy", "c", at=instant("2026-10-19T00:00Z"), properties={"n": n})
        for n in (5, "6", True, None)
    ]),
)


@pytest.mark.parametrize(
    ("condition", "known"),
    [
        (attr.n == "3", "it is 3: another type, so nobody can say"),
        (attr.born == "x", "it is date(2030, 1, 1): another type"),
        (attr.n.length() > 1, "it is 3: another type, so nobody can say"),
        (attr.n.age() > 1, "it is 3: another type, so nobody can say"),
        (attr.x.length() > 1, "missing"),
        (attr.born.age() > 1, "it is 2030-01-01: nobody can say yet"),
        (event("buy").sum("n") > 1, "it is 5; 2 of another type left out"),
        (event("buy").mean("n") > 1, "it is 5.0; 2 of another type left out"),
        (event("buy").count() > 1, "it is 4"),
        (event("buy").where(prop.n == "6").max("n") > 1, "missing; 1 of another"),
        (event("buy").where(prop.n == "6").last("n") > 1, "it is '6': another type"),
        (event("buy").last("x") > 1, "missing"),
        (in_journey("welcome"), "not in it"),
    ],
)
def test_what_nobody_can_compare_is_told(condition, known):
    """C3: the answer is UNKNOWN, and the verdict and the explanation say why."""
    [reason] = condition.judge(ODD, now=NOW).reasons
    assert f"[{known}" in reason
    assert f"[{known}" in str(condition.explain(ODD, now=NOW))


def test_where_the_contact_is_in_a_journey_is_told():
    scope = Scope(journeys={"welcome": "acquaint"})
    verdict = in_stage("welcome", "convert").judge(LIN, now=NOW, scope=scope)
    assert verdict.reasons == (
        "NO: in stage convert of journey welcome [in stage acquaint]",
    )


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
        (~(attr.city == "x").surely(), ["NO: city is x [it is 上海]"]),
        (tag("none").has("x"), ["NO: none is x [holds none]"]),
    ],
)
def test_reasons_are_the_clauses_that_decided(condition, reasons):
    assert list(condition.judge(LIN, now=NOW).reasons) == reasons


def test_truth_and_verdict_are_no_booleans():
    """C1."""
    for value in (Truth.YES, Verdict.of(Truth.YES)):
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
    assert (now.hour > 3).reads.by_clock
    assert event("buy").within("1h").exists().reads.by_clock
    assert not event("buy").since_entry().at_least(2).reads.by_clock
    assert (attr.a == 1).surely().reads.by_stage is False
    assert not event("buy").since_entry().exists().reads.by_stage
    since_stage = event("reply").since_stage()
    assert (~since_stage.exists() & (attr.a == 1)).reads.by_stage
    assert since_stage.then(event("buy"), within="3d").reads.by_stage
    assert EVERYTHING.reads is reads


def test_until_is_forever_where_nothing_changes():
    assert (attr.city == "x").judgement(LIN, NOW, Scope())[1] == FOREVER
    assert SPENDER.judgement(LIN, NOW, Scope())[1] == instant("2026-10-28T04:00Z").us


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
        (event("buy").between(NOW, instant("2027-01-01T00:00Z")), DefinitionError),
    ],
)
def test_a_trigger_has_no_window(given, error):
    with pytest.raises(error) as caught:
        trigger_of(given)
    assert "write event('" in caught.value.hint


def test_conditions_are_equal_by_structure():
    assert isinstance(SPENDER, Condition)
    assert (attr.a == 1) == (attr.a == 1)
    assert (attr.a == 1) != (attr.a == 2)
    assert (attr.a == 1).same_as(attr.a == 1)


@pytest.mark.parametrize(("ahead", "counts"), [(0, False), (1, True)])
@pytest.mark.parametrize("least", [1, 2])
def test_since_entry_begins_right_after_it(ahead, counts, least):
    """C4, T2."""
    at = Instant(NOW.us + ahead)
    happened = [Event("buy", "c-1", at=at, id=str(place)) for place in range(least)]
    someone = Person(Contact("c-1"), Timeline(happened))
    scope, later = Scope(entered_at=NOW), Instant(NOW.us + 5)
    condition = event("buy").since_entry().at_least(least)
    assert condition.holds(someone, later, scope) is counts
    assert (condition.judgement(someone, later, scope)[0] is Truth.YES) is counts
