from __future__ import annotations

import pickle

import pytest
from attrs import field, frozen

from privflow.errors import DefinitionError
from privflow.facts import Contact, Properties, Timeline
from privflow.quotas import LimitRule, TouchQuota, days_in_month
from privflow.timing import Instant, Window, aligned, calendar, instant, rolling
from privflow.touches import Allow, Deny, Gate, Hold, Ledger, Receipt, Touch

SHANGHAI = "Asia/Shanghai"
NOW = instant("2026-10-20T09:30+08:00")
HOUR = 3_600_000_000


@frozen(kw_only=True)
class Seen:
    ledger: Ledger = field(factory=Ledger, kw_only=False)
    timezone: str = SHANGHAI
    contact: Contact = field(factory=lambda: Contact("c-1"))
    timeline: Timeline = field(factory=Timeline)


def touch(**parts: object) -> Touch:
    given = {
        "id": "t",
        "contact_id": "c-1",
        "channel": "wecom.mass",
        "message": "coupon",
        "kind": "marketing",
        "source": "journey:new-friend",
        "labels": ("promotion",),
    }
    return Touch(**(given | parts))


def hours(count: float, since: Instant = NOW) -> Instant:
    return Instant(since.us + round(count * HOUR))


def sent(*instants: Instant, **parts: object) -> Ledger:
    """The ledger after touches at these instants, called `t0`, `t1`, ..."""
    ledger = Ledger()
    for place, at in enumerate(instants):
        ledger = ledger.reserving(touch(id=f"t{place}", **parts), now=at)
    return ledger


def told(ledger: Ledger, *receipts: tuple[str, str, Instant]) -> Ledger:
    for touch_id, status, at in receipts:
        ledger = ledger.informed(Receipt(touch_id, status, at=at))
    return ledger


# ── Windows and their edges ──────────────────────────────────────────────────

LAST_OF_TUESDAY = "2026-10-20T23:59:59.999999+08:00"
EDGES = [
    # window, sent at, judged at, held until
    (rolling("7d"), "2026-10-20T09:30Z", "2026-10-20T09:30Z", "2026-10-27T09:30Z"),
    (
        rolling("7d"),
        "2026-10-20T09:30Z",
        "2026-10-27T09:29:59.999999Z",
        "2026-10-27T09:30Z",
    ),
    (rolling("7d"), "2026-10-20T09:30Z", "2026-10-27T09:30Z", None),
    (
        calendar("day"),
        "2026-10-20T00:00+08:00",
        LAST_OF_TUESDAY,
        "2026-10-21T00:00+08:00",
    ),
    (calendar("day"), LAST_OF_TUESDAY, "2026-10-21T00:00+08:00", None),
    (calendar("day", tz=SHANGHAI), LAST_OF_TUESDAY, "2026-10-21T00:00+08:00", None),
    # the same two instants lie in one day of UTC
    (
        calendar("day", tz="UTC"),
        LAST_OF_TUESDAY,
        "2026-10-21T00:00+08:00",
        "2026-10-21T00:00Z",
    ),
    # 2026-10-25 is a Sunday
    (
        calendar("week"),
        "2026-10-19T00:00+08:00",
        "2026-10-25T23:59:59.999999+08:00",
        "2026-10-26T00:00+08:00",
    ),
    (calendar("week"), "2026-10-25T23:59+08:00", "2026-10-26T00:00+08:00", None),
    (
        calendar("week", first_day="sun"),
        "2026-10-24T23:59+08:00",
        "2026-10-25T00:00+08:00",
        None,
    ),
    (
        calendar("week", first_day="sun"),
        "2026-10-25T00:00+08:00",
        "2026-10-26T00:00+08:00",
        "2026-11-01T00:00+08:00",
    ),
    (
        calendar("month"),
        "2026-02-01T00:00+08:00",
        "2026-02-28T23:59:59.999999+08:00",
        "2026-03-01T00:00+08:00",
    ),
    (calendar("month"), "2026-02-28T23:59+08:00", "2026-03-01T00:00+08:00", None),
    (
        aligned("1h", tz=SHANGHAI),
        "2026-10-20T09:00+08:00",
        "2026-10-20T09:59:59.999999+08:00",
        "2026-10-20T10:00+08:00",
    ),
    (aligned("1h"), "2026-10-20T09:59:59+08:00", "2026-10-20T10:00+08:00", None),
]


