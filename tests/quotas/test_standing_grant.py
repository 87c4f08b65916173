from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.conditions import event
from privflow.errors import DefinitionError
from privflow.facts import Properties
from privflow.quotas import StandingGrant
from privflow.timing import calendar, instant, span
from privflow.touches import Allow, Deny, Hold, Ledger, Receipt, TouchRecord
from strategies.past import Seen, check_opening, happened, hours, sent, touch

POLICY = StandingGrant(
    "policy-news",
    1,
    per=calendar("month", tz="Asia/Shanghai"),
    granted_by=event("agreed"),
    revoked_by=event("revoked"),
    channel="miniprogram.subscribe",
    key="policy",
)
DOUYIN = StandingGrant(
    "douyin-dm",
    1,
    per=calendar("day", tz="Asia/Shanghai"),
    granted_by=event("authorised"),
    channel="douyin",
    most_parts=3,
)
AGREED = happened(("agreed", 0))


def news(policy: str | None = "P-1", touch_id: str = "n", **parts: object):
    return touch(
        touch_id,
        channel="miniprogram.subscribe",
        parameters=Properties({"policy": policy}),
        **parts,
    )


def told(policy: str, hour: float) -> Ledger:
    return Ledger().reserving(news(policy, "n0"), now=hours(hour))


@pytest.mark.parametrize(
    ("events", "is_granted"),
    [
        ([], False),
        ([("agreed", 1)], True),
        ([("agreed", 9)], False),  # not yet
        ([("agreed", 1), ("revoked", 2)], False),
        ([("agreed", 1), ("revoked", 2), ("agreed", 3)], True),
        ([("revoked", 2), ("agreed", 2)], False),  # at one instant: the safe reading
    ],
)
def test_the_consent_lasts_until_it_is_revoked(
    events: list, *, is_granted: bool
) -> None:
    """Q1."""
    view = Seen(timeline=happened(*events))
    ruling = POLICY.judge(news(), view, now=hours(5))
    assert ruling == (
        Allow(facts={"count": 0, "limit": 1, "window": str(POLICY.per)})
        if is_granted
        else Deny("not_granted")
    )


def test_each_business_number_has_a_rate_of_its_own() -> None:
    """Q1: per user, template and required field."""
    view = Seen(told("P-1", 1), timeline=AGREED)
    ruling = POLICY.judge(news("P-1"), view, now=hours(5))
    assert isinstance(ruling, Hold)
    assert ruling.until == instant("2026-11-01T00:00+08:00")
    assert isinstance(POLICY.judge(news("P-2"), view, now=hours(5)), Allow)


def test_a_message_without_the_number_is_denied() -> None:
    view = Seen(timeline=AGREED)
    assert POLICY.judge(news(None), view, now=hours(5)) == Deny(
        "no_key", facts={"key": "policy"}
    )


@pytest.mark.parametrize(("parts", "is_open"), [(1, True), (3, True), (4, False)])
def test_one_occasion_a_day_of_at_most_three_messages(
    parts: int, *, is_open: bool
) -> None:
    """Q1, Q3: Douyin; an occasion counts once, whatever its parts."""
    authorised = happened(("authorised", 0))
    dm = touch("d", channel="douyin.message", cost=parts)
    ruling = DOUYIN.judge(dm, Seen(timeline=authorised), now=hours(1))
    assert isinstance(ruling, Allow) == is_open
    if not is_open:
        facts = {"cost": 4, "limit": 3, "window": "touch"}
        assert ruling == Deny("cost_over_limit", facts=facts)
    before = sent(1, channel="douyin.message", cost=3)
    again = DOUYIN.judge(
        touch("e", channel="douyin.message"),
        Seen(before, timeline=authorised),
        now=hours(2),
    )
    assert isinstance(again, Hold)
    assert again.until == instant("2026-10-21T00:00+08:00")


def test_it_is_about_its_channel_alone() -> None:
    assert POLICY.judge(touch(), Seen(), now=hours(1)) == Allow()


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 40), max_size=5),
    st.integers(1, 2),
    st.sampled_from([None, span("1h"), span("30h")]),
    st.booleans(),
)
def test_the_instant_that_it_names_is_the_first_one(at, limit, within, fails) -> None:
    """Q5."""
    gate = StandingGrant(
        "g",
        limit,
        per=calendar("day"),
        granted_by=event("agreed"),
        channel="miniprogram",
    )
    receipts = [Receipt("t0", "failed", at=hours(41))] if fails else []
    ledger = sent(
        *sorted(at),
        channel="miniprogram.subscribe",
        confirm_within=within,
        receipts=receipts,
    )
    check_opening(gate, news(), Seen(ledger, timeline=AGREED), hours(41))


def test_consents_are_recalled_for_ever_and_touches_for_a_window() -> None:
    assert POLICY.recalls() == {"agreed": None, "revoked": None}
    record = TouchRecord(news(), decided_at=hours(0))
    assert POLICY.matters_until(record) == hours(33 * 24)
    assert POLICY.matters_until(TouchRecord(touch(), decided_at=hours(0))) == hours(0)


@pytest.mark.parametrize(
    "parts",
    [
        {"name": ""},
        {"limit": 0},
        {"limit": True},
        {"per": "1d"},
        {"channel": ""},
        {"key": ""},
        {"most_parts": 0},
    ],
)
def test_a_grant_that_means_nothing_is_refused(parts: dict) -> None:
    given = {
        "name": "g",
        "limit": 1,
        "per": calendar("day"),
        "granted_by": event("agreed"),
        "channel": "douyin",
    } | parts
    name, limit = given.pop("name"), given.pop("limit")
    with pytest.raises(DefinitionError):
        StandingGrant(name, limit, **given)


def test_a_grant_reads_as_source_and_as_a_sentence() -> None:
    assert repr(DOUYIN) == (
        "StandingGrant('douyin-dm', 1, per=calendar('day', tz='Asia/Shanghai'), "
        "granted_by=event('authorised'), channel='douyin', most_parts=3)"
    )
    assert str(POLICY) == (
        "at most 1 touch on miniprogram.subscribe for each policy since "
        "event('agreed') until event('revoked'), calendar month in Asia/Shanghai"
    )
