"""`stable_until` is sound always and exact for a single clause (C7)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

from conditions.strategies import (
    HOUR,
    Case,
    Person,
    cases,
    conditions,
    evenly,
    in_time,
)
from privflow.conditions import Condition, Truth, attr, event, now, tag
from privflow.conditions.derived import day_of
from privflow.conditions.reference import truth_of
from privflow.facts import Contact, Event, TagGroup, Timeline
from privflow.timing import Instant, calendar, instant, start_of_day

CENTURY = 100 * 365 * 24 * HOUR


def moments_before(case: Case, until: int) -> list[int]:
    """Where a truth could change in [now, until): around every fact and full hour."""
    person, start = case.person, case.now.us
    times = [
        at.us
        for name in person.timeline.series
        for at, _, _ in person.timeline.rows(name)
    ]
    times += [fact.since.us for fact in person.contact.tags.history]
    days = [at + day * 24 * HOUR for at in times for day in (0, 1, 7)]
    hours = [start // HOUR * HOUR + step * HOUR // 2 for step in range(96)]
    around = [at + near for at in [*days, *hours] for near in (-1, 0, 1)]
    around += [*midnights(case)]
    return sorted({at for at in [*around, until - 1] if start <= at < until})


def midnights(case: Case) -> Iterator[int]:
    """Around each of the days on which an age may change, or a date is near."""
    zone = case.facts.zone
    years = range(2026, 2029)
    for value in case.person.contact.attributes.values():
        known = day_of(value, zone)
        for year in years if known is not None else ():
            day = 28 if (known.month, known.day) == (2, 29) else known.day
            begins = start_of_day(zone, known.replace(year=year, day=day))
            for days in (-8, -7, -1, 0, 1):
                at = begins + days * 24 * HOUR
                yield from (at - 1, at, at + HOUR)


def check_sound(condition: Condition, case: Case) -> int | None:
    verdict = condition.judge(case.person, now=case.now, scope=case.scope)
    until = verdict.stable_until
    end = case.now.us + CENTURY if until is None else until.us
    for at in moments_before(case, end):
        assert truth_of(condition.node, case.facts.later(at)) is verdict.value
    return None if until is None else until.us


@given(conditions, cases)
@settings(max_examples=150)
def test_nothing_changes_before_stable_until(condition, case):
    """C7: sound."""
    check_sound(condition, case)


@given(in_time, cases)
@settings(max_examples=400)
def test_a_single_clause_changes_at_stable_until(condition, case):
    """C7: exact."""
    until = check_sound(condition, case)
    if until is not None:
        before = truth_of(condition.node, case.facts)
        assert truth_of(condition.node, case.facts.later(until)) is not before


BUYER = Person(
    Contact("c"),
    Timeline([Event("buy", "c", at=instant("2026-10-10T12:00Z"), properties={"x": 5})]),
)


def until_of(condition: Condition, at: str, zone: str = "UTC") -> str:
    person = Person(Contact("c", timezone=zone), BUYER.timeline)
    return str(condition.judge(person, now=instant(at)).stable_until)


@pytest.mark.parametrize(
    ("condition", "at", "zone", "expected"),
    [
        (
            event("buy").within("7d").exists(),
            "2026-10-12T00:00Z",
            "UTC",
            "2026-10-17T12:00:00Z",
        ),
        (
            event("buy").in_(calendar("day")).exists(),
            "2026-10-10T13:00Z",
            "Asia/Shanghai",
            "2026-10-10T16:00:00Z",
        ),
        (event("buy").exists(), "2026-10-10T13:00Z", "UTC", "None"),
        (event("buy").exists(), "2026-10-10T11:00Z", "UTC", "2026-10-10T12:00:00Z"),
        (event("buy").since_entry().exists(), "2026-10-10T11:00Z", "UTC", "None"),
        (attr.city == "上海", "2026-10-10T11:00Z", "UTC", "None"),
        (now.hour >= 9, "2026-10-10T00:30Z", "UTC", "2026-10-10T09:00:00Z"),
        (now.hour == 25, "2026-10-10T00:30Z", "UTC", "None"),
        # the 31st may be 58 days away
        (now.day == 31, "2027-02-01T00:00Z", "UTC", "2027-03-31T00:00:00Z"),
        (now.month == 9, "2026-10-01T00:00Z", "UTC", "2027-09-01T00:00:00Z"),
        # a Friday that Apia never had
        (now.weekday == 5, "2011-12-24T10:00Z", "Pacific/Apia", "2012-01-05T10:00:00Z"),
        # the clock goes forward by half an hour at 02:00
        (
            now.hour == 3,
            "2026-10-03T14:30Z",
            "Australia/Lord_Howe",
            "2026-10-03T16:00:00Z",
        ),
        # a minute past midnight the clock goes back to yesterday
        (
            now.day == 28,
            "2006-10-28T12:00Z",
            "America/St_Johns",
            "2006-10-29T02:30:00Z",
        ),
        (
            now.day == 29,
            "2006-10-29T02:30Z",
            "America/St_Johns",
            "2006-10-29T02:31:00Z",
        ),
    ],
)
def test_it_is_exact(condition, at, zone, expected):
    assert until_of(condition, at, zone) == expected


def test_a_window_that_ends_after_the_last_year_never_changes_anything():
    late = Timeline([Event("buy", "c", at=instant("9999-12-20T00:00Z"))])
    bought = event("buy").within("30d").exists()
    verdict = bought.judge(Person(Contact("c"), late), now=instant("9999-12-21T00:00Z"))
    assert verdict.value is Truth.YES
    assert verdict.stable_until is None


def test_a_tag_with_an_end_says_when():
    group = TagGroup("t", ["a"])
    at = instant("2026-10-10T00:00Z")
    contact = Contact("c").tagged(group["a"], at=at, ttl="3d")
    verdict = tag(group).has("a").judge(Person(contact, Timeline()), now=at)
    assert str(verdict.stable_until) == "2026-10-13T00:00:00Z"


def test_an_and_that_says_no_lasts_as_long_as_its_longest_no():
    soon = event("buy").within("7d").exists()
    at = instant("2026-10-12T00:00Z")
    both = ~soon & ~event("buy").within("30d").exists()
    assert str(both.judge(BUYER, now=at).stable_until) == "2026-11-09T12:00:00Z"
    either = soon | event("buy").within("30d").exists()
    assert str(either.judge(BUYER, now=at).stable_until) == "2026-11-09T12:00:00Z"


def test_long_timelines_are_judged_quickly():
    """Not timed: with one look at every row for each edge it would not end today."""
    start = instant("2026-01-01T00:00Z").us
    rows = [
        Event("buy", "c", at=Instant(start + i * HOUR // 4), properties={"x": 1})
        for i in range(3_000)
    ]
    person = Person(Contact("c"), Timeline(rows))
    many = event("buy").within("400d").sum("x") >= 1
    verdict = many.judge(person, now=rows[-1].at)
    assert verdict.stable_until is not None
    assert verdict.stable_until.us == rows[-1].at.us + 400 * 24 * HOUR


class Fortnight:
    """A window of the user's own: the last two weeks, from Monday on."""

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        start, end = calendar("week").bounds(now_us, tz)
        return start - 7 * 24 * HOUR, end

    def leaves_at(self, at_us: int, tz: str) -> int:
        return calendar("week").bounds(at_us, tz)[1] + 7 * 24 * HOUR

    def __repr__(self) -> str:
        return "fortnight"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (event("buy").in_(Fortnight()).exists(), "2026-10-19T00:00:00Z"),
        (event("buy").within("7d").count() >= 0, "None"),
        (~(event("buy").within("7d").count() < -1), "None"),
        (event("buy").in_(calendar("week")).count() > 0.5, "2026-10-12T00:00:00Z"),
        (event("buy").within("7d").sum("x") >= 5, "2026-10-17T12:00:00Z"),
        (event("buy").within("7d").sum("x") > 5, "None"),
        (event("buy").within("7d").sum("x") <= 0, "2026-10-17T12:00:00Z"),
        (event("buy").within("7d").sum("never") >= 0, "None"),
        (event("buy").within("7d").sum("never") > 0, "None"),
        (event("never").within("7d").sum("x") < 1, "None"),
    ],
    ids=repr,
)
def test_a_window_of_any_kind_says_when_it_changes(condition, expected):
    """C7: exact."""
    assert until_of(condition, "2026-10-11T00:00Z") == expected