@pytest.mark.parametrize(("per", "before", "at", "until"), EDGES)
def test_a_window_is_half_open(
    per: Window, before: str, at: str, until: str | None
) -> None:
    """T2, Q1."""
    quota: Gate = TouchQuota("one", 1, per=per)
    ruling = quota.judge(touch(), Seen(sent(instant(before))), now=instant(at))
    if until is None:
        assert ruling == Allow(facts={"count": 0, "limit": 1, "window": str(per)})
    else:
        facts = {"count": 1, "limit": 1, "window": str(per)}
        assert ruling == Hold("quota_full", until=instant(until), facts=facts)


def test_a_window_without_a_zone_is_in_the_contacts() -> None:
    """T8."""
    quota = TouchQuota("one", 1, per=calendar("day"))
    ledger, now = sent(instant(LAST_OF_TUESDAY)), instant("2026-10-21T00:00+08:00")
    assert isinstance(quota.judge(touch(), Seen(ledger), now=now), Allow)
    ruling = quota.judge(touch(), Seen(ledger, timezone="UTC"), now=now)
    assert isinstance(ruling, Hold)
    assert ruling.until == instant("2026-10-21T00:00Z")


@pytest.mark.parametrize(
    ("month", "days", "next_month"),
    [
        ("2026-01", 31, "2026-02"),
        ("2026-02", 28, "2026-03"),
        ("2028-02", 29, "2028-03"),
        ("2026-04", 30, "2026-05"),
        ("2026-12", 31, "2027-01"),
    ],
)
@pytest.mark.parametrize("zone", [SHANGHAI, "America/New_York", "Europe/Berlin"])
def test_a_month_may_allow_as_many_touches_as_it_has_days(
    month: str, days: int, next_month: str, zone: str
) -> None:
    """Q1."""
    quota = TouchQuota("mass", days_in_month, per=calendar("month", tz=zone))
    first = instant(f"{month}-01T00:00", tz=zone)
    ledger = sent(*(hours(hour, first) for hour in range(days)))
    now = hours(days, first)
    almost = Seen(Ledger(ledger.records[1:]))
    facts = {"count": days - 1, "limit": days, "window": str(quota.per)}
    assert quota.judge(touch(), almost, now=now) == Allow(facts=facts)
    ruling = quota.judge(touch(), Seen(ledger), now=now)
    assert isinstance(ruling, Hold)
    assert ruling.until == instant(f"{next_month}-01T00:00", tz=zone)
    assert ruling.facts["count"] == ruling.facts["limit"] == days


def test_a_hold_ends_when_enough_touches_have_left() -> None:
    """Q7: the limit was lowered to 1 after three touches."""
    ledger = sent(NOW, hours(1), hours(2))
    lowered = TouchQuota("calm", 1, per=rolling("1d"))
    ruling = lowered.judge(touch(), Seen(ledger), now=hours(3))
    assert isinstance(ruling, Hold)
    assert ruling.until == hours(26)


def test_a_changed_window_counts_from_the_same_record() -> None:
    """Q7."""
    view, now = Seen(sent(NOW)), hours(30)
    day = TouchQuota("q", 1, per=rolling("1d"))
    week = TouchQuota("q", 1, per=rolling("7d"))
    assert isinstance(day.judge(touch(), view, now=now), Allow)
    assert isinstance(week.judge(touch(), view, now=now), Hold)


# ── What is counted ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("matching", "counted"),
    [
        ({}, True),
        ({"channel": "wecom.mass"}, True),
        ({"channel": "wecom"}, True),
        ({"channel": "we"}, False),
        ({"channel": "wecom.mass.x"}, False),
        ({"kind": "marketing"}, True),
        ({"kind": "service"}, False),
        ({"label": "promotion"}, True),
        ({"label": "value"}, False),
        ({"journey": "new-friend"}, True),
        ({"journey": "new"}, False),
        ({"channel": "wecom", "kind": "marketing", "label": "value"}, False),
    ],
)
def test_a_quota_rules_on_and_counts_what_it_matches(
    matching: dict[str, str], *, counted: bool
) -> None:
    """Q3."""
    quota = TouchQuota("one", 1, per=rolling("7d"), **matching)
    ruling = quota.judge(touch(), Seen(sent(NOW)), now=hours(1))
    assert quota.matches(touch()) is counted
    assert isinstance(ruling, Hold) is counted
    if not counted:
        assert ruling == Allow()


