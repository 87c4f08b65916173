"""A quota that counts by bisection rules like one that looks at every touch (Q1, Q4).

Of a window that it does not know, a quota cannot tell in which order touches leave it,
so it looks at each of them. The same window, once known and once wrapped, must give the
same rulings: their reasons, their numbers, and until when they hold.
"""

from __future__ import annotations

import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from privflow.facts import Contact, Timeline
from privflow.quotas import TouchQuota, days_in_month
from privflow.timing import Instant, Window, aligned, calendar, instant, rolling, span
from privflow.touches import Allow, Hold, Ledger, Receipt, Touch, TouchRecord

START = instant("2026-10-20T00:00Z")
MINUTE = 60_000_000
ZONES = ("UTC", "Asia/Shanghai", "America/New_York")
INSTANTS = st.builds(
    lambda hours, off: Instant(START.us + hours * 60 * MINUTE + off),
    st.sampled_from(range(0, 49, 4)),
    st.sampled_from([0, 0, 0, -1, 1, 90 * MINUTE]),
)
"""At and around every midnight of these zones."""


@frozen
class Wrapped:
    """A window as a user may write one."""

    window: Window

    def bounds(self, now_us: int, tz: str) -> tuple[int, int]:
        return self.window.bounds(now_us, tz)

    def leaves_at(self, at_us: int, tz: str) -> int:
        return self.window.leaves_at(at_us, tz)

    @override
    def __str__(self) -> str:
        return str(self.window)


@frozen(kw_only=True)
class Seen:
    ledger: Ledger
    timezone: str
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)


def touch(label: str, cost: int, *, lapses: bool) -> Touch:
    return Touch(
        id="t",
        contact_id="c-1",
        channel="sms",
        message="hello",
        kind="marketing",
        source="rule:r",
        labels=(label,),
        cost=cost,
        confirm_within=span("2h") if lapses else None,
    )


def record(decided: Instant, one: Touch, told: str) -> TouchRecord:
    made = TouchRecord(one, decided_at=decided)
    later = Instant(decided.us + MINUTE)
    return made.informed(Receipt("t", told, at=later)) if told else made


TOUCHES = st.builds(
    touch,
    st.sampled_from(["promotion", "promotion", "news"]),
    st.integers(1, 3),
    lapses=st.sampled_from([False, False, False, True]),
)
RECORDS = st.builds(
    record,
    INSTANTS,
    TOUCHES,
    st.sampled_from(["", "", "delivered", "failed"]),
)
LEDGERS = st.tuples(
    st.lists(RECORDS, min_size=1, max_size=8), st.sampled_from([1, 1, 1, 9, 30])
).map(lambda made: Ledger(made[0] * made[1]))
WINDOWS = st.sampled_from([
    rolling("1d"),
    rolling("12h"),
    aligned("6h"),
    calendar("day"),
    calendar("day", tz="Asia/Shanghai"),
    calendar("week"),
])


@settings(max_examples=200, deadline=None)
@given(
    per=WINDOWS,
    limit=st.integers(1, 6),
    counts=st.sampled_from(["touches", "cost"]),
    label=st.sampled_from([None, "promotion"]),
    ledgers=st.lists(LEDGERS, min_size=2, max_size=2),
    asked=st.lists(
        st.tuples(
            st.integers(0, 1),
            INSTANTS,
            st.sampled_from(ZONES),
            TOUCHES,
        ),
        min_size=4,
        max_size=12,
    ),
)
def test_what_a_quota_has_worked_out_changes_no_ruling(
    *,
    per: Window,
    limit: int,
    counts: str,
    label: str | None,
    ledgers: list[Ledger],
    asked: list[tuple[int, Instant, str, Touch]],
) -> None:
    """One quota is asked about several contacts and zones, back and forth in time."""
    short = TouchQuota("q", limit, per=per, counts=counts, label=label)
    long = TouchQuota("q", limit, per=Wrapped(per), counts=counts, label=label)
    for contact, now, zone, one in asked:
        view = Seen(ledger=ledgers[contact], timezone=zone)
        ruling = short.judge(one, view, now=now)
        assert ruling == long.judge(one, view, now=now)
        assert short.judge(one, view, now=now) == ruling