WEEK = event("buy").within("7d")


@pytest.mark.parametrize(
    "condition",
    [
        WEEK.exists(),
        WEEK.count() >= 1,
        WEEK.count() == 1,
        WEEK.count() > 0,
        WEEK.sum("x") >= 5,
        WEEK.sum("x") > 4,
        WEEK.mean("x") >= 5,
        WEEK.max("x") > 4,
        WEEK.last("x") == 5,
        ~(WEEK.count() < 1),
    ],
    ids=repr,
)
def test_what_is_exactly_as_old_as_the_window_is_out_of_it(condition):
    """T2, C7: a microsecond before it is in, and until then the verdict lasts."""
    left = instant("2026-10-17T12:00Z")
    before = condition.judge(BUYER, now=Instant(left.us - 1))
    assert before.value is Truth.YES
    assert before.stable_until == left
    assert condition.holds(BUYER, Instant(left.us - 1))
    after = condition.judge(BUYER, now=left)
    assert after.value is not Truth.YES
    assert after.stable_until is None
    assert not condition.holds(BUYER, left)
    came = instant("2026-10-10T12:00Z")
    assert condition.holds(BUYER, came)
    assert not condition.holds(BUYER, Instant(came.us - 1))
    waiting = condition.judge(BUYER, now=Instant(came.us - 1))
    assert waiting.value is not Truth.YES
    assert waiting.stable_until == came


