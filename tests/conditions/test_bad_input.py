"""What people get wrong: refused where it is written, or told where it is judged."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

import privflow as pf
from conditions.strategies import Person
from privflow.conditions import (
    Condition,
    Facts,
    Scope,
    Truth,
    attr,
    event,
    now,
    prop,
    tag,
)
from privflow.conditions.node import MOST_LEVELS, Missing, Node, Not, Surely
from privflow.conditions.reference import truth_of
from privflow.conditions.term import Attribute
from privflow.errors import (
    ConditionError,
    DefinitionError,
    NaiveTimeError,
    ProtocolError,
    TimeFormatError,
)
from privflow.facts import Catalog, Contact, Event, Properties, Timeline
from privflow.timing import Span, aligned, calendar, instant

NOW = instant("2026-10-20T01:30Z")
CATALOG = Catalog(
    attributes={"born": date, "seen": type(NOW), "n": int, "likes": tuple},
    events={"buy": {"n": int}},
)


def person(**attributes: object) -> Person:
    buy = Event("buy", "c", at=NOW, properties={"n": [1, 2]})
    return Person(Contact("c", attributes=attributes), Timeline([buy]))


EVENTS = [Event("buy", "c", at=NOW, properties={"n": 2})]


@pytest.mark.parametrize(
    ("condition", "attributes"),
    [
        (attr.born > "2000-01-01", {"born": date(2000, 1, 2)}),
        (attr.born > date(2000, 1, 1), {"born": "2000-01-02"}),
        (attr.born.before(NOW), {"born": date(2000, 1, 2)}),
        (attr.seen >= date(2026, 1, 1), {"seen": NOW}),
        (attr.n > 1, {"n": [2, 3]}),
        (attr.n.between(1, 3), {"n": (2,)}),
        (attr.n.is_in([1, 2]), {"n": [1]}),
        (attr.likes == 1, {"likes": [1]}),
        (attr.n == 1, {"n": True}),
        (attr.n == "1", {"n": 1}),
        (event("buy").last("n") == 1, {}),
    ],
    ids=str,
)
def test_what_cannot_be_compared_is_unknown_and_told_and_found(condition, attributes):
    """C3: never converted, never a crash in a batch."""
    who = person(**attributes)
    verdict = condition.judge(who, now=NOW)
    assert verdict.value is Truth.UNKNOWN
    assert "another type" in verdict.reasons[0]
    assert condition.holds(who, NOW) is (~condition).holds(who, NOW) is False
    kinds = {type(value) for value in attributes.values()} & {date, type(NOW), int}
    if kinds:
        [problem] = CATALOG.check(condition)
        assert problem.hint


MONTH = event("buy").in_(calendar("month"))


@pytest.mark.parametrize("tz", ["UTC", "Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("never", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize(
    "condition",
    [
        attr.seen.age() >= 18,
        attr.seen.days_to_anniversary() <= 7,
        attr.seen.before(NOW),
        event("buy").days_with() == 2,
        MONTH.exists(),
        event("buy").in_(calendar("month", count=2)).exists(),
        MONTH.sum("n") > 3,
        event("buy").in_(calendar("year")).count() == 1,
        event("buy").in_(aligned("6h")).min("n") == 0,
        event("buy").within("30d").mean("n") > 1,
        event("buy").then(event("buy"), within="400d"),
        event("buy").not_followed_by(event("buy"), within="400d"),
        now.day == 31,
    ],
    ids=str,
)
def test_the_ends_of_time_stop_no_batch(condition, never, tz):
    """C3, C6: hosts write them for "never", as facts; and a clock may be wrong."""
    at = instant(never)
    contact = Contact("c", attributes={"seen": at}, timezone=tz)
    someone = Person(contact, Timeline([Event("buy", "c", at=at), *EVENTS]))
    for present in (NOW, at):
        facts = Facts(someone, present.us, Scope())
        said = truth_of(condition.node, facts)
        verdict = condition.judge(someone, now=present)
        explained = condition.explain(someone, now=present)
        assert verdict.value is explained.value is said
        assert verdict.stable_until == explained.stable_until
        assert condition.holds(someone, present) is (said is Truth.YES)


@pytest.mark.parametrize(
    "write",
    [
        event("buy").within,
        lambda length: tag("t").held_for("a", length),
        lambda length: event("buy").then(event("buy"), within=length),
        attr.born.anniversary_within,
    ],
)
def test_a_span_that_no_text_can_say_is_refused(write):
    """C5: what is written must be read back."""
    with pytest.raises(TimeFormatError, match="up to 400 years"):
        write(Span(146_098 * 86_400_000_000))


def test_after_a_text_is_refused_where_it_is_written():
    with pytest.raises(ConditionError, match="got '2026-01-01', expected a date or"):
        attr.seen.after("2026-01-01")


def test_one_instant_is_one_whatever_zones_it_is_written_in():
    """T1."""
    east, west = instant("2026-10-20T09:30+08:00"), instant("2026-10-19T21:30-04:00")
    aware = datetime.fromisoformat("2026-10-20T03:30+02:00")
    condition = (attr.seen == east) & (attr.seen <= west) & (attr.seen >= aware)
    assert condition.holds(person(seen=aware), NOW)
    assert repr(attr.seen == east) == repr(attr.seen == west)
    with pytest.raises(NaiveTimeError):
        attr.seen == datetime(2026, 10, 20)  # noqa: B015, DTZ001 - that is refused


@pytest.mark.parametrize("number", [float("nan"), Decimal("NaN"), Decimal("sNaN")])
def test_nan_is_missing_as_a_fact_and_refused_in_a_condition(number):
    """C7a."""
    assert Properties({"n": number}) == {}
    assert (attr.n.is_missing()).holds(person(n=number), NOW)
    for write in (attr.n.__eq__, attr.n.fill, attr.n.__lt__):
        with pytest.raises(ConditionError, match="is_missing"):
            write(number)


@pytest.mark.parametrize("number", [float("inf"), -float("inf"), Decimal("Infinity")])
def test_infinity_is_refused_everywhere(number):
    """C7a."""
    for write in (attr.n.__eq__, attr.n.fill, lambda n: attr.n.is_in([1, n])):
        with pytest.raises(DefinitionError, match="got"):
            write(number)
    with pytest.raises(DefinitionError, match="leave it out"):
        Properties({"n": number})


def test_ten_thousand_levels_end_at_a_limit_however_they_are_made():
    """C5: so nothing that prints, compiles or dumps a condition can overflow."""
    node: Node = Missing(Attribute("x"))

    def nest() -> None:
        nonlocal node
        for level in range(10_000):
            node = Not(node) if level % 2 else Surely(node)

    with pytest.raises(ConditionError, match=f"more than {MOST_LEVELS} levels deep"):
        nest()
    where = prop.x == 1
    with pytest.raises(ConditionError, match="not about prop alone") as caught:
        event("b").where(event("b").where(where).exists())
    assert "got `event('b').where(prop.x == 1).exists()`" in caught.value.message
    deepest = Condition(node)
    assert pf.parse(repr(deepest)).same_as(deepest)
    assert pf.load(pf.dump(deepest)) == deepest
    assert str(deepest)
    meant = truth_of(node, Facts(person(), NOW.us, Scope()))
    assert deepest.holds(person(), NOW) is (meant is Truth.YES)
    assert str(deepest.explain(person(), now=NOW))


def test_a_document_of_ten_thousand_levels_is_an_error_of_ours():
    """E5."""
    document = pf.dump(attr.x.is_missing())
    inner = document["value"]
    for _ in range(10_000):
        inner = {"type": "Not", "part": inner}
    with pytest.raises(pf.DocumentError):
        pf.load({**document, "value": inner})


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)*$", "(.*)*x", "a{1,400}", "^(a?){20}a{20}$"]
)
def test_no_pattern_hangs_a_host(pattern):
    """C4: matched in time that grows with the text alone."""
    condition = attr.text.matches(pattern)
    text = "a" * 5_000 + "!"
    verdict = condition.judge(person(text=text), now=NOW)
    assert verdict.value in {Truth.YES, Truth.NO}


def test_a_huge_text_is_a_value_as_any_other():
    text = "长" * 200_000
    condition = (attr.text == text) & attr.text.contains("长长")
    assert condition.holds(person(text=text), NOW)
    assert (attr.text.length() == 200_000).holds(person(text=text), NOW)


ASKED = [attr.n > 1, prop.n > 1, event("buy").since_entry().exists(), now.hour > 1]


@pytest.mark.parametrize("scope", [None, 5, {}, "UTC"])
@pytest.mark.parametrize("condition", ASKED)
def test_what_is_no_scope_is_refused_as_soon_as_it_is_looked_at(condition, scope):
    someone = person(m=1)
    for ask in (
        lambda: condition.judge(someone, now=NOW, scope=scope).reasons,
        lambda: condition.explain(someone, now=NOW, scope=scope),
    ):
        with pytest.raises(ProtocolError, match="expected a Scope"):
            ask()


def test_reasons_are_not_given_of_what_is_no_instant():
    verdict = (attr.n > 1).judge(person(n=2), now="2026-10-20")
    with pytest.raises(ProtocolError, match="expected an instant"):
        _ = verdict.reasons


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"timezone": "Mars"}, "no zone of the IANA database"),
        ({"timezone": None}, "no zone of the IANA database"),
        ({"entered_at": "2026-10-20"}, "expected an instant"),
        ({"stage_at": 5}, "expected an instant"),
        ({"journeys": ["welcome"]}, "expected journeys and their stages"),
        ({"event": 5}, "expected names and values"),
        ({"event": {"n": {}}}, "expected text, bool"),
    ],
)
def test_a_scope_of_other_things_is_refused_when_it_is_made(given, problem):
    """T8: not when somebody is judged within it."""
    with pytest.raises(DefinitionError, match=problem):
        Scope(**given)


def test_the_event_of_a_scope_is_taken_in_like_any_other():
    scope = Scope(event={"n": float("nan"), "m": [1, None]})
    assert scope.event == Properties({"m": (1,)})