def test_contacts_of_one_day_are_told_their_own_count() -> None:
    quota = TouchQuota("q", 1, per=calendar("day"))
    one = touch("news", 1, lapses=False)
    for count in (2, 1, 3):
        ledger = Ledger(TouchRecord(one, decided_at=START) for _ in range(count))
        ruling = quota.judge(one, Seen(ledger=ledger, timezone="UTC"), now=START)
        assert ruling.facts["count"] == count


def test_a_day_that_was_asked_before_ends_with_its_last_microsecond() -> None:
    quota, one = TouchQuota("q", 1, per=calendar("day")), touch("news", 1, lapses=False)
    view = Seen(ledger=Ledger([TouchRecord(one, decided_at=START)]), timezone="UTC")
    midnight = START + span("1d")
    for now in (START, Instant(midnight.us - 1)):
        ruling = quota.judge(one, view, now=now)
        assert isinstance(ruling, Hold)
        assert ruling.until == midnight
    assert isinstance(quota.judge(one, view, now=midnight), Allow)


def test_a_dear_touch_waits_until_enough_has_left() -> None:
    """Q3, Q5."""
    quota = TouchQuota("q", 3, per=rolling("1d"), counts="cost")
    cheap, dear = (touch("news", cost, lapses=False) for cost in (1, 2))
    hours = [START + span(text) for text in ("1h", "2h", "3h")]
    ledger = Ledger(TouchRecord(cheap, decided_at=hour) for hour in hours)
    ruling = quota.judge(dear, Seen(ledger=ledger, timezone="UTC"), now=hours[-1])
    assert isinstance(ruling, Hold)
    assert ruling.until == hours[1] + span("1d")


WEEKS = INSTANTS.map(lambda at: Instant(START.us + (at.us - START.us) * 15))
"""Of two months, at whose border the zones differ."""


@settings(max_examples=60, deadline=None)
@given(
    records=st.lists(
        st.builds(record, WEEKS, TOUCHES, st.sampled_from(["", "failed"])),
        min_size=1,
        max_size=8,
    ),
    often=st.sampled_from([1, 4, 9]),
    counts=st.sampled_from(["touches", "cost"]),
    asked=st.lists(
        st.tuples(WEEKS, st.sampled_from(ZONES), TOUCHES), min_size=1, max_size=6
    ),
)
def test_a_month_of_as_many_places_as_days_is_told_as_by_looking_at_every_touch(
    records: list[TouchRecord],
    often: int,
    counts: str,
    asked: list[tuple[Instant, str, Touch]],
) -> None:
    month = calendar("month")
    quota = TouchQuota("q", days_in_month, per=month, counts=counts, label="promotion")
    for now, zone, one in asked:
        view = Seen(ledger=Ledger(records * often), timezone=zone)
        ruling = quota.judge(one, view, now=now)
        if "promotion" in one.labels:
            assert ruling == quota._judged(one, view, now.us)  # noqa: SLF001 - the long way
        else:
            assert ruling == Allow()


@pytest.mark.parametrize(("month", "days"), [("10", 31), ("11", 30)])
def test_the_last_place_of_a_month_is_given_and_no_other(month: str, days: int) -> None:
    quota = TouchQuota("q", days_in_month, per=calendar("month"))
    one, now = touch("news", 1, lapses=False), instant(f"2026-{month}-20T00:00Z")
    before = Instant(now.us - MINUTE)
    rulings = [
        quota.judge(
            one,
            Seen(
                ledger=Ledger([TouchRecord(one, decided_at=before)] * taken),
                timezone="UTC",
            ),
            now=now,
        )
        for taken in (days - 1, days)
    ]
    assert [type(ruling) for ruling in rulings] == [Allow, Hold]
    assert [ruling.facts["count"] for ruling in rulings] == [days - 1, days]
