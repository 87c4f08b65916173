"""Ages and anniversaries follow the contact's own calendar, exactly (C4, C7, T6)."""

from __future__ import annotations

from datetime import date

import pytest

from conditions.strategies import Person
from privflow.conditions import Condition, Truth, attr
from privflow.errors import ConditionError, ConditionTypeError
from privflow.facts import Contact, Timeline
from privflow.timing import instant

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
ADULT = attr.born.age() >= 18
SOON = attr.born.anniversary_within("7d")


def judged(
    condition: Condition, born: object, at: str, zone: str = "UTC"
) -> tuple[Truth, str]:
    contact = Contact("c", attributes={"born": born}, timezone=zone)
    person = Person(contact, Timeline())
    verdict = condition.judge(person, now=instant(at))
    assert condition.holds(person, instant(at)) is (verdict.value is YES)
    return verdict.value, str(verdict.stable_until)


@pytest.mark.parametrize(
    ("condition", "born", "at", "zone", "value", "until"),
    [
        # the birthday begins at midnight in Shanghai
        (
            ADULT,
            date(2008, 10, 21),
            "2026-10-20T15:59:59Z",
            "Asia/Shanghai",
            NO,
            "2026-10-20T16:00:00Z",
        ),
        (ADULT, date(2008, 10, 21), "2026-10-20T16:00Z", "Asia/Shanghai", YES, "None"),
        (
            ADULT,
            date(2020, 2, 29),
            "2026-10-20T00:00Z",
            "UTC",
            NO,
            "2038-02-28T00:00:00Z",
        ),
        (
            attr.born.age() == 6,
            date(2020, 2, 29),
            "2026-02-27T23:00Z",
            "UTC",
            NO,
            "2026-02-28T00:00:00Z",
        ),
        (
            attr.born.age() == 6,
            date(2020, 2, 29),
            "2026-02-28T00:00Z",
            "UTC",
            YES,
            "2027-02-28T00:00:00Z",
        ),
        # not born yet: nobody can say, until the day comes
        (
            ADULT,
            date(2027, 1, 1),
            "2026-10-20T00:00Z",
            "UTC",
            UNKNOWN,
            "2027-01-01T00:00:00Z",
        ),
        # an instant is the local day on which it lies
        (
            attr.born.age() == 1,
            instant("2025-10-20T23:00Z"),
            "2026-10-20T12:00Z",
            "Asia/Shanghai",
            NO,
            "2026-10-20T16:00:00Z",
        ),
        (
            SOON,
            date(1995, 10, 20),
            "2026-10-20T12:00Z",
            "UTC",
            YES,
            "2026-10-21T00:00:00Z",
        ),
        (
            SOON,
            date(1995, 10, 27),
            "2026-10-20T12:00Z",
            "UTC",
            YES,
            "2026-10-28T00:00:00Z",
        ),
        (
            SOON,
            date(1995, 10, 28),
            "2026-10-20T12:00Z",
            "UTC",
            NO,
            "2026-10-21T00:00:00Z",
        ),
        (
            SOON,
            date(1995, 10, 19),
            "2026-10-20T12:00Z",
            "UTC",
            NO,
            "2027-10-12T00:00:00Z",
        ),
        (
            SOON,
            date(1996, 2, 29),
            "2027-02-21T00:00Z",
            "UTC",
            YES,
            "2027-03-01T00:00:00Z",
        ),
        (
            SOON,
            date(1996, 2, 29),
            "2028-02-21T00:00Z",
            "UTC",
            NO,
            "2028-02-22T00:00:00Z",
        ),
        # only a year of 366 days has a day that is 365 days before the return
        (
            attr.born.days_to_anniversary() == 365,
            date(1995, 10, 20),
            "2026-10-22T00:00Z",
            "UTC",
            NO,
            "2027-10-21T00:00:00Z",
        ),
        (
            attr.born.days_to_anniversary() > 400,
            date(1995, 10, 20),
            "2026-10-22T00:00Z",
            "UTC",
            NO,
            "None",
        ),
        # a minute past midnight the clock goes back to yesterday
        (
            attr.born.age() == 6,
            date(2000, 10, 29),
            "2006-10-29T02:30Z",
            "America/St_Johns",
            YES,
            "2006-10-29T02:31:00Z",
        ),
        # Apia had no 30 December 2011
        (
            attr.born.age() == 11,
            date(2000, 12, 30),
            "2011-12-29T12:00Z",
            "Pacific/Apia",
            NO,
            "2011-12-30T10:00:00Z",
        ),
        (ADULT, "2008-10-21", "2026-10-20T00:00Z", "UTC", UNKNOWN, "None"),
        (ADULT, None, "2026-10-20T00:00Z", "UTC", UNKNOWN, "None"),
        (SOON, 5, "2026-10-20T00:00Z", "UTC", UNKNOWN, "None"),
        (
            attr.born.fill(date(2000, 1, 1)).age() > 25,
            None,
            "2026-10-20T00:00Z",
            "UTC",
            YES,
            "None",
        ),
        (
            attr.born.before(date(2000, 1, 1)),
            date(1999, 12, 31),
            "2026-10-20T00:00Z",
            "UTC",
            YES,
            "None",
        ),
        (
            attr.born.after(date(2000, 1, 1)),
            date(2000, 1, 1),
            "2026-10-20T00:00Z",
            "UTC",
            NO,
            "None",
        ),
        (
            attr.born.after(date(2000, 1, 1)),
            instant("2001-01-01T00:00Z"),
            "2026-10-20T00:00Z",
            "UTC",
            UNKNOWN,
            "None",
        ),
    ],
)
def test_dates_are_exact(condition, born, at, zone, value, until):
    assert judged(condition, born, at, zone) == (value, until)


def test_a_threshold_of_any_size_is_judged_quickly():
    """Not timed: asked year by year or day by day it would not end soon."""
    for bound in (10**250, -(10**250), 1e299, 0.5):
        value, _ = judged(attr.born.age() > bound, date(1, 1, 1), "2026-10-20T00:00Z")
        assert value is (YES if bound < 1 else NO)
        judged(
            attr.born.days_to_anniversary() > bound,
            date(9999, 12, 31),
            "2026-10-20T00:00Z",
        )


@pytest.mark.parametrize(
    ("write", "error", "message"),
    [
        (lambda: attr.x.before(5), ConditionTypeError, "expected a date or an instant"),
        (lambda: attr.x.after("2026-01-01"), ConditionTypeError, "expected a date or"),
        (lambda: attr.x.anniversary_within("36h"), ConditionTypeError, "whole days"),
        (lambda: attr.x.age().age(), ConditionError, "has no age"),
        (lambda: attr.x.length().is_missing(), ConditionError, "is never missing"),
    ],
)
def test_what_is_no_date_is_refused(write, error, message):
    with pytest.raises(error, match=message):
        write()


@pytest.mark.parametrize(
    ("value", "expected"),
    [("上海", YES), ("", NO), ([1, 2], YES), ([], NO), (12, UNKNOWN), (None, UNKNOWN)],
)
def test_a_length_is_of_texts_and_lists(value, expected):
    person = Person(Contact("c", attributes={"x": value}), Timeline())
    condition = attr.x.length() == 2
    now = instant("2026-10-20T00:00Z")
    assert condition.judge(person, now=now).value is expected
    assert condition.holds(person, now) is (expected is YES)
    assert (~condition).holds(person, now) is (expected is NO)
