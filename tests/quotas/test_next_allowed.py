"""Q5: the instant that a full quota names is the first with room, to the microsecond.

The check asks the gate at every whole hour (or day) instead of believing it: all
that happens here happens on the hour, so that the first hour with room is the answer.
"""

from __future__ import annotations

from attrs import evolve, field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.facts import Contact, Timeline
from privflow.quotas import TouchQuota, days_in_month
from privflow.timing import Instant, Window, aligned, calendar, instant, rolling
from privflow.touches import (
    PRIORITIES,
    Allow,
    Deny,
    Hold,
    Ledger,
    Ruling,
    Touch,
    TouchRecord,
)

HOUR = 3_600_000_000
START = instant("2026-01-30T00:00Z")
NOW = 30  # hours after the start


@frozen(kw_only=True)
class Seen:
    ledger: Ledger = field(kw_only=False)
    timezone: str = "Asia/Shanghai"
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)


def hours(count: int) -> Instant:
    return Instant(START.us + count * HOUR)


def touch(priority: str) -> Touch:
    return Touch(
        id="t",
        contact_id="c-1",
        channel="sms",
        message="hello",
        kind="service",
        source="rule:r",
        priority=priority,
    )


def record(
    decided: int, waits: int | None, priority: str, *, released: bool
) -> TouchRecord:
    """A touch of some hour, confirmed so many hours later, or never."""
    made = TouchRecord(touch(priority), decided_at=hours(decided))
    if waits is not None:
        made = evolve(made, moments=(("confirmed", hours(decided + waits)),))
    if released:
        made = evolve(made, moments=(("failed", hours(NOW)),), released_at=hours(NOW))
    return made


def records(since: int, *, most: int) -> st.SearchStrategy[list[TouchRecord]]:
    some = st.builds(
        record,
        st.integers(since, NOW),
        st.none() | st.integers(0, 12),  # some receipts are ahead of now
        st.sampled_from(PRIORITIES),
        released=st.sampled_from([False, False, False, True]),
    )
    return st.lists(some, max_size=most)


KEEPS = st.dictionaries(st.sampled_from(PRIORITIES[1:]), st.integers(1, 2), max_size=2)


def check(quota: TouchQuota, ledger: Ledger, priority: str, grid: range) -> None:
    """The ruling now against the rulings at every later hour of the grid."""

    def judged(at: Instant) -> Ruling:
        return quota.judge(touch(priority), Seen(ledger), now=at)

    later = (hours(hour) for hour in grid)
    first = next((at for at in later if isinstance(judged(at), Allow)), None)
    now = hours(NOW)
    ruling = judged(now)
    named = quota.next_allowed(touch(priority), Seen(ledger), now=now)
    match ruling:
        case Allow():
            assert named == now
        case Hold(until=until):
            assert named == until == first
            assert now < until
            assert not isinstance(judged(Instant(until.us - 1)), Allow)
        case Deny():
            assert named is None
            assert first is None


@settings(max_examples=300)
@given(
    per=st.sampled_from([
        rolling("3h"),
        rolling("1d"),
        aligned("2h"),
        aligned("6h", tz="UTC"),
        calendar("day"),
        calendar("day", tz="UTC"),
        calendar("day", tz="America/New_York"),
        calendar("week", first_day="sun"),
        calendar("day", count=2),
        calendar("day", count=3, tz="America/New_York"),
    ]),
    counts_on=st.sampled_from(["submitted", "confirmed", "delivered"]),
    limit=st.integers(1, 4),
    keep=KEEPS,
    sent=records(0, most=9),
    priority=st.sampled_from(PRIORITIES),
)
def test_a_full_quota_names_the_first_instant_with_room(
    per: Window,
    counts_on: str,
    limit: int,
    keep: dict[str, int],
    sent: list[TouchRecord],
    priority: str,
) -> None:
    limit = max(limit, sum(keep.values()))
    quota = TouchQuota("q", limit, per=per, counts_on=counts_on, keep=keep)
    check(quota, Ledger(sent), priority, range(NOW + 1, NOW + 24 * 16))


@settings(max_examples=60)
@given(
    counts_on=st.sampled_from(["submitted", "confirmed"]),
    keep=st.sampled_from([{}, {"high": 2}, {"high": 28}, {"high": 20, "urgent": 8}]),
    copies=st.integers(1, 7),
    sent=records(-60, most=9),
    priority=st.sampled_from(PRIORITIES),
    zone=st.sampled_from(["UTC", "Asia/Shanghai"]),
)
def test_a_full_month_names_the_first_instant_with_room(
    *,
    counts_on: str,
    keep: dict[str, int],
    copies: int,
    sent: list[TouchRecord],
    priority: str,
    zone: str,
) -> None:
    quota = TouchQuota(
        "q",
        days_in_month,
        per=calendar("month", tz=zone),
        counts_on=counts_on,
        keep=keep,
    )
    # either zone starts its months at 0:00 or 16:00 UTC
    grid = range(32, 24 * 100, 8)
    check(quota, Ledger(sent * copies), priority, grid)