def test_touches_of_another_sort_take_no_place() -> None:
    """Q3: what counts is frozen in the touch."""
    quota = TouchQuota("one", 1, per=rolling("7d"), label="promotion")
    other = sent(NOW, NOW, labels=("value",))
    assert isinstance(quota.judge(touch(), Seen(other), now=hours(1)), Allow)


@pytest.mark.parametrize("status", ["failed", "refused", "expired", "cancelled"])
def test_a_released_touch_counts_nowhere(status: str) -> None:
    """Q4."""
    ledger = told(sent(NOW), ("t0", status, hours(1)))
    for counts_on in ("submitted", "confirmed", "delivered"):
        quota = TouchQuota("one", 1, per=rolling("7d"), counts_on=counts_on)
        assert isinstance(quota.judge(touch(), Seen(ledger), now=hours(1)), Allow)


def test_an_unknown_outcome_keeps_the_place() -> None:
    """Q4."""
    quota = TouchQuota("one", 1, per=rolling("7d"))
    ledger = told(sent(NOW), ("t0", "unknown", hours(1)))
    assert isinstance(quota.judge(touch(), Seen(ledger), now=hours(1)), Hold)


@pytest.mark.parametrize(
    ("counts_on", "receipts", "until"),
    [
        ("submitted", [], hours(24)),
        ("submitted", [("t0", "delivered", hours(5))], hours(24)),
        ("confirmed", [("t0", "confirmed", hours(5))], hours(29)),
        ("confirmed", [("t0", "read", hours(5))], hours(29)),
        ("delivered", [("t0", "delivered", hours(5))], hours(29)),
        (
            "delivered",
            [("t0", "read", hours(6)), ("t0", "delivered", hours(5))],
            hours(29),
        ),
        # a sender's clock that is behind puts nothing before the decision
        ("confirmed", [("t0", "confirmed", hours(-90))], hours(24)),
        # nor does one that is ahead free the place meanwhile
        ("confirmed", [("t0", "confirmed", hours(9))], hours(33)),
    ],
)
def test_a_touch_counts_from_the_moment_that_the_quota_names(
    counts_on: str, receipts: list[tuple[str, str, Instant]], until: Instant
) -> None:
    """Q4."""
    quota = TouchQuota("one", 1, per=rolling("1d"), counts_on=counts_on)
    ledger = told(sent(NOW), *receipts)
    ruling = quota.judge(touch(), Seen(ledger), now=hours(7))
    assert isinstance(ruling, Hold)
    assert ruling.until == until


@pytest.mark.parametrize("days", [0, 1, 400])
def test_a_pending_touch_takes_a_place_for_as_long_as_it_is_pending(days: int) -> None:
    """Q4: it may still come to count in any window."""
    quota = TouchQuota("one", 1, per=calendar("day"), counts_on="confirmed")
    view, now = Seen(sent(NOW)), hours(24 * days)
    facts = {"count": 1, "limit": 1, "window": "calendar day", "pending": 1}
    assert quota.judge(touch(), view, now=now) == Deny("quota_full", facts=facts)
    assert quota.next_allowed(touch(), view, now=now) is None


def test_pending_touches_fit_into_the_shortest_month() -> None:
    """Q4: all of January's 28 may be confirmed on the first of February."""
    quota = TouchQuota(
        "mass", days_in_month, per=calendar("month", tz="UTC"), counts_on="confirmed"
    )
    january = instant("2026-01-05T00:00Z")
    ledger = sent(*(hours(hour, january) for hour in range(28)))
    now = hours(40, january)
    ruling = quota.judge(touch(), Seen(ledger), now=now)
    assert isinstance(ruling, Deny)
    assert ruling.facts["pending"] == 28
    assert ruling.facts["limit"] == 31
    confirmed = told(ledger, ("t3", "confirmed", now))
    assert isinstance(quota.judge(touch(), Seen(confirmed), now=now), Allow)


# ── Room that is kept ────────────────────────────────────────────────────────