def test_a_tag_that_is_held_twice_lasts_until_both_have_ended():
    """C7: exact."""
    group, at = TagGroup("t", ["a", "b"]), instant("2026-10-10T00:00Z")
    contact = Contact("c").tagged(group["a"], at=at, ttl="3d")
    contact = contact.tagged(group["b"], at=at, ttl="1d")
    held = tag(group).any_of(["a", "b"])
    verdict = held.judge(Person(contact, Timeline()), now=at)
    assert str(verdict.stable_until) == "2026-10-13T00:00:00Z"
    early = held.judge(Person(contact, Timeline()), now=Instant(at.us - 1))
    assert early.value is Truth.NO
    assert early.stable_until == at


def test_events_of_one_instant_leave_together():
    """C7: exact."""
    times = [
        ("2026-10-10T12:00Z", 1),
        ("2026-10-10T12:00Z", 2),
        ("2026-10-12T12:00Z", 1),
    ]
    rows = [
        Event("buy", "c", at=instant(at), properties={"x": x}, id=f"{place}")
        for place, (at, x) in enumerate(times)
    ]
    person = Person(Contact("c"), Timeline(rows))
    first = event("buy").within("7d").first("x") == 1
    verdict = first.judge(person, now=instant("2026-10-13T00:00Z"))
    assert verdict.value is Truth.YES
    assert str(verdict.stable_until) == "2026-10-19T12:00:00Z"


@given(evenly(in_time, conditions), cases)
@settings(max_examples=300)
def test_only_the_clock_changes_what_every_known_event_has_come_to(condition, case):
    """C7, C8: so the engine asks for the next wake without judging such a condition."""
    series = case.person.timeline.series
    reads = condition.reads
    is_ahead = any(
        name in series and series[name].newest > case.now.us for name in reads.events
    )
    if not (reads.by_clock or is_ahead):
        assert check_sound(condition, case) is None
