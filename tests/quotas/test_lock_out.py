from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.errors import DefinitionError
from privflow.quotas import LockOut
from privflow.timing import Instant, calendar, instant, rolling, span
from privflow.touches import REASONS, Allow, Hold, Receipt, TouchRecord
from strategies.past import Seen, check_opening, happened, hours, sent, touch

DAY = LockOut("day-ban", per=calendar("day", tz="Asia/Shanghai"), channel="wecom")
MONTH = LockOut("month-ban", per=rolling("30d"), channel="wecom")


def failed(hour: float, reason: str = "rate_limited", touch_id: str = "t0") -> Receipt:
    return Receipt(touch_id, "failed", at=hours(hour), reason=reason)


@pytest.mark.parametrize(
    ("gate", "until"),
    [
        # 2026-10-20T11:00 in Shanghai: a calendar day ends at midnight
        (DAY, instant("2026-10-21T00:00+08:00")),
        (MONTH, instant("2026-11-19T11:00+08:00")),
    ],
)
def test_a_ban_of_a_day_is_a_calendar_day_and_one_of_a_month_is_thirty_days(
    gate: LockOut, until: Instant
) -> None:
    """Q1: WeCom says so."""
    view = Seen(sent(9, receipts=[failed(10)]))
    ruling = gate.judge(touch(), view, now=hours(12))
    facts = {"since": hours(10), "window": str(gate.per)}
    assert ruling == Hold("locked_out", until=until, facts=facts)
    assert isinstance(gate.judge(touch(), view, now=until), Allow)
    assert isinstance(gate.judge(touch(), view, now=Instant(until.us - 1)), Hold)


@pytest.mark.parametrize("reason", REASONS)
def test_only_what_says_too_many_locks(reason: str) -> None:
    view = Seen(sent(9, receipts=[failed(10, reason)]))
    is_open = isinstance(DAY.judge(touch(), view, now=hours(12)), Allow)
    assert is_open == (reason not in {"rate_limited", "over_limit"})


def test_failures_on_other_channels_lock_nothing_and_are_not_locked() -> None:
    sms = Seen(sent(9, channel="sms", receipts=[failed(10)]))
    assert isinstance(DAY.judge(touch(), sms, now=hours(12)), Allow)
    wecom = Seen(sent(9, receipts=[failed(10)]))
    assert isinstance(DAY.judge(touch(channel="sms"), wecom, now=hours(12)), Allow)


def test_an_event_locks_as_well() -> None:
    gate = LockOut("ban", per=rolling("1h"), reasons=[], event=event("banned"))
    view = Seen(timeline=happened(("banned", 3)))
    ruling = gate.judge(touch(), view, now=hours(3.5))
    assert isinstance(ruling, Hold)
    assert ruling.until == hours(4)
    assert set(gate.recalls()) == {"banned"}
    assert DAY.recalls() == {}


def test_a_report_that_is_ahead_of_now_locks_nothing_yet() -> None:
    view = Seen(sent(9, receipts=[failed(13)]))
    assert isinstance(DAY.judge(touch(), view, now=hours(12)), Allow)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), max_size=4), st.sampled_from([DAY, MONTH]))
def test_the_instant_that_it_names_is_the_first_one(
    at: list[int], gate: LockOut
) -> None:
    """Q5."""
    at = sorted(at)
    receipts = [failed(hour, touch_id=f"t{place}") for place, hour in enumerate(at)]
    view = Seen(sent(*at, receipts=receipts))
    check_opening(gate, touch(), view, hours(31))


def test_a_failure_matters_as_long_as_its_lock() -> None:
    record = TouchRecord(touch(), decided_at=hours(9))
    late = record.informed(failed(10))
    assert late.reason == "rate_limited"
    told = TouchRecord(touch("t0"), decided_at=hours(9)).informed(failed(10))
    assert MONTH.matters_until(told) == hours(10 + 720)
    fine = record.informed(Receipt("t", "delivered", at=hours(11)))
    assert MONTH.matters_until(fine) == hours(11)
    other = TouchRecord(touch(channel="sms"), decided_at=hours(9))
    assert MONTH.matters_until(other) == hours(9)


def test_what_may_still_fail_matters_for_a_month_from_the_last_that_was_heard() -> None:
    """Q7."""
    month = 31 * 24
    fresh = TouchRecord(touch(), decided_at=hours(9))
    assert DAY.matters_until(fresh) == hours(9 + month)
    told = fresh.informed(Receipt("t", "confirmed", at=hours(50)))
    assert DAY.matters_until(told) == hours(50 + month)
    lapsing = TouchRecord(touch(confirm_within=span("20h")), decided_at=hours(9))
    assert DAY.matters_until(lapsing) == hours(29 + month)
    late = lapsing.informed(Receipt("t", "confirmed", at=hours(40)))
    assert DAY.matters_until(late) == hours(40 + month)
    by_event = LockOut("ban", per=rolling("1h"), reasons=[], event=event("banned"))
    assert by_event.matters_until(fresh) == hours(9)


@pytest.mark.parametrize(
    "parts",
    [
        {"name": ""},
        {"per": "1d"},
        {"reasons": ["tired"]},
        {"reasons": []},
        {"reasons": "over_limit"},
    ],
)
def test_a_lock_that_means_nothing_is_refused(parts: dict) -> None:
    with pytest.raises(DefinitionError):
        LockOut(**({"name": "l", "per": rolling("1d")} | parts))


def test_a_lock_reads_as_source_and_as_a_sentence() -> None:
    gate = LockOut("l", per=rolling("1d"), event=event("banned"))
    assert repr(gate) == "LockOut('l', per=rolling('1d'), event=event('banned'))"
    assert str(gate) == (
        "no touches after over_limit or rate_limited or event('banned'), 1d rolling"
    )