def test_the_last_place_is_kept_for_a_higher_priority() -> None:
    """Q5."""
    quota = TouchQuota("calm", 3, per=rolling("7d"), keep={"high": 1})
    view = Seen(sent(NOW, hours(1)))
    now = hours(2)
    facts = {"count": 2, "limit": 3, "window": "7d rolling", "kept": 1}
    held = Hold("room_kept", until=hours(168), facts=facts)
    assert quota.judge(touch(), view, now=now) == held
    for priority in ("high", "urgent"):
        ruling = quota.judge(touch(priority=priority), view, now=now)
        assert isinstance(ruling, Allow)
        assert "kept" not in ruling.facts


def test_a_place_that_a_high_touch_has_filled_is_kept_no_longer() -> None:
    """Q5."""
    quota = TouchQuota("calm", 3, per=rolling("7d"), keep={"high": 1})
    view = Seen(sent(NOW, hours(1), priority="high"))
    assert isinstance(quota.judge(touch(), view, now=hours(2)), Allow)


def test_a_place_that_is_always_kept_is_never_free_for_lower_ones() -> None:
    """Q5."""
    quota = TouchQuota("vip", 1, per=rolling("7d"), keep={"high": 1})
    facts = {"count": 0, "limit": 1, "window": "7d rolling", "kept": 1}
    ruling = quota.judge(touch(), Seen(), now=NOW)
    assert ruling == Deny("room_kept", facts=facts)
    assert quota.next_allowed(touch(), Seen(), now=NOW) is None


def test_a_longer_month_may_have_the_room_that_a_short_one_keeps() -> None:
    """Q5."""
    quota = TouchQuota(
        "mass", days_in_month, per=calendar("month", tz="UTC"), keep={"high": 28}
    )
    february = instant("2026-02-10T00:00Z")
    ruling = quota.judge(touch(), Seen(), now=february)
    assert isinstance(ruling, Hold)
    assert ruling.reason == "room_kept"
    assert ruling.until == instant("2026-03-01T00:00Z")


# ── next_allowed ─────────────────────────────────────────────────────────────


def test_next_allowed_is_now_where_there_is_room_or_no_concern() -> None:
    """Q5."""
    quota = TouchQuota("one", 1, per=rolling("7d"), kind="marketing")
    assert quota.next_allowed(touch(), Seen(), now=NOW) == NOW
    view = Seen(sent(NOW))
    assert quota.next_allowed(touch(kind="service"), view, now=NOW) == NOW
    assert quota.next_allowed(touch(), view, now=NOW) == hours(168)


# ── Definitions ──────────────────────────────────────────────────────────────

WEEK = rolling("7d")


@pytest.mark.parametrize(
    ("name", "limit", "rest", "problem"),
    [
        ("", 1, {"per": WEEK}, r"TouchQuota\.name: got ''"),
        ("q", 0, {"per": WEEK}, r"TouchQuota\.limit: got 0"),
        ("q", -3, {"per": WEEK}, r"TouchQuota\.limit: got -3"),
        ("q", True, {"per": WEEK}, r"TouchQuota\.limit: got True"),
        ("q", 1.0, {"per": WEEK}, r"TouchQuota\.limit: got 1\.0"),
        ("q", "3", {"per": WEEK}, r"TouchQuota\.limit: got '3'"),
        ("q", None, {"per": WEEK}, r"TouchQuota\.limit: got None"),
        ("q", days_in_month, {"per": WEEK}, r"TouchQuota\.limit: got days_in_month"),
        ("q", days_in_month, {"per": calendar("day")}, r"TouchQuota\.limit"),
        ("q", 1, {"per": "7d"}, r"TouchQuota\.per: got '7d', expected a window"),
        ("q", 1, {"per": type(WEEK)}, r"TouchQuota\.per"),
        ("q", 1, {"per": WEEK, "channel": ""}, r"TouchQuota\.channel"),
        ("q", 1, {"per": WEEK, "label": " "}, r"TouchQuota\.label"),
        ("q", 1, {"per": WEEK, "journey": 7}, r"TouchQuota\.journey"),
        ("q", 1, {"per": WEEK, "kind": "spam"}, r"TouchQuota\.kind"),
        ("q", 1, {"per": WEEK, "counts_on": "read"}, r"TouchQuota\.counts_on"),
        ("q", 3, {"per": WEEK, "keep": {"top": 1}}, r"TouchQuota\.keep"),
        ("q", 3, {"per": WEEK, "keep": {"low": 1}}, r"TouchQuota\.keep"),
        ("q", 3, {"per": WEEK, "keep": {"high": 0}}, r"TouchQuota\.keep\['high'\]"),
        ("q", 3, {"per": WEEK, "keep": {"high": True}}, r"TouchQuota\.keep"),
        ("q", 3, {"per": WEEK, "keep": {"high": 2, "urgent": 2}}, "keeps 4 places"),
        (
            "q",
            days_in_month,
            {"per": calendar("month"), "keep": {"high": 29}},
            "keeps 29 places of 28",
        ),
    ],
)
def test_a_quota_that_means_nothing_is_refused(
    name: str, limit: int, rest: dict[str, object], problem: str
) -> None:
    with pytest.raises(DefinitionError, match=problem) as caught:
        TouchQuota(name, limit, **rest)
    assert caught.value.hint


FULL = TouchQuota(
    "full",
    2,
    per=calendar("week", tz=SHANGHAI, first_day="sun"),
    channel="wecom",
    kind="marketing",
    label="promotion",
    journey="new-friend",
    counts_on="confirmed",
    keep={"high": 1, "urgent": 1},
)
MASS = TouchQuota("mass", days_in_month, per=calendar("month"), channel="wecom.mass")
CALM = TouchQuota("calm", 1, per=rolling("7d"), kind="marketing")


@pytest.mark.parametrize(
    ("quota", "source", "sentence"),
    [
        (
            FULL,
            (
                "TouchQuota('full', 2, "
                "per=calendar('week', tz='Asia/Shanghai', first_day='sun'), "
                "channel='wecom', kind='marketing', label='promotion', "
                "journey='new-friend', counts_on='confirmed', "
                "keep={'high': 1, 'urgent': 1})"
            ),
            (
                "at most 2 marketing touches on wecom about promotion of journey "
                "new-friend, calendar week from sun in Asia/Shanghai, "
                "counted when confirmed, 1 kept for high, 1 kept for urgent"
            ),
        ),
        (
            MASS,
            (
                "TouchQuota('mass', days_in_month, per=calendar('month'), "
                "channel='wecom.mass')"
            ),
            "as many touches on wecom.mass as the month has days, calendar month",
        ),
        (
            CALM,
            "TouchQuota('calm', 1, per=rolling('7d'), kind='marketing')",
            "at most 1 marketing touch, 7d rolling",
        ),
    ],
)
def test_a_quota_reads_as_source_and_as_a_sentence(
    quota: TouchQuota, source: str, sentence: str
) -> None:
    assert repr(quota) == source
    assert str(quota) == sentence
    names = {
        "TouchQuota": TouchQuota,
        "calendar": calendar,
        "rolling": rolling,
        "days_in_month": days_in_month,
    }
    assert eval(source, names) == quota  # noqa: S307  the repr that was just built


@pytest.mark.parametrize("quota", [FULL, MASS, CALM])
def test_a_quota_is_a_value(quota: TouchQuota) -> None:
    view, now = Seen(sent(NOW)), hours(1)
    ruling = quota.judge(touch(), view, now=now)  # what it has worked out stays behind
    copy = pickle.loads(pickle.dumps(quota))
    assert copy == quota
    assert hash(copy) == hash(quota)
    assert copy.judge(touch(), view, now=now) == ruling


def test_what_a_quota_has_worked_out_does_not_grow_for_ever(monkeypatch) -> None:
    monkeypatch.setattr("privflow.quotas.tally._MOST", 2)
    calm = TouchQuota("calm", 3, per=rolling("1d"))
    each = TouchQuota("each", 3, per=rolling("1d"), each=["contact", "staff"])
    ledger = Ledger()
    for number in range(9):
        one = touch(
            id=f"t{number}",
            message=f"m{number}",
            subjects=Properties({"staff": f"s{number}"}),
        )
        ruling = calm.judge(one, Seen(ledger), now=hours(number))
        assert isinstance(ruling, Allow) == (number < 3)
        assert isinstance(each.judge(one, Seen(ledger), now=hours(number)), Allow)
        ledger = ledger.reserving(one, now=hours(number))


def test_the_rule_of_days_is_one_value() -> None:
    assert days_in_month is LimitRule.DAYS_IN_MONTH
    assert MASS.limit is days_in_month
